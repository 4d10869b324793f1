# one quadratic form for each output
import torch
from torch import nn


class TensorReduction(nn.Module):
    def __init__(self, in_dim, out_dim):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_dim, in_dim, out_dim))

    def forward(self, x):
        parts = [(x @ self.weight[:, :, k] * x).sum(-1) for k in range(self.weight.shape[-1])]
        return torch.stack(parts, dim=-1)


class HalfFourier(nn.Module):
    def forward(self, x):
        return torch.fft.fft(x)[..., : x.shape[-1] // 2 + 1]
