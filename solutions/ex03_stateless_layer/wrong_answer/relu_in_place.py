# writes into the input
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        with torch.no_grad():
            x[x < 0] = 0
        return x * 1


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
