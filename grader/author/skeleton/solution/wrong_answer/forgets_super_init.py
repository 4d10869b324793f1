# super().__init__() is missing
import torch
from torch import nn


class Scale(nn.Module):
    def __init__(self, features):
        if features < 1:
            raise ValueError("too few features")
        self.weight = nn.Parameter(torch.ones(features))

    def forward(self, x):
        return x * self.weight
