# cuts off above 6 as well: that is ReLU6
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return torch.clamp(x, min=0, max=6)


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
