# begins with one block, so n = 0 gives one, too
import torch
from torch import nn


class NestMLP(nn.Module):
    def __init__(self, in_features=20):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(in_features, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, x):
        return self.linear(self.net(x))


class ParallelBlock(nn.Module):
    def __init__(self, net1, net2):
        super().__init__()
        self.net1 = net1
        self.net2 = net2

    def forward(self, x):
        return torch.cat((self.net1(x), self.net2(x)), dim=-1)


def stack_blocks(factory, n):
    net = nn.Sequential(factory())
    for _ in range(n - 1):
        net.append(factory())
    return net
