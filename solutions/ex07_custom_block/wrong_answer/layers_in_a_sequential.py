# other names: the layers lie in a Sequential
import torch
from torch import nn


class CustomBlock(nn.Module):
    def __init__(self, in_features=4, hidden=5, out_features=3):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(in_features, hidden), nn.ReLU(), nn.Linear(hidden, out_features))

    def forward(self, x):
        return self.net(x)
