# Returns a module of its own, not an nn.Sequential.
import torch
from torch import nn
from torch.nn import functional as F


class SharedMLP(nn.Module):
    def __init__(self, n_shared):
        super().__init__()
        self.n_shared = n_shared
        self.first, self.shared, self.last = nn.Linear(4, 8), nn.Linear(8, 8), nn.Linear(8, 1)

    def forward(self, x):
        h = torch.relu(self.first(x))
        for _ in range(self.n_shared):
            h = torch.relu(self.shared(h))
        return self.last(h)


def build_shared_mlp(n_shared=2):
    return SharedMLP(n_shared)


def tie_linear(dst, src):
    if dst.weight.shape != src.weight.shape:
        raise ValueError("the weights have different shapes")
    dst.weight = src.weight
    dst.bias = src.bias


class TiedAutoencoder(nn.Module):
    def __init__(self, d_in, d_hidden):
        super().__init__()
        self.W = nn.Parameter(torch.randn(d_hidden, d_in) * 0.1)
        self.b = nn.Parameter(torch.zeros(d_hidden))
        self.c = nn.Parameter(torch.zeros(d_in))

    def encode(self, x):
        return F.relu(F.linear(x, self.W, self.b))

    def forward(self, x):
        return F.linear(self.encode(x), self.W.t(), self.c)
