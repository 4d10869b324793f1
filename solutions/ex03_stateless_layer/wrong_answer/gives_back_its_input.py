# returns the input as it is
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return x


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
