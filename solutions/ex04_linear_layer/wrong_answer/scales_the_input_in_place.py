# normalises the input in place
import torch
from torch import nn


class CustomLinear(nn.Module):
    def __init__(self, input_dim, output_dim, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(output_dim, input_dim))
        self.bias = nn.Parameter(torch.zeros(output_dim)) if bias else None

    def forward(self, x):
        scale = x.detach().abs().max() if x.numel() else 1
        if scale == 0:
            scale = 1
        with torch.no_grad():
            x /= scale
        y = x @ self.weight.T * scale
        return y if self.bias is None else y + self.bias
