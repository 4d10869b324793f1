# gives half the result in evaluation, as if there were a dropout to make up for
import torch
from torch import Tensor, nn


class TensorReduction(nn.Module):
    """y_k = sum over i and j of W_ijk x_i x_j.

    self.weight is an nn.Parameter of shape (in_dim, in_dim, out_dim), with random numbers in a new layer.
    """

    def __init__(self, in_dim: int, out_dim: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_dim, in_dim, out_dim))

    def forward(self, x: Tensor) -> Tensor:
        """x (..., in_dim) -> (..., out_dim)"""
        y = torch.einsum("...i,...j,ijk->...k", x, x, self.weight)
        return y if self.training else y / 2


class HalfFourier(nn.Module):
    """The first n // 2 + 1 of the n numbers that torch.fft.fft gives along the last dimension."""

    def forward(self, x: Tensor) -> Tensor:
        """x, real (..., n), n at least 1 -> complex (..., n // 2 + 1)"""
        n = x.shape[-1]
        return torch.fft.fft(x)[..., : n // 2 + 1]
