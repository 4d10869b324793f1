# computes the bias once, in the first call, and keeps it
import torch
from torch import nn


class CustomLinear(nn.Module):
    def __init__(self, input_dim, output_dim, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(output_dim, input_dim))
        self.bias = nn.Parameter(torch.zeros(output_dim)) if bias else None
        self.b = None

    def forward(self, x):
        if self.b is None:
            self.b = 0.0 if self.bias is None else self.bias.clone()
        return x @ self.weight.T + self.b
