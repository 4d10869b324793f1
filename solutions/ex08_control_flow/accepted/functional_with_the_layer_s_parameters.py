# Calls the functional form with the layer's own parameters, and multiplies by 0.5.
import torch
import torch.nn.functional as F
from torch import nn


class FixedHiddenMLP(nn.Module):
    def __init__(self, dim=20):
        super(FixedHiddenMLP, self).__init__()
        self.register_buffer("rand_weight", torch.empty(dim, dim).uniform_())
        self.linear = nn.Linear(dim, dim)

    def forward(self, x):
        weight, bias = self.linear.weight, self.linear.bias
        h = F.linear(x, weight, bias)
        h = F.linear(h, self.rand_weight.T, h.new_ones(())).clamp(min=0)
        h = F.linear(h, weight, bias)
        while torch.linalg.vector_norm(h, ord=1) > 1:
            h = h * 0.5
        return h.sum()
