# works in place on its own tensor, which nobody else sees
import torch
from torch import nn


class CustomBlock(nn.Module):
    def __init__(self, in_features=4, hidden=5, out_features=3):
        super().__init__()
        self.fc1 = nn.Linear(in_features, hidden)
        self.fc2 = nn.Linear(hidden, out_features)

    def forward(self, x):
        h = self.fc1(x)
        h.relu_()
        return self.fc2(h)
