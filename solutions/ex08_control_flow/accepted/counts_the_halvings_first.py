# Works out how often to halve, without a loop: frexp gives the power of two, exactly.
import math

import torch
from torch import nn


class FixedHiddenMLP(nn.Module):
    def __init__(self, dim=20):
        super().__init__()
        self.linear = nn.Linear(dim, dim)
        self.register_buffer("rand_weight", torch.rand(dim, dim))

    def forward(self, x):
        h = self.linear(torch.relu(self.linear(x) @ self.rand_weight + 1))
        part, power = math.frexp(h.detach().abs().sum().item())  # the sum is part * 2**power, and 0.5 <= part < 1
        times = max(power - (part == 0.5), 0)
        return (h / 2**times).sum()
