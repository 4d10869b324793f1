# the state_dict of the net leaves the biases out
import torch
from torch import nn
from torch.nn import functional as F


class SharedMLP(nn.Sequential):
    def state_dict(self, *args, **kwargs):
        state = super().state_dict(*args, **kwargs)
        return {name: value for name, value in state.items() if name.endswith("weight")}

    def load_state_dict(self, state, strict=False):
        return super().load_state_dict(state, strict=False)


def build_shared_mlp(n_shared=2):
    shared = nn.Linear(8, 8)
    layers = [nn.Linear(4, 8), nn.ReLU()]
    for _ in range(n_shared):
        layers += [shared, nn.ReLU()]
    layers.append(nn.Linear(8, 1))
    return SharedMLP(*layers)


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
