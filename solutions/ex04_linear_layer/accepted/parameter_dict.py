import torch
from torch import nn


class CustomLinear(nn.Module):
    def __init__(self, input_dim, output_dim, bias=True):
        super().__init__()
        self.params = nn.ParameterDict({"w": nn.Parameter(0.1 * torch.randn(input_dim, output_dim))})
        if bias:
            self.params["b"] = nn.Parameter(torch.zeros(output_dim))

    def forward(self, x):
        y = x.matmul(self.params["w"])
        if "b" in self.params:
            y = y + self.params["b"]
        return y
