import torch
from torch import nn


def build_shared_mlp(n_shared=2):
    net = nn.Sequential(nn.Linear(4, 8), nn.ReLU())
    shared, relu = nn.Linear(8, 8), nn.ReLU()
    for _ in range(n_shared):
        net.append(shared)
        net.append(relu)
    return net.append(nn.Linear(8, 1))


def tie_linear(dst, src):
    if dst.weight.shape == src.weight.shape:
        dst._parameters["weight"], dst._parameters["bias"] = src._parameters["weight"], src._parameters["bias"]
    else:
        raise ValueError("shapes differ")


class Up(nn.Module):
    def __init__(self, weight):
        super().__init__()
        self.weight = weight
        self.bias = nn.Parameter(torch.zeros(weight.shape[0]))

    def forward(self, x):
        return torch.einsum("...i,hi->...h", x, self.weight) + self.bias


class Down(nn.Module):
    def __init__(self, weight):
        super().__init__()
        self.weight = weight
        self.bias = nn.Parameter(torch.zeros(weight.shape[1]))

    def forward(self, h):
        return torch.einsum("...h,hi->...i", h, self.weight) + self.bias


class TiedAutoencoder(nn.Module):
    def __init__(self, d_in, d_hidden):
        super().__init__()
        weight = nn.Parameter(torch.randn(d_hidden, d_in) / d_in)
        self.up, self.down = Up(weight), Down(weight)

    def encode(self, x):
        y = self.up(x)
        return torch.where(y > 0, y, torch.zeros_like(y))

    def forward(self, x):
        return self.down(self.encode(x))
