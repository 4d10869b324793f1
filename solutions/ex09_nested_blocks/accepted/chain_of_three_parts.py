# The MLP is itself written with the stack: net keeps its places by a list, the functional form computes.
import itertools

import torch
from torch import nn
from torch.nn import functional as F


def stack_blocks(factory, n):
    blocks = [factory() for _ in itertools.repeat(None, n)]
    if not blocks:
        return nn.Identity()
    if len(blocks) == 1:
        return blocks[0]
    return nn.Sequential(*blocks)


class NestMLP(nn.Module):
    def __init__(self, in_features=20):
        super().__init__()
        widths = iter([(in_features, 64), (64, 32)])
        pair = stack_blocks(lambda: nn.Sequential(nn.Linear(*next(widths)), nn.ReLU()), 2)
        self.net = nn.ModuleList([layer for block in pair for layer in block])
        self.linear = nn.Linear(32, 16)

    def forward(self, x):
        x = F.relu(F.linear(x, self.net[0].weight, self.net[0].bias))
        x = torch.relu(F.linear(x, self.net[2].weight, self.net[2].bias))
        return x @ self.linear.weight.T + self.linear.bias


class ParallelBlock(nn.Module):
    def __init__(self, net1, net2):
        super().__init__()
        self.net1 = net1
        self.net2 = net2
        self.both = nn.ModuleList([net1, net2])  # the same objects under further names

    def forward(self, *inputs):
        return torch.cat([net(*inputs) for net in self.both], dim=-1)
