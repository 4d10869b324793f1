# Halves by recursion, in a function of its own; the condition is asked without gradients.
import torch
from torch import nn


def shrink(h):
    with torch.no_grad():
        large = bool(h.abs().sum() > 1)
    return shrink(h / 2) if large else h


class FixedHiddenMLP(nn.Module):
    def __init__(self, dim=20):
        super().__init__()
        self.linear = nn.Linear(dim, dim)
        constant = torch.rand(dim, dim)
        self.register_buffer("rand_weight", constant)

    def forward(self, x):
        h = self.linear(x)
        h = torch.maximum(h.matmul(self.rand_weight) + 1, torch.tensor(0.0))
        return shrink(self.linear(h)).sum()
