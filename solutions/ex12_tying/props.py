"""Helpers that enter the worker beside a submission."""

import torch


def add_one(module, inputs, output):
    """A forward hook: adds 1 to the output."""
    return output + 1


def train(module, name, x, steps, **options):
    """Take steps with one of torch's optimisers, against the sum of the outputs."""
    optimizer = getattr(torch.optim, name)(module.parameters(), **options)
    for _ in range(steps):
        optimizer.zero_grad()
        module(x).sum().backward()
        optimizer.step()
