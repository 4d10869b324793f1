# writes the transform as a product with cosines and sines
import torch
from torch import nn


class TensorReduction(nn.Module):
    def __init__(self, in_dim, out_dim):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_dim, in_dim, out_dim))

    def forward(self, x):
        return torch.einsum("...i,...j,ijk->...k", x, x, self.weight)


class HalfFourier(nn.Module):
    def forward(self, x):
        n = x.shape[-1]
        times = torch.arange(n, dtype=x.dtype, device=x.device)
        waves = torch.arange(n // 2 + 1, dtype=x.dtype, device=x.device)
        angle = -2 * torch.pi * torch.outer(times, waves) / n
        return torch.complex(x @ torch.cos(angle), x @ torch.sin(angle))
