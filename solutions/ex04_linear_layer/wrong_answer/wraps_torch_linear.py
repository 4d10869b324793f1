# uses torch's own Linear
import torch
from torch import nn


class CustomLinear(nn.Module):
    def __init__(self, input_dim, output_dim, bias=True):
        super().__init__()
        self.layer = nn.Linear(input_dim, output_dim, bias=bias)

    def forward(self, x):
        return self.layer(x)
