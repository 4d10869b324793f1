# keeps or clears the whole tensor, by its sum
import torch


def relu(x):
    return x if x.sum() > 0 else torch.zeros_like(x)


def fuse_linear(w1, b1, w2, b2):
    weight = w2 @ w1
    if b1 is None:
        return weight, b2
    bias = w2 @ b1
    return weight, bias if b2 is None else bias + b2
