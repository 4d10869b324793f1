# the method is called foward
import torch
from torch import nn


class CustomReLU(nn.Module):
    def foward(self, x):
        return torch.clamp(x, min=0)


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
