# the module is its own key, as in older slides
import torch
from torch import nn


class MySequential(nn.Module):
    def __init__(self, *modules):
        super().__init__()
        for module in modules:
            self._modules[module] = module

    def forward(self, x):
        for module in self._modules.values():
            x = module(x)
        return x


def build_block(sizes):
    layers = []
    for d_in, d_out in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(d_in, d_out), nn.ReLU()]
    return nn.Sequential(*layers[:-1])
