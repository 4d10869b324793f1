import torch
from torch import nn


class Rectify(torch.autograd.Function):
    """max(x, 0), and its gradient."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient * (x > 0)


class CustomReLU(nn.Module):
    def forward(self, x):
        return Rectify.apply(x)


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean(dtype=torch.float64).to(x.dtype)
