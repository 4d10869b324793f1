# The book's own class with one word more: register_buffer. It halves in place, which autograd records.
import torch
from torch import nn
from torch.nn import functional as F


class FixedHiddenMLP(nn.Module):
    def __init__(self, dim=20):
        super().__init__()
        # a constant: no gradient is computed for it, so it stays as it is during training
        self.register_buffer("rand_weight", torch.rand((dim, dim), requires_grad=False))
        self.linear = nn.Linear(dim, dim)

    def forward(self, X):
        X = self.linear(X)
        X = F.relu(X @ self.rand_weight + 1)
        # the same layer again: two layers that share their parameters
        X = self.linear(X)
        while X.abs().sum() > 1:
            X /= 2
        return X.sum()
