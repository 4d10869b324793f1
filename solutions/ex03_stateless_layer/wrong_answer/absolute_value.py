# turns negative numbers positive
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return x.abs()


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
