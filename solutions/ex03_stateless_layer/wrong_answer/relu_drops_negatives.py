# keeps only the positive elements: the shape is lost
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return x[x > 0]


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
