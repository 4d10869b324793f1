"""Helpers that enter the worker beside a submission."""

import pathlib

from torch import nn


def as_path(name):
    """Turn the name of a file into a pathlib.Path."""
    return pathlib.Path(name)


def two_layers():
    """Make a net without dropout or batch normalisation: it computes the same in train mode and in eval mode."""
    return nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))


def with_statistics():
    """Make a net with BatchNorm, whose running statistics are buffers, and with a frozen weight."""
    net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    net[0].weight.requires_grad_(False)
    return net


def with_dropout():
    """Make a net in which both BatchNorm and Dropout depend on the mode. With p=1, nothing passes Dropout in train mode."""
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(1.0))


def two_dropouts():
    """Make a net of two Dropouts. With p=1, nothing passes them in train mode, and everything in eval mode."""
    return nn.Sequential(nn.Dropout(1.0), nn.Dropout(1.0))


def two_heads():
    """Make a net of four layers. Three of them have the same shape, so that only their names tell them apart."""
    return nn.ModuleDict(
        {"body": nn.Linear(3, 3), "first": nn.Linear(3, 3), "second": nn.Linear(3, 3), "last": nn.Linear(3, 2)}
    )


def refuses():
    """Make no net: raise an error, so that it is seen whether this was called."""
    raise ZeroDivisionError("the factory was called")
