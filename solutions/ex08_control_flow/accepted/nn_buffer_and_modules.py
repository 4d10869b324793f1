# nn.Buffer in place of register_buffer, nn.ReLU as a module, and a loop with break.
import torch
from torch import nn


class FixedHiddenMLP(nn.Module):
    def __init__(self, dim: int = 20):
        super().__init__()
        self.linear = nn.Linear(in_features=dim, out_features=dim)
        self.relu = nn.ReLU()
        self.rand_weight = nn.Buffer(torch.rand(dim, dim))

    def forward(self, x):
        hidden = self.relu(torch.add(torch.matmul(self.linear(x), self.rand_weight), 1.0))
        hidden = self.linear(hidden)
        while True:
            if hidden.abs().sum().item() <= 1:
                break
            hidden = hidden.div(2)
        return torch.sum(hidden)
