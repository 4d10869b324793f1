# makes new layers in every call
import torch
from torch import nn


class CustomBlock(nn.Module):
    def __init__(self, in_features=4, hidden=5, out_features=3):
        super().__init__()
        self.sizes = in_features, hidden, out_features

    def forward(self, x):
        d_in, hidden, d_out = self.sizes
        self.fc1 = nn.Linear(d_in, hidden)
        self.fc2 = nn.Linear(hidden, d_out)
        return self.fc2(torch.relu(self.fc1(x)))
