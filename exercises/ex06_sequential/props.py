"""Helpers that enter the worker beside a submission."""

from torch import nn


class AddOne(nn.Module):
    """x + 1"""

    def forward(self, x):
        return x + 1


class Double(nn.Module):
    """2 x"""

    def forward(self, x):
        return 2 * x


class Scale(nn.Module):
    """factor * x, where the factor is a parameter"""

    def __init__(self, factor):
        super().__init__()
        import torch

        self.factor = nn.Parameter(torch.tensor(float(factor)))

    def forward(self, x):
        return self.factor * x


def names_of_modules(module):
    """The names and classes of all modules within."""
    return [(name, type(part).__name__) for name, part in module.named_modules() if name]


def text(module):
    """What print(module) would print."""
    return repr(module)


def fill_with_half(module):
    """For module.apply: fill the weights of linear layers with 0.5."""
    if isinstance(module, nn.Linear):
        nn.init.constant_(module.weight, 0.5)
        nn.init.zeros_(module.bias)


def training_flags(module):
    """Whether each module within is in training mode."""
    return [part.training for part in module.modules()]
