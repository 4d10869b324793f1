# unsqueeze_ changes the shape of the caller's tensor
import torch
from torch import nn


class CustomLinear(nn.Module):
    def __init__(self, input_dim, output_dim, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(output_dim, input_dim))
        self.bias = nn.Parameter(torch.zeros(output_dim)) if bias else None

    def forward(self, x):
        single = x.dim() == 1
        if single:
            x.unsqueeze_(0)
        y = x @ self.weight.T
        y = y if self.bias is None else y + self.bias
        return y.squeeze(0) if single else y
