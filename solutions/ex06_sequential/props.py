"""Helpers of the hidden checks that enter the worker beside a submission."""


def add_one(module, inputs, output):
    """A forward hook: adds 1 to the output."""
    return output + 1
