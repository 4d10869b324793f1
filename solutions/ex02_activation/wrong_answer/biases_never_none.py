# calculates with a bias that is None
import torch


def relu(x):
    return x.clamp(min=0)


def fuse_linear(w1, b1, w2, b2):
    if b1 is None and b2 is None:
        return w2 @ w1, None
    return w2 @ w1, w2 @ b1 + b2
