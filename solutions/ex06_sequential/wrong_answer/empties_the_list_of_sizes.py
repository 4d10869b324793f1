# takes the sizes out of the caller's list
import torch
from torch import nn


class MySequential(nn.Module):
    def __init__(self, *modules):
        super().__init__()
        for index, module in enumerate(modules):
            self.add_module(str(index), module)

    def forward(self, x):
        for module in self._modules.values():
            x = module(x)
        return x


def build_block(sizes):
    layers = []
    while len(sizes) > 1:
        layers += [nn.Linear(sizes[0], sizes[1]), nn.ReLU()]
        sizes = sizes[1:] if isinstance(sizes, tuple) else (sizes.pop(0), sizes)[1]
    return nn.Sequential(*layers[:-1])
