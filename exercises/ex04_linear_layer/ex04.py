"""ex04 · A layer with parameters (带参数的层)

Build the fully connected layer yourself: make its parameters, and use them. Then run `grade ex04`.
"""

import torch
from torch import Tensor, nn


class CustomLinear(nn.Module):
    """An affine layer, y = x W + b, without an activation.

    The names of the attributes and the layout of the weight, (in, out) or (out, in), are yours to choose.
    """

    def __init__(self, input_dim: int, output_dim: int, bias: bool = True) -> None:
        """Make the weight (input_dim * output_dim numbers, random) and, if `bias`, the bias (output_dim numbers)."""
        super().__init__()
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """x (..., input_dim) -> (..., output_dim)"""
        raise NotImplementedError
