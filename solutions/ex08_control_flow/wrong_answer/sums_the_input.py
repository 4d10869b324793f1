# gives back the sum of the input
import torch
from torch import nn


class FixedHiddenMLP(nn.Module):
    def __init__(self, dim=20):
        super().__init__()
        self.linear = nn.Linear(dim, dim)
        self.register_buffer("rand_weight", torch.rand(dim, dim))

    def forward(self, x):
        return x.sum()
