# Encoder and decoder have a weight each.
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


class TiedAutoencoder(nn.Module):
    def __init__(self, d_in, d_hidden):
        super().__init__()
        self.encoder = nn.Linear(d_in, d_hidden)
        self.decoder = nn.Linear(d_hidden, d_in)

    def encode(self, x):
        return torch.relu(self.encoder(x))

    def forward(self, x):
        return self.decoder(self.encode(x))
