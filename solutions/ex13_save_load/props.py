"""Helpers that enter the worker beside a submission."""

from torch import nn


def in_double():
    """Make a net of float64."""
    return nn.Linear(3, 2).double()


def deep_dropout():
    """Make a net with its Dropout three modules down."""
    return nn.Sequential(nn.Sequential(nn.Sequential(nn.Dropout(1.0))))


def only_dropout():
    """Make a net that is a Dropout itself, and has no modules inside."""
    return nn.Dropout(1.0)
