# adds in place into b2
import torch


def relu(x):
    return x.clamp(min=0)


def fuse_linear(w1, b1, w2, b2):
    w = w2 @ w1
    if b2 is None:
        return w, None if b1 is None else w2 @ b1
    out = b2.clone()
    if b1 is not None:
        out = out + w2 @ b1
        with torch.no_grad():
            b2 += w2 @ b1
    return w, out
