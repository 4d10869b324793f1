# keeps a generator, which cannot be copied
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return torch.clamp(x, min=0)


class CenteredLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.centre = (x - x.mean() for x in ())

    def forward(self, x):
        return x - x.mean()
