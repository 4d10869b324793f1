# registers the zero as a parameter
import torch
from torch import nn


class CustomReLU(nn.Module):
    def __init__(self):
        super().__init__()
        self.zero = nn.Parameter(torch.tensor(0.0))

    def forward(self, x):
        return torch.maximum(x, self.zero.to(x.dtype))


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
