"""The nets that the checks ask about. They live in the worker beside a submission."""

import torch
from torch import nn


class Scaled(nn.Module):
    """A module with a parameter of its own and a child."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(5))
        self.inner = nn.Sequential(nn.Linear(5, 2), nn.Tanh())

    def forward(self, x):
        return self.inner(self.scale * x)


def simple():
    """The net of the note: Linear(4, 8), ReLU, Linear(8, 1)."""
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))


def with_norm():
    """A net with buffers, and a layer without bias."""
    return nn.Sequential(nn.Linear(4, 8, bias=False), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3))


def tied():
    """A net that uses one layer twice: 2 and 4 are the same."""
    shared = nn.Linear(8, 8)
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), shared, nn.ReLU(), shared, nn.ReLU(), nn.Linear(8, 1))


def deep():
    """Twelve layers, so that there is a 1 and a 10."""
    return nn.Sequential(*[nn.Linear(2, 2) for _ in range(12)])


def nested():
    """A net whose modules have modules."""
    return nn.Sequential(nn.Linear(4, 5), Scaled(), nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 3)))


def give_gradients(net, value):
    """Run backward so that each number of each parameter gets the gradient `value`."""
    sum(value * parameter.sum() for parameter in net.parameters() if parameter.requires_grad).backward()


def flags(net):
    """requires_grad of each parameter, by name."""
    return {name: parameter.requires_grad for name, parameter in net.named_parameters()}


def modes(net):
    """Whether each module is in training mode, by name."""
    return {name: module.training for name, module in net.named_modules()}


def gradients(net):
    """A copy of each parameter's gradient, by name."""
    return {name: None if p.grad is None else p.grad.clone() for name, p in net.named_parameters()}
