"""ex08 · Complex blocks: control flow and a constant (复杂块：控制流与常量)

Put a constant matrix beside a layer, use the layer twice, and loop in `forward`. Then run `grade ex08`.
"""

import torch
from torch import Tensor, nn


class FixedHiddenMLP(nn.Module):
    """One linear layer that is used twice, a constant matrix between, and a loop at the end."""

    linear: nn.Linear
    rand_weight: Tensor

    def __init__(self, dim: int = 20) -> None:
        """Make `self.linear`, an nn.Linear(dim, dim), and `self.rand_weight`, a (dim, dim) constant drawn from U[0, 1).

        Make `rand_weight` a buffer: moved and saved with the module, not in `parameters()`.
        """
        super().__init__()
        # BEGIN SOLUTION
        self.linear = nn.Linear(dim, dim)
        self.register_buffer("rand_weight", torch.rand(dim, dim))
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """x (..., dim) -> a scalar, in five steps:

        h = linear(x); h = relu(h @ rand_weight + 1); h = linear(h), the same layer again;
        while the absolute values of h sum to more than 1, halve h; the result is the sum of h.
        """
        # BEGIN SOLUTION
        h = self.linear(x)
        h = torch.relu(h @ self.rand_weight + 1)
        h = self.linear(h)
        while h.abs().sum() > 1:
            h = h / 2
        return h.sum()
        # END SOLUTION
