import torch
from torch import nn


class CustomLinear(nn.Module):
    def __init__(self, input_dim, output_dim, bias=True):
        super(CustomLinear, self).__init__()  # noqa: UP008
        self.w = nn.Parameter(torch.Tensor(input_dim, output_dim))
        nn.init.xavier_normal_(self.w)
        self.b = nn.Parameter(torch.full((output_dim,), 0.01)) if bias else 0.0

    def forward(self, x):
        return x @ self.w + self.b
