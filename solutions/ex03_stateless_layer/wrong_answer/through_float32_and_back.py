# computes in float32 and casts the result back
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return torch.clamp(x, min=0)


class CenteredLayer(nn.Module):
    def forward(self, x):
        y = x.to(torch.float32)
        return (y - y.mean()).to(x.dtype)
