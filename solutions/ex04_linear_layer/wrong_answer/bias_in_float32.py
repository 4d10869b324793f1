# casts the bias to float32, and the result back: half of the digits of the bias are gone
import torch
from torch import nn


class CustomLinear(nn.Module):
    def __init__(self, input_dim, output_dim, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(output_dim, input_dim))
        self.bias = nn.Parameter(torch.zeros(output_dim)) if bias else None

    def forward(self, x):
        y = x @ self.weight.T
        return y if self.bias is None else (y + self.bias.float()).to(x.dtype)
