# super().__init__ without parentheses names the method and does not call it
import torch
from torch import nn


class CustomReLU(nn.Module):
    def __init__(self):
        super().__init__
        self.zero = 0.0

    def forward(self, x):
        return torch.clamp(x, min=self.zero)


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
