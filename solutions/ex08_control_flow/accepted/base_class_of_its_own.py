# The constant belongs to a base class, and the two uses of the layer are a loop.
import torch
from torch import nn


class WithConstant(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim
        self.register_buffer("rand_weight", torch.rand(dim, dim))

    def extra_repr(self):
        return f"dim={self.dim}"


class FixedHiddenMLP(WithConstant):
    def __init__(self, dim=20):
        super().__init__(dim)
        self.linear = nn.Linear(dim, dim)
        self.middle = lambda h: torch.relu(h @ self.rand_weight + 1)

    def forward(self, x):
        for after in (self.middle, nn.Identity()):
            x = after(self.linear(x))
        for _ in iter(lambda: bool(x.abs().sum() > 1), False):
            x = x / 2
        return x.sum()
