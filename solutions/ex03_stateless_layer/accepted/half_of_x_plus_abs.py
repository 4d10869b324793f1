import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return (x + x.abs()) / 2


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x.sub(x.mean())
