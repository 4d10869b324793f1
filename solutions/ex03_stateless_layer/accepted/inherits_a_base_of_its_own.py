import torch
from torch import nn


class Elementwise(nn.Module):
    def forward(self, x):
        return self.compute(x)

    def compute(self, x):
        raise NotImplementedError


class CustomReLU(Elementwise):
    def compute(self, x):
        return torch.max(x, torch.zeros((), dtype=x.dtype, device=x.device))


class CenteredLayer(Elementwise):
    def compute(self, x):
        return x - x.reshape(-1).mean(0)
