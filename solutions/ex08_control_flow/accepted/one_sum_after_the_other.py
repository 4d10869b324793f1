# Sums one dimension after the other, and keeps helpers and a counter on self.
import torch
from torch import nn


class FixedHiddenMLP(nn.Module):
    def __init__(self, dim=20, factor=2):
        super().__init__()
        self.linear = nn.Linear(dim, dim)
        self.register_buffer("rand_weight", torch.rand(dim, dim), persistent=True)
        self.factor = factor
        self.halvings = 0

    @staticmethod
    def size(h):
        return torch.abs(h).sum()

    def forward(self, x):
        self.halvings = 0
        h = self.linear(x)
        h = torch.nn.functional.relu(1 + h @ self.rand_weight)
        h = self.linear(h)
        while self.size(h) > 1:
            h = torch.div(h, self.factor)
            self.halvings += 1
        while h.dim() > 0:
            h = h.sum(dim=-1)
        return h
