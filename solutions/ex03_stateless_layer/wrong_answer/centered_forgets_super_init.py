# __init__ is there and does not call super().__init__()
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return torch.clamp(x, min=0)


class CenteredLayer(nn.Module):
    def __init__(self):
        pass

    def forward(self, x):
        return x - x.mean()
