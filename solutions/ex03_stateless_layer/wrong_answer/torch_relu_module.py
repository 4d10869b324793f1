# wraps torch's own nn.ReLU
import torch
from torch import nn


class CustomReLU(nn.Module):
    def __init__(self):
        super().__init__()
        self.act = nn.ReLU()

    def forward(self, x):
        return self.act(x)


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
