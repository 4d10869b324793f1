# compares with a tensor of zeros in the default dtype
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return torch.maximum(x, torch.zeros(x.shape))


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
