# torch.Tensor([0]) is a float32 vector with one element: a single number gets a dimension, half becomes float32
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return torch.maximum(x, torch.Tensor([0]))


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
