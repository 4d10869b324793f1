# the outer product of x with itself, then a sum over both
import torch
from torch import nn


class TensorReduction(nn.Module):
    def __init__(self, in_dim, out_dim):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_dim, in_dim, out_dim))

    def forward(self, x):
        pairs = x.unsqueeze(-1) * x.unsqueeze(-2)
        return (pairs.unsqueeze(-1) * self.weight).sum(dim=(-3, -2))


class HalfFourier(nn.Module):
    def forward(self, x):
        return torch.fft.fft(x)[..., : x.shape[-1] // 2 + 1]
