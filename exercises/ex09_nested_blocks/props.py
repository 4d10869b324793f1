"""Helpers that enter the worker beside a submission."""

import torch
from torch import nn


class Factory:
    """Makes linear layers. The k-th call gives one with weights[k] and biases[k]; behind the last it begins anew."""

    def __init__(self, weights, biases):
        self.weights, self.biases, self.made = weights, biases, []

    @property
    def calls(self):
        """How many layers were made."""
        return len(self.made)

    def __call__(self):
        number = self.calls % len(self.weights)
        rows, columns = self.weights[number].shape
        layer = nn.Linear(columns, rows, dtype=self.weights.dtype)
        with torch.no_grad():
            layer.weight.copy_(self.weights[number])
            layer.bias.copy_(self.biases[number])
        self.made.append(layer)
        return layer


def parameters_inside(module):
    """List the parameters that a module holds anywhere, registered or not: in lists and dicts, and on its class, too."""
    found, seen = [], set()

    def look(thing):
        if id(thing) in seen:
            return
        seen.add(id(thing))
        if isinstance(thing, nn.Parameter):
            found.append(thing)
        elif thing is module or isinstance(thing, nn.Module):
            for value in [*vars(type(thing)).values(), *vars(thing).values()]:
                look(value)
        elif isinstance(thing, (list, tuple, dict)):
            for value in list(thing.values() if isinstance(thing, dict) else thing):
                look(value)

    look(module)
    return found
