# equal sizes share a layer
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
    made = {}
    layers = []
    for pair in zip(sizes[:-1], sizes[1:]):
        if pair not in made:
            made[pair] = nn.Linear(*pair)
        layers += [made[pair], nn.ReLU()]
    return nn.Sequential(*layers[:-1])
