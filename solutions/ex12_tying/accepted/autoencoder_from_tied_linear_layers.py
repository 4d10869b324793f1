import torch
from torch import nn
from torch.nn import functional as F


def build_shared_mlp(n_shared=2):
    shared = nn.Linear(8, 8)

    def blocks():
        yield nn.Linear(4, 8)
        yield nn.ReLU()
        for _ in range(n_shared):
            yield from (shared, nn.ReLU())
        yield nn.Linear(8, 1)

    return nn.Sequential(*blocks())


def tie_linear(dst, src):
    if dst.weight.shape != src.weight.shape:
        raise ValueError("Gewichte verschiedener Form")
    vars(dst)["_parameters"].update(weight=src.weight, bias=src.bias)


class TiedLinear(nn.Linear):
    """A linear layer that multiplies by its weight the other way round."""

    def __init__(self, of):
        super().__init__(of.in_features, of.out_features)
        self.weight = of.weight
        self.bias = nn.Parameter(torch.zeros(of.in_features))

    def forward(self, h):
        return F.linear(h, self.weight.T, self.bias)


class TiedAutoencoder(nn.Module):
    def __init__(self, d_in, d_hidden):
        super(TiedAutoencoder, self).__init__()
        self.enc = nn.Linear(d_in, d_hidden)
        self.dec = TiedLinear(self.enc)

    def encode(self, x):
        return F.relu(self.enc(x))

    def forward(self, x):
        return self.dec(self.encode(x))
