"""ex03 · Layers without parameters (无参数层)

Fill in the two `forward` methods, then run `grade ex03`.
"""

import torch
from torch import Tensor, nn


class CustomReLU(nn.Module):
    """Replace every negative element by 0: max(x, 0)."""

    def forward(self, x: Tensor) -> Tensor:
        """x (...), floating -> a new tensor of the same shape and dtype."""
        # BEGIN SOLUTION
        return torch.maximum(x, torch.zeros_like(x))
        # END SOLUTION


class CenteredLayer(nn.Module):
    """Subtract the mean over ALL elements: x - mean(x)."""

    def forward(self, x: Tensor) -> Tensor:
        """x (...), floating -> a new tensor of the same shape and dtype, with mean 0."""
        # BEGIN SOLUTION
        return x - x.mean()
        # END SOLUTION
