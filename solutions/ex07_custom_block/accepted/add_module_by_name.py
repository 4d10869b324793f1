# registers the layers with add_module
import torch
from torch import nn


class CustomBlock(nn.Module):
    def __init__(self, in_features=4, hidden=5, out_features=3):
        nn.Module.__init__(self)
        self.add_module("fc1", nn.Linear(in_features, hidden))
        self.add_module("fc2", nn.Linear(hidden, out_features))
        self.sizes = (in_features, hidden, out_features)

    def forward(self, x):
        return self.fc2(torch.relu(self.fc1(x)))
