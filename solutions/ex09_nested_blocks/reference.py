"""ex09 · Nested blocks, parallel blocks and factories (嵌套块、平行块与工厂)

A block may hold blocks, and a function may make them. Complete the two classes and the function, then run `grade ex09`.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn


class NestMLP(nn.Module):
    """A net inside a block: `self.linear` is applied to what `self.net` gives.

    self.net: an nn.Sequential of Linear(in_features, 64), ReLU, Linear(64, 32), ReLU
    self.linear: Linear(32, 16)
    """

    def __init__(self, in_features: int = 20) -> None:
        """Make `self.net` and `self.linear`."""
        super().__init__()
        # BEGIN SOLUTION
        self.net = nn.Sequential(nn.Linear(in_features, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """x (..., in_features) -> (..., 16)"""
        # BEGIN SOLUTION
        return self.linear(self.net(x))
        # END SOLUTION


class ParallelBlock(nn.Module):
    """Two nets side by side: both get the same input, and their outputs are joined along the last dimension."""

    def __init__(self, net1: nn.Module, net2: nn.Module) -> None:
        """Keep both nets as they are; they may be one and the same object."""
        super().__init__()
        # BEGIN SOLUTION
        self.net1 = net1
        self.net2 = net2
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """net1 gives (..., d1) and net2 gives (..., d2) -> (..., d1 + d2); each of the two is called exactly once."""
        # BEGIN SOLUTION
        return torch.cat((self.net1(x), self.net2(x)), dim=-1)
        # END SOLUTION


def stack_blocks(factory: Callable[[], nn.Module], n: int) -> nn.Module:
    """A module that applies n new blocks one after the other.

    `factory()` makes a new block each time; it is called exactly n times, before this function returns. The block
    made first is applied first. For n = 0 the module gives back its input.
    """
    # BEGIN SOLUTION
    return nn.Sequential(*(factory() for _ in range(n)))
    # END SOLUTION
