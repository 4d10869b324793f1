import torch
from torch import nn


class CustomLinear(nn.Module):
    def __init__(self, input_dim, output_dim, bias=True):
        super().__init__()
        shapes = [(input_dim, output_dim)] + ([(1, output_dim)] if bias else [])
        self.both = nn.ParameterList([nn.Parameter(torch.rand(shape) - 0.5) for shape in shapes])

    def forward(self, x):
        flat = x.reshape(-1, x.shape[-1]) if x.numel() else x.new_zeros(0, x.shape[-1])
        y = flat.mm(self.both[0])
        if len(self.both) == 2:
            y = y + self.both[1]
        return y.reshape(*x.shape[:-1], y.shape[-1])
