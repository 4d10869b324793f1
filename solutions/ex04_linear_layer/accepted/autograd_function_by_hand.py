import torch
from torch import nn


class Affine(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, bias):
        ctx.save_for_backward(x, weight)
        ctx.with_bias = bias is not None
        y = x.matmul(weight.t())
        return y + bias if ctx.with_bias else y

    @staticmethod
    def backward(ctx, grad):
        x, weight = ctx.saved_tensors
        rows = grad.reshape(-1, grad.shape[-1]) if grad.numel() else grad.new_zeros(0, weight.shape[0])
        inputs = x.reshape(-1, x.shape[-1]) if x.numel() else x.new_zeros(0, weight.shape[1])
        return grad.matmul(weight), rows.t().matmul(inputs), rows.sum(0) if ctx.with_bias else None


class CustomLinear(nn.Module):
    def __init__(self, input_dim, output_dim, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(output_dim, input_dim))
        self.bias = nn.Parameter(torch.randn(output_dim)) if bias else None

    def forward(self, x):
        return Affine.apply(x, self.weight, self.bias)
