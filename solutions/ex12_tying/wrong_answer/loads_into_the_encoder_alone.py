# Puts a new weight into the encoder when it loads: the decoder keeps the old one.
import torch
from torch import nn


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


class Decoder(nn.Module):
    def __init__(self, weight):
        super().__init__()
        self.weight = weight
        self.bias = nn.Parameter(torch.zeros(weight.shape[1]))

    def forward(self, h):
        return h @ self.weight + self.bias


class TiedAutoencoder(nn.Module):
    def __init__(self, d_in, d_hidden):
        super().__init__()
        self.encoder = nn.Linear(d_in, d_hidden)
        self.decoder = Decoder(self.encoder.weight)

    def load_state_dict(self, state, *args, **kwargs):
        super().load_state_dict(state, *args, **kwargs)
        self.encoder.weight = nn.Parameter(state["encoder.weight"].clone())

    def encode(self, x):
        return torch.relu(self.encoder(x))

    def forward(self, x):
        return self.decoder(self.encode(x))
