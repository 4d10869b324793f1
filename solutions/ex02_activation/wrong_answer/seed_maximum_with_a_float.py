# torch.tensor(0.0) turns whole numbers into floats
import torch


def relu(x):
    return torch.maximum(x, torch.tensor(0.0))


def fuse_linear(w1, b1, w2, b2):
    w = w2 @ w1
    b = None
    if b1 is not None:
        b = w2 @ b1
    if b2 is not None:
        b = b2 if b is None else b + b2
    return w, b
