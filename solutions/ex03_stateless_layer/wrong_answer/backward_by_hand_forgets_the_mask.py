# its own backward lets every gradient through, that of the negative elements too
import torch
from torch import nn


class ReLUFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, gradient):
        return gradient


class CustomReLU(nn.Module):
    def forward(self, x):
        return ReLUFunction.apply(x)


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
