# uses .data, so no gradient flows
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return torch.clamp(x.data, min=0)


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
