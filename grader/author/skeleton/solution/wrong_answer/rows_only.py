# asks for exactly two dimensions
import torch
from torch import nn


class Scale(nn.Module):
    def __init__(self, features):
        super().__init__()
        if features < 1:
            raise ValueError("too few features")
        self.weight = nn.Parameter(torch.ones(features))

    def forward(self, x):
        n, features = x.shape
        return x * self.weight.reshape(1, features)
