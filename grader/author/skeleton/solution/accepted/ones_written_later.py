# the ones are written into an empty parameter
import torch
from torch import nn


class Scale(nn.Module):
    def __init__(self, features):
        super().__init__()
        if not features >= 1:
            raise ValueError(features)
        self.weight = nn.Parameter(torch.empty(features))
        nn.init.ones_(self.weight)

    def forward(self, x):
        return self.weight * x
