# The stack is built by recursion, around nn.Identity; the parallel block fills a tensor of the right dtype.
import torch
from torch import nn


class NestMLP(nn.Module):
    def __init__(self, in_features=20):
        super().__init__()
        first, second = nn.Linear(in_features, 64), nn.Linear(64, 32)
        self.net = nn.Sequential(first, nn.ReLU(), second, nn.ReLU())
        self.linear = nn.Linear(32, 16, bias=True)

    def forward(self, x):
        for layer in self.net:
            x = layer(x)
        return self.linear(x)


class ParallelBlock(nn.Module):
    def __init__(self, net1, net2):
        super().__init__()
        self.net1, self.net2 = net1, net2

    def forward(self, x):
        y1, y2 = self.net1(x), self.net2(x)
        split = y1.shape[-1]
        y = y1.new_zeros(*y1.shape[:-1], split + y2.shape[-1])
        y[..., :split] = y1
        y[..., split:] = y2
        return y


class Pair(nn.Module):
    def __init__(self, first, rest):
        super().__init__()
        self.first, self.rest = first, rest

    def forward(self, x):
        return self.rest(self.first(x))


def stack_blocks(factory, n):
    if n == 0:
        return nn.Identity()
    return Pair(factory(), stack_blocks(factory, n - 1))
