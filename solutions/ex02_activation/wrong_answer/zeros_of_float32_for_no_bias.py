# a missing bias becomes zeros of the default dtype
import torch


def relu(x):
    return torch.where(x > 0, x, torch.zeros_like(x))


def fuse_linear(w1, b1, w2, b2):
    weight = w2 @ w1
    if b1 is None and b2 is None:
        return weight, torch.zeros(w2.shape[0])
    if b1 is None:
        return weight, b2
    bias = w2 @ b1
    return weight, bias if b2 is None else bias + b2
