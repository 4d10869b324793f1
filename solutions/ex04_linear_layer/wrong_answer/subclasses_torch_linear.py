# inherits from torch's own Linear
import torch
from torch import nn


class CustomLinear(nn.Linear):
    def __init__(self, input_dim, output_dim, bias=True):
        super().__init__(input_dim, output_dim, bias)
        pass

    def forward(self, x):
        return super().forward(x)
