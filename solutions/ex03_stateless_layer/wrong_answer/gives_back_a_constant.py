# returns zeros, whatever comes in
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return torch.zeros_like(x)


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
