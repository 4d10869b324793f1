# Gives the one layer a second name: both names are the same object.
import torch
from torch import nn


class FixedHiddenMLP(nn.Module):
    def __init__(self, dim=20):
        super().__init__()
        self.linear = nn.Linear(dim, dim)
        self.again = self.linear
        self.register_buffer("rand_weight", torch.rand(dim, dim))

    def forward(self, x):
        h = nn.functional.relu(self.linear(x) @ self.rand_weight + 1)
        h = self.again(h)
        while float(h.abs().sum()) > 1.0:
            h = h / 2
        return h.sum()
