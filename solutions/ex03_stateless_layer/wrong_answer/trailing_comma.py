# the comma after the result makes a tuple of it
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return torch.clamp(x, min=0)


class CenteredLayer(nn.Module):
    def forward(self, x):
        return (x - x.mean(),)
