# takes the mean in float32, which is too coarse for a float64 input
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return torch.clamp(x, min=0)


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean(dtype=torch.float32).to(x.dtype)
