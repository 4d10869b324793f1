# invents a bias where there is none
import torch


def relu(x):
    return x.clamp(min=0)


def fuse_linear(w1, b1, w2, b2):
    w = w2 @ w1
    if b1 is None and b2 is None:
        return w, torch.ones(w2.shape[0])
    b = 0 if b1 is None else w2 @ b1
    return w, b + (0 if b2 is None else b2)
