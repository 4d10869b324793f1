from collections import OrderedDict

import torch
from torch import nn


def build_shared_mlp(n_shared=2):
    net = nn.Sequential(OrderedDict([("input", nn.Linear(4, 8)), ("act0", nn.ReLU())]))
    shared = nn.Linear(8, 8)
    for i in range(1, n_shared + 1):
        net.add_module(f"shared{i}", shared)
        net.add_module(f"act{i}", nn.ReLU())
    net.add_module("output", nn.Linear(8, 1))
    return net


def tie_linear(dst, src):
    same = dst.weight.dim() == src.weight.dim() and all(a == b for a, b in zip(dst.weight.shape, src.weight.shape))
    if not same:
        raise ValueError(f"{tuple(dst.weight.shape)} is not {tuple(src.weight.shape)}")
    del dst.weight
    dst.weight = src.weight
    del dst.bias
    if src.bias is None:
        dst.register_parameter("bias", None)
    else:
        dst.bias = src.bias


class Decoder(nn.Module):
    """Decodes with the weight of another layer, which it holds as well."""

    def __init__(self, encoder):
        super().__init__()
        self.encoder = encoder
        self.bias = nn.Parameter(torch.zeros(encoder.in_features))

    def forward(self, h):
        return h @ self.encoder.weight + self.bias


class TiedAutoencoder(nn.Module):
    def __init__(self, d_in, d_hidden):
        super().__init__()
        self.encoder = nn.Linear(d_in, d_hidden)
        self.decoder = Decoder(self.encoder)

    def encode(self, x):
        return self.encoder(x).relu()

    def forward(self, x):
        return self.decoder(self.encode(x))
