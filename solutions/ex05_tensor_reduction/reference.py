"""ex05 · Two more layers of your own (自定义层进阶)

Write a layer that multiplies features in pairs, and one that gives half of a Fourier transform. Then run `grade ex05`.
"""

import torch
from torch import Tensor, nn


class TensorReduction(nn.Module):
    """y_k = sum over i and j of W_ijk x_i x_j.

    self.weight is an nn.Parameter of shape (in_dim, in_dim, out_dim), with random numbers in a new layer.
    """

    def __init__(self, in_dim: int, out_dim: int) -> None:
        super().__init__()
        # BEGIN SOLUTION
        self.weight = nn.Parameter(torch.randn(in_dim, in_dim, out_dim))
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """x (..., in_dim) -> (..., out_dim)"""
        # BEGIN SOLUTION
        return torch.einsum("...i,...j,ijk->...k", x, x, self.weight)
        # END SOLUTION


class HalfFourier(nn.Module):
    """The first n // 2 + 1 of the n numbers that torch.fft.fft gives along the last dimension."""

    def forward(self, x: Tensor) -> Tensor:
        """x, real (..., n), n at least 1 -> complex (..., n // 2 + 1)"""
        # BEGIN SOLUTION
        n = x.shape[-1]
        return torch.fft.fft(x)[..., : n // 2 + 1]
        # END SOLUTION
