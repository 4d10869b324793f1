# Keeps a scale beside h, and multiplies at the end.
import torch
from torch import nn


class FixedHiddenMLP(nn.Module):
    def __init__(self, dim=20):
        super().__init__()
        self.linear = nn.Linear(dim, dim)
        self.register_buffer("rand_weight", torch.rand(size=(dim, dim)))

    def forward(self, x):
        h = self.linear(x)
        h = torch.einsum("...i,ij->...j", h, self.rand_weight) + 1
        h = torch.where(h > 0, h, torch.zeros_like(h))
        h = self.linear(h)
        total, scale = h.abs().sum(), 1.0
        while total * scale > 1:
            scale /= 2
        return (h * scale).sum()
