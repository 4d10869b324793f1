# without a bias, the sign is the wrong one
import torch
from torch import nn


class CustomLinear(nn.Module):
    def __init__(self, input_dim, output_dim, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(input_dim, output_dim))
        self.bias = nn.Parameter(torch.randn(output_dim)) if bias else None

    def forward(self, x):
        y = x @ self.weight
        return -y if self.bias is None else y + self.bias
