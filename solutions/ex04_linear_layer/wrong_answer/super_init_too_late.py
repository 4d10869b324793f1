# super().__init__() comes after the parameters
import torch
from torch import nn


class CustomLinear(nn.Module):
    def __init__(self, input_dim, output_dim, bias=True):
        self.weight = nn.Parameter(torch.randn(output_dim, input_dim))
        self.bias = nn.Parameter(torch.zeros(output_dim)) if bias else None
        super().__init__()

    def forward(self, x):
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias
