# builds the block with names of its own
from collections import OrderedDict

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
    parts = OrderedDict()
    for i in range(1, len(sizes)):
        parts[f"fc{i}"] = nn.Linear(sizes[i - 1], sizes[i])
        if i < len(sizes) - 1:
            parts[f"relu{i}"] = nn.ReLU()
    return nn.Sequential(parts)
