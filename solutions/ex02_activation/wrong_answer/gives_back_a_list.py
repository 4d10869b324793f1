# a list of three in place of a pair
import torch


def relu(x):
    return x.clamp(min=0)


def fuse_linear(w1, b1, w2, b2):
    b = None if b1 is None else w2 @ b1
    if b2 is not None:
        b = b2 if b is None else b + b2
    return [w2 @ w1, b]
