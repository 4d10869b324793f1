# The book's NestMLP with the number of features as an argument, and its chimera; the answers to its two exercises.
import torch
from torch import nn
from torch.nn import functional as F


class NestMLP(nn.Module):
    def __init__(self, in_features=20):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(in_features, 64), nn.ReLU(),
                                 nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


class ParallelBlock(nn.Module):
    def __init__(self, net1, net2):
        super().__init__()
        self.net1 = net1
        self.net2 = net2

    def forward(self, X):
        return torch.cat([self.net1(X), self.net2(X)], dim=-1)


def stack_blocks(factory, n):
    net = nn.Sequential()
    for i in range(n):
        net.add_module(f'block {i}', factory())
    return net


chimera = nn.Sequential(NestMLP(), nn.Linear(16, 20))
print(chimera(torch.rand(2, 20)))
