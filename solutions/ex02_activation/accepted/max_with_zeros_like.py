import torch


def relu(x):
    return torch.max(x, torch.zeros_like(x))


def compose(x, w, b):
    y = x @ w.T
    return y if b is None else y + b


def fuse_linear(w1, b1, w2, b2):
    """Ask the composition itself: what does it do to 0 and to the unit vectors?"""
    d_in = w1.shape[1]
    eye, zero = torch.eye(d_in, dtype=w1.dtype), torch.zeros(d_in, dtype=w1.dtype)

    def both(x):
        return compose(compose(x, w1, b1), w2, b2)

    b = both(zero)
    return compose(compose(eye, w1, None), w2, None).T, b
