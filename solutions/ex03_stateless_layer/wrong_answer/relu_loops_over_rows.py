# works on rows and columns only
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        rows = [torch.stack([torch.clamp(value, min=0) for value in row]) for row in x]
        return torch.stack(rows)


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
