# draws the weights again with another initialiser
import torch
from torch import nn


class CustomBlock(nn.Module):
    def __init__(self, in_features: int = 4, hidden: int = 5, out_features: int = 3) -> None:
        super().__init__()
        self.fc1 = nn.Linear(in_features, hidden)
        self.fc2 = nn.Linear(hidden, out_features)
        for layer in (self.fc1, self.fc2):
            nn.init.normal_(layer.weight, std=0.1)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        return self.fc2(torch.relu(self.fc1(x)))
