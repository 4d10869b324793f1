# builds a new tensor from Python numbers
import torch


def relu(x):
    flat = [max(v, 0) for v in x.reshape(-1).tolist()]
    return torch.tensor(flat, dtype=x.dtype).reshape(x.shape)


def fuse_linear(w1, b1, w2, b2):
    weight = w2 @ w1
    if b1 is None:
        return weight, b2
    bias = w2 @ b1
    return weight, bias if b2 is None else bias + b2
