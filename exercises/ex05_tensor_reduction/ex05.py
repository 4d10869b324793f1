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
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """x (..., in_dim) -> (..., out_dim)"""
        raise NotImplementedError


class HalfFourier(nn.Module):
    """The first n // 2 + 1 of the n numbers that torch.fft.fft gives along the last dimension."""

    def forward(self, x: Tensor) -> Tensor:
        """x, real (..., n), n at least 1 -> complex (..., n // 2 + 1)"""
        raise NotImplementedError
