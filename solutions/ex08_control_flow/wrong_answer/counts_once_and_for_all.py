# works out how often to halve in the first call alone
import torch
from torch import nn


class FixedHiddenMLP(nn.Module):
    def __init__(self, dim=20):
        super().__init__()
        self.linear = nn.Linear(dim, dim)
        self.register_buffer("rand_weight", torch.rand(dim, dim))
        self.times = None

    def forward(self, x):
        h = self.linear(x)
        h = torch.relu(h @ self.rand_weight + 1)
        h = self.linear(h)
        if self.times is None:
            self.times = 0
            while (h / 2**self.times).abs().sum() > 1:
                self.times += 1
        h = h / 2**self.times
        return h.sum()
