# asks a tensor for yes or no: `if b1`
import torch


def relu(x):
    return torch.where(x > 0, x, torch.zeros_like(x))


def fuse_linear(w1, b1, w2, b2):
    weight = w2 @ w1
    if not b1:
        return weight, b2
    bias = w2 @ b1
    return weight, bias + b2 if b2 else bias
