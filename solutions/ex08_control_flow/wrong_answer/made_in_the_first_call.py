# makes the constant in the first call
import torch
from torch import nn


class FixedHiddenMLP(nn.Module):
    def __init__(self, dim=20):
        super().__init__()
        self.linear = nn.Linear(dim, dim)

    def forward(self, x):
        h = self.linear(x)
        if not hasattr(self, "rand_weight"):
            self.register_buffer("rand_weight", torch.rand(h.shape[-1], h.shape[-1]))
        h = torch.relu(h @ self.rand_weight + 1)
        h = self.linear(h)
        while h.abs().sum() > 1:
            h = h / 2
        return h.sum()
