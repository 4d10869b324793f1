"""ex12 · Tied parameters (参数绑定)

Let layers share their parameters: one layer used several times, two layers with one weight, and an autoencoder that decodes
with the weight of its encoder. Then run `grade ex12`.
"""

import torch
from torch import Tensor, nn


def build_shared_mlp(n_shared: int = 2) -> nn.Sequential:
    """Linear(4, 8), ReLU, then n_shared times (the one shared Linear(8, 8), ReLU), then Linear(8, 1), in one flat Sequential.

    n_shared is at least 1, and there are 2 * n_shared + 3 modules. Each call makes a new net.
    """
    raise NotImplementedError


def tie_linear(dst: nn.Linear, src: nn.Linear) -> None:
    """Let dst use the weight and the bias of src, the very same Parameters. Where src has no bias, dst.bias becomes None.

    src stays as it is. Weights of different shapes: ValueError, and dst stays as it is, too.
    """
    raise NotImplementedError


class TiedAutoencoder(nn.Module):
    """An autoencoder with one weight W (d_hidden * d_in random numbers) and two biases, b (d_hidden) and c (d_in).

    The decoder uses the weight of the encoder. The names of the attributes and the layout of W are yours to choose.
    """

    def __init__(self, d_in: int, d_hidden: int) -> None:
        """Make W, b and c: three parameters, no more."""
        super().__init__()
        raise NotImplementedError

    def encode(self, x: Tensor) -> Tensor:
        """x (..., d_in) -> relu(W x + b) (..., d_hidden)"""
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """x (..., d_in) -> encode(x) W + c (..., d_in), without an activation"""
        raise NotImplementedError
