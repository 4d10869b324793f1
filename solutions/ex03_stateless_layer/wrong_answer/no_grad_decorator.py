# forward runs without autograd
import torch
from torch import nn


class CustomReLU(nn.Module):
    @torch.no_grad()
    def forward(self, x):
        return torch.clamp(x, min=0)


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
