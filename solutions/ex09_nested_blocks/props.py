"""Helpers that enter the worker beside a submission."""

import itertools

from torch import nn


def numbered_answers():
    """Answer each x with the number of the call added to it. Nothing turns a generator back."""
    x = yield
    for number in itertools.count(1):
        x = yield x + number


class Counting(nn.Module):
    """Adds to its input how often it was called, this call included. Calls of its copies count, too."""

    in_features = out_features = 3  # as nn.Linear has them

    def __init__(self):
        super().__init__()
        answers = numbered_answers()
        next(answers)
        self.answer = answers.send

    def forward(self, x):
        return self.answer(x)


class TwiceInTraining(nn.Module):
    """Doubles its input in train mode, and leaves it alone in eval mode."""

    in_features = out_features = 3

    def forward(self, x):
        return 2 * x if self.training else x


class RandomFactory:
    """Makes linear layers with random weights, and keeps what it made."""

    def __init__(self):
        self.made = []

    def __call__(self):
        self.made.append(nn.Linear(3, 3))
        return self.made[-1]


def add_one(module, inputs, output):
    """A forward hook: adds 1 to the output."""
    return output + 1


def convert(module, dtype):
    """Give another dtype to all parameters that a module holds, the unregistered ones too."""
    for parameter in parameters_inside(module):  # noqa: F821  (it stands in the props that students have)
        parameter.data = parameter.data.to(dtype)


def evaluating_factory():
    """Make a TwiceInTraining in eval mode."""
    return TwiceInTraining().eval()
