# view needs a contiguous tensor
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        flat = x.view(-1)
        return torch.where(flat > 0, flat, torch.zeros_like(flat)).view(x.shape)


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
