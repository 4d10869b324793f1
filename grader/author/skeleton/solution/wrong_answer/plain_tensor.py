# the weight is no parameter
import torch
from torch import nn


class Scale(nn.Module):
    def __init__(self, features):
        super().__init__()
        if features < 1:
            raise ValueError("too few features")
        self.weight = torch.ones(features)

    def forward(self, x):
        return x * self.weight
