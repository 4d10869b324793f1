import torch
import torch.nn.functional as nnf
from torch.nn import Module, Parameter


def affine(x, weight, bias):
    """先按行展开求和，再加偏置。"""
    return nnf.linear(x, weight) if bias is None else nnf.linear(x, weight) + bias


class CustomLinear(Module):
    def __init__(self, input_dim, output_dim, bias=True):
        Module.__init__(self)
        self.params = [torch.rand(output_dim, input_dim), torch.rand(output_dim)][: 2 if bias else 1]
        for number, value in enumerate(self.params):
            setattr(self, f"theta{number}", Parameter(value))
        del self.params

    def forward(self, x):
        return affine(x, self.theta0, getattr(self, "theta1", None))
