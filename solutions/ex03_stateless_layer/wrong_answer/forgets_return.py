# computes, but returns nothing
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        torch.clamp(x, min=0)


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
