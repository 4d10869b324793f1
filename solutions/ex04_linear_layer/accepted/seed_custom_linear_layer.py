# The note's own layer with a bias flag, under the name that is asked for.
import torch
import torch.nn as nn


class CustomLinear(nn.Module):
    def __init__(self, input_dim, output_dim, bias=True):
        super().__init__()
        self.weights = nn.Parameter(torch.randn(input_dim, output_dim))
        self.bias = nn.Parameter(torch.randn(output_dim)) if bias else None

    def forward(self, x):
        out = torch.matmul(x, self.weights)
        if self.bias is not None:
            out = out + self.bias
        return out


layer = CustomLinear(3, 2)
input_data = torch.randn(5, 3)
print(input_data)
output_data = layer(input_data)
print(output_data)
