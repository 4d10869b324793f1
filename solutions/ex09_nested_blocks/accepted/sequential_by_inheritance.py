# Inherits from the containers of torch, and from a base class of its own.
from functools import reduce

import torch
import torch.nn as nn


class Base(nn.Module):
    def __init__(self):
        super(Base, self).__init__()


class NestMLP(Base):
    def __init__(self, in_features=20):
        super(NestMLP, self).__init__()
        self.register_module("net", self.make_net(in_features))
        self.register_module("linear", nn.Linear(32, 16))

    @staticmethod
    def make_net(d):
        return nn.Sequential(nn.Linear(d, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())

    def forward(self, x):
        return reduce(lambda h, part: part(h), [self.net, self.linear], x)


class ParallelBlock(nn.ModuleList):
    def __init__(self, net1, net2):
        super().__init__([net1, net2])

    def forward(self, x):
        return torch.cat(tuple(net(x) for net in self), dim=x.dim() - 1)


class Chain(nn.ModuleList):
    def forward(self, x):
        return reduce(lambda h, block: block(h), self, x)


def stack_blocks(factory, n):
    return Chain(factory() for _ in range(n))
