# b1 is left out
import torch


def relu(x):
    return x.clamp(min=0)


def fuse_linear(w1, b1, w2, b2):
    return w2 @ w1, b2
