# the constructor asks for a number that the layer does not need
import torch
from torch import nn


class CustomReLU(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.size = size

    def forward(self, x):
        return torch.clamp(x, min=0)


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
