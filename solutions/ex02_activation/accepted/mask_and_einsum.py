import torch


def relu(x):
    mask = x > 0
    return x * mask


def fuse_linear(w1, b1, w2, b2):
    w = torch.einsum("oh,hi->oi", w2, w1)
    if b1 is None and b2 is None:
        return w, None
    first = 0 if b1 is None else torch.einsum("oh,h->o", w2, b1)
    second = 0 if b2 is None else b2
    return w, first + second
