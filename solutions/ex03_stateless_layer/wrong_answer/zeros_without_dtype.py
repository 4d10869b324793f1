# compares with a float32 tensor of zeros
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return torch.clamp(x, min=0)


class CenteredLayer(nn.Module):
    def forward(self, x):
        mean = torch.zeros(1)
        mean[0] = x.mean()
        return x - mean
