# Typed, with functions inside forward, and the sum through the product with ones.
from __future__ import annotations

import torch
from torch import Tensor, nn


class FixedHiddenMLP(nn.Module):
    rand_weight: Tensor

    def __init__(self, dim: int = 20) -> None:
        nn.Module.__init__(self)
        self.add_module("linear", nn.Linear(dim, dim))
        with torch.no_grad():
            self.register_buffer("rand_weight", torch.rand_like(self.linear.weight))

    def forward(self, x: Tensor) -> Tensor:
        def middle(h: Tensor) -> Tensor:
            return torch.addmm(torch.ones_like(h), h, self.rand_weight).relu_()

        h = self.linear(x.reshape(-1, x.shape[-1]))
        h = self.linear(middle(h))
        while not h.abs().sum() <= 1:
            h = h.mul(0.5)
        return (h * torch.ones_like(h)).sum()
