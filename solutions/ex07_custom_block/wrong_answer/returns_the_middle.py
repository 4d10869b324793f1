# gives back what fc1 made
import torch
from torch import nn


class CustomBlock(nn.Module):
    def __init__(self, in_features=4, hidden=5, out_features=3):
        super().__init__()
        self.fc1 = nn.Linear(in_features, hidden)
        self.fc2 = nn.Linear(hidden, out_features)

    def forward(self, x):
        h = torch.relu(self.fc1(x))
        self.fc2(h)
        return h
