# takes the smaller of x and 0
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return torch.minimum(x, torch.tensor(0.0))


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
