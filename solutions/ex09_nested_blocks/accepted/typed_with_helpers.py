"""Helpers outside the classes, type hints, and a check of the argument."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Widths:
    first: int = 64
    second: int = 32
    last: int = 16


def dense(d_in: int, d_out: int) -> list[nn.Module]:
    return [nn.Linear(d_in, d_out), nn.ReLU()]


class NestMLP(nn.Module):
    widths = Widths()

    def __init__(self, in_features: int = 20) -> None:
        super().__init__()
        w = self.widths
        self.net: nn.Sequential = nn.Sequential(*dense(in_features, w.first), *dense(w.first, w.second))
        self.linear: nn.Linear = nn.Linear(w.second, w.last)

    def forward(self, x: Tensor) -> Tensor:
        return nn.Sequential(self.net, self.linear)(x)


class ParallelBlock(nn.Module):
    def __init__(self, net1: nn.Module, net2: nn.Module) -> None:
        super().__init__()
        setattr(self, "net1", net1)
        setattr(self, "net2", net2)

    def extra_repr(self) -> str:
        return "side by side"

    def forward(self, x: Tensor) -> Tensor:
        result = self.net1(x)
        return torch.cat((result, self.net2(x)), dim=result.ndim - 1)


def stack_blocks(factory: Callable[[], nn.Module], n: int) -> nn.Module:
    if n < 0:
        raise ValueError("n must not be negative")
    return nn.Sequential(OrderedDict((f"block{i:03d}", factory()) for i in range(n)))
