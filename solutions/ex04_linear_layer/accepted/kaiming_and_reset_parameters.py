import torch
from torch import nn


class CustomLinear(nn.Module):
    def __init__(self, input_dim, output_dim, bias=True):
        super().__init__()
        self.in_features, self.out_features = input_dim, output_dim
        self.W = nn.Parameter(torch.empty((output_dim, input_dim)))
        self.b = nn.Parameter(torch.empty(output_dim)) if bias else None
        self.reset_parameters()

    def forward(self, x):
        y = torch.einsum("...i,oi->...o", x, self.W)
        return y if self.b is None else y + self.b

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.W, a=5**0.5)
        if self.b is not None:
            nn.init.zeros_(self.b)

    def extra_repr(self):
        return f"{self.in_features} -> {self.out_features}"
