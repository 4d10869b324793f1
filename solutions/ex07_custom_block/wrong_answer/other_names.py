# the layers are called linear1 and linear2
import torch
from torch import nn


class CustomBlock(nn.Module):
    def __init__(self, in_features=4, hidden=5, out_features=3):
        super().__init__()
        self.linear1 = nn.Linear(in_features, hidden)
        self.linear2 = nn.Linear(hidden, out_features)

    def forward(self, x):
        return self.linear2(torch.relu(self.linear1(x)))
