# returns the sum of the absolute values
import torch
from torch import nn


class FixedHiddenMLP(nn.Module):
    def __init__(self, dim=20):
        super().__init__()
        self.linear = nn.Linear(dim, dim)
        self.register_buffer("rand_weight", torch.rand(dim, dim))

    def forward(self, x):
        h = self.linear(x)
        h = torch.relu(h @ self.rand_weight + 1)
        h = self.linear(h)
        while h.abs().sum() > 1:
            h = h / 2
        return h.abs().sum()
