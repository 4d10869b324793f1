# squeeze removes every dimension of size 1
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return torch.clamp(x, min=0).squeeze()


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
