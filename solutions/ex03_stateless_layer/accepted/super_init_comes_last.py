import torch
from torch import nn


class CustomReLU(nn.Module):
    def __init__(self, inplace: bool = False):
        self.negative = 0.0
        nn.Module.__init__(self)

    def forward(self, x):
        return torch.relu(x)


class CenteredLayer(nn.Module):
    def __init__(self):
        self.epsilon = 0
        super().__init__()

    def forward(self, x):
        rest = x
        for _ in range(x.dim()):
            rest = rest.mean(dim=-1)
        return x - rest
