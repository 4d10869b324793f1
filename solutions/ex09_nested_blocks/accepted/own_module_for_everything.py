# A loop of one's own over an nn.ModuleList, and classes inside the function.
import torch
from torch import nn


class NestMLP(nn.Module):
    def __init__(self, in_features: int = 20, *, hidden=(64, 32), out=16):
        super().__init__()
        widths = (in_features, *hidden)
        self.linear = nn.Linear(hidden[-1], out)
        self.net = nn.Sequential()
        for d_in, d_out in zip(widths, widths[1:]):
            self.net.append(nn.Linear(d_in, d_out))
            self.net.append(nn.ReLU(inplace=True))

    def forward(self, x):
        x = self.net(x)
        x = self.linear(x)
        return x


class ParallelBlock(nn.Module):
    def __init__(self, net1, net2):
        super().__init__()
        self.add_module("left", net1)
        self.add_module("right", net2)

    def forward(self, x):
        left = self.left(x)
        right = self.right(x)
        return torch.concatenate((left, right), axis=-1)


def stack_blocks(factory, n):
    class Stack(nn.Module):
        def __init__(self):
            super().__init__()
            self.blocks = nn.ModuleList()
            for _ in range(n):
                self.blocks.append(factory())

        def forward(self, x):
            for block in self.blocks:
                x = block(x)
            return x

    return Stack()
