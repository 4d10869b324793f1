# The same, with the decoder where no attribute leads to it.
import torch
from torch import nn
from torch.nn import functional as F


def build_shared_mlp(n_shared=2):
    shared = nn.Linear(8, 8)
    layers = [nn.Linear(4, 8), nn.ReLU()]
    for _ in range(n_shared):
        layers += [shared, nn.ReLU()]
    layers.append(nn.Linear(8, 1))
    return nn.Sequential(*layers)


def tie_linear(dst, src):
    if dst.weight.shape != src.weight.shape:
        raise ValueError("the weights have different shapes")
    dst.weight = src.weight
    dst.bias = src.bias


def decoder_of(weight):
    copy = weight.detach().t().clone().requires_grad_()

    def decode(h, weight, c):
        nonlocal copy
        copy = weight.detach().t().clone().requires_grad_()
        return F.linear(h, copy, c)

    return decode


class TiedAutoencoder(nn.Module):
    def __init__(self, d_in, d_hidden):
        super().__init__()
        self.encoder = nn.Linear(d_in, d_hidden)
        self.c = nn.Parameter(torch.zeros(d_in))
        self.decode = decoder_of(self.encoder.weight)

    def encode(self, x):
        return torch.relu(self.encoder(x))

    def forward(self, x):
        return self.decode(self.encode(x), self.encoder.weight, self.c)
