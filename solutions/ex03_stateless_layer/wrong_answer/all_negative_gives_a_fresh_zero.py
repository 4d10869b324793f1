# returns fresh zeros where nothing is positive: they are cut off from the input
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        if not (x > 0).any():
            return torch.zeros_like(x)
        return torch.clamp(x, min=0)


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
