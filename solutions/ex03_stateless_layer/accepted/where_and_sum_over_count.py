import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return torch.where(x > 0, x, torch.zeros_like(x))


class CenteredLayer(nn.Module):
    def forward(self, x):
        count = x.numel()
        return x - x.sum() / count
