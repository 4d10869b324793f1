# loops over the rows, which fails for an empty batch
import torch
from torch import nn


class TensorReduction(nn.Module):
    def __init__(self, in_dim, out_dim):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_dim, in_dim, out_dim))

    def forward(self, x):
        return torch.stack([torch.einsum("i,j,ijk->k", row, row, self.weight) for row in x.reshape(-1, x.shape[-1])]).reshape(*x.shape[:-1], -1)


class HalfFourier(nn.Module):
    def forward(self, x):
        return torch.fft.fft(x)[..., : x.shape[-1] // 2 + 1]
