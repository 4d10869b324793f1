# makes a new Parameter of the weight in every call, and the gradient stays there
import torch
from torch import nn


class CustomLinear(nn.Module):
    def __init__(self, input_dim, output_dim, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(output_dim, input_dim))
        self.bias = nn.Parameter(torch.zeros(output_dim)) if bias else None

    def forward(self, x):
        weight = nn.Parameter(self.weight)
        y = x @ weight.T
        return y if self.bias is None else y + self.bias
