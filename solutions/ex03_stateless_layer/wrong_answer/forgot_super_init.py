# __init__ does not call super().__init__()
import torch
from torch import nn


class CustomReLU(nn.Module):
    def __init__(self):
        self.zero = 0.0

    def forward(self, x):
        return torch.clamp(x, min=self.zero)


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
