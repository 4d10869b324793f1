"""ex00 · A learnt scale (可学习的缩放层)

Multiply each feature by a number that is learnt. Then run `grade ex00`.
"""

import torch
from torch import Tensor, nn


class Scale(nn.Module):
    """y_k = weight_k * x_k. `weight` is a parameter of shape (features,), ones in a new layer.

    features below 1 -> ValueError
    """

    def __init__(self, features: int) -> None:
        super().__init__()
        # BEGIN SOLUTION
        if features < 1:
            raise ValueError(f"features should be at least 1, not {features}")
        self.weight = nn.Parameter(torch.ones(features))
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """x (..., features) -> (..., features)"""
        # BEGIN SOLUTION
        return x * self.weight
        # END SOLUTION
