import torch
from torch import nn


class CustomReLU(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("zero", torch.tensor(0.0), persistent=False)

    def forward(self, x):
        return torch.maximum(x, self.zero)


class CenteredLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        return x - x.mean()
