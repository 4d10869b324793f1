# defines __call__ instead of forward, so hooks do not fire
import torch
from torch import nn


class CustomReLU(nn.Module):
    def __call__(self, x):
        return torch.clamp(x, min=0)


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
