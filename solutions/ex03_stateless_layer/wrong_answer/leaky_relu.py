# negative numbers are made smaller, not 0
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return torch.where(x > 0, x, 0.01 * x)


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
