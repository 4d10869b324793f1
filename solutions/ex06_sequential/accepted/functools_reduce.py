# a fold over the modules; a generator for the block
from functools import reduce

import torch
from torch import nn


class MySequential(nn.Module):
    def __init__(self, *modules):
        super().__init__()
        self._modules.update({str(i): m for i, m in enumerate(modules)})

    def forward(self, x):
        return reduce(lambda value, module: module(value), self._modules.values(), x)


def _layers(sizes):
    first = True
    for d_in, d_out in zip(sizes, sizes[1:]):
        if not first:
            yield nn.ReLU()
        yield nn.Linear(d_in, d_out)
        first = False


def build_block(sizes):
    return nn.Sequential(*_layers(sizes))
