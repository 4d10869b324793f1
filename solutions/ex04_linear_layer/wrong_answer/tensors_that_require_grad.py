# requires_grad does not make a parameter
import torch
from torch import nn


class CustomLinear(nn.Module):
    def __init__(self, input_dim, output_dim, bias=True):
        super().__init__()
        self.weight = torch.randn(output_dim, input_dim, requires_grad=True)
        self.bias = torch.zeros(output_dim, requires_grad=True) if bias else None

    def forward(self, x):
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias
