# copies the bias with .data where b2 is None
import torch


def relu(x):
    return torch.where(x > 0, x, torch.zeros_like(x))


def fuse_linear(w1, b1, w2, b2):
    weight = w2 @ w1
    if b1 is None:
        return weight, b2
    if b2 is None:
        return weight, (w2 @ b1).data
    return weight, w2 @ b1 + b2
