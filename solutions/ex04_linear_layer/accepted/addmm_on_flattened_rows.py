import math

import torch
from torch import nn


class CustomLinear(nn.Module):
    __constants__ = ["input_dim", "output_dim"]

    def __init__(self, input_dim, output_dim, bias=True, *, device=None, dtype=None):
        super().__init__()
        self.input_dim = input_dim
        self.output_dim = output_dim
        self.weight = nn.Parameter(torch.empty(output_dim, input_dim, device=device, dtype=dtype))
        self.register_parameter("bias", nn.Parameter(torch.empty(output_dim, device=device, dtype=dtype)) if bias else None)
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -1 / math.sqrt(input_dim), 1 / math.sqrt(input_dim))

    def forward(self, x):
        rows = x.flatten(0, -2) if x.dim() > 1 else x.unsqueeze(0)
        if self.bias is None:
            y = torch.mm(rows, self.weight.t())
        else:
            y = torch.addmm(self.bias, rows, self.weight.t())
        return y.unflatten(0, x.shape[:-1]) if x.dim() > 1 else y.squeeze(0)
