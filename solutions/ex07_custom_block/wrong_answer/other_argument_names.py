# the arguments have other names
import torch
from torch import nn


class CustomBlock(nn.Module):
    def __init__(self, d_in=4, d_hidden=5, d_out=3):
        super().__init__()
        self.fc1 = nn.Linear(d_in, d_hidden)
        self.fc2 = nn.Linear(d_hidden, d_out)

    def forward(self, x):
        return self.fc2(torch.relu(self.fc1(x)))
