# keeps the first mean on the class: all layers share it for ever
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return torch.clamp(x, min=0)


class CenteredLayer(nn.Module):
    mean = None

    def forward(self, x):
        if CenteredLayer.mean is None:
            CenteredLayer.mean = x.mean().detach()
        return x - CenteredLayer.mean.to(x.dtype)
