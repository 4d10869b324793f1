# all layers of a size share one weight
import torch
from torch import nn


class CustomLinear(nn.Module):
    made = {}

    def __init__(self, input_dim, output_dim, bias=True):
        super().__init__()
        key = (output_dim, input_dim)
        if key not in CustomLinear.made:
            CustomLinear.made[key] = nn.Parameter(torch.randn(output_dim, input_dim))
        self.weight = CustomLinear.made[key]
        self.bias = nn.Parameter(torch.randn(output_dim)) if bias else None

    def forward(self, x):
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias
