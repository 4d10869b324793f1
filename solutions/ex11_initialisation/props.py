"""Helpers that enter the worker beside a submission."""

from torch import nn


class NamedLinear(nn.Linear):
    """A linear layer with a name: a subclass that computes what nn.Linear does."""

    def __init__(self, inputs, outputs):
        super().__init__(inputs, outputs)
        self.name = "hidden"
