import torch


def relu(x):
    return torch.stack([x, torch.zeros_like(x)]).amax(0)


layer_output = relu(torch.tensor([-1, 2, -3]))
print(layer_output)


def fuse_linear(w1, b1, w2, b2):
    if b1 is None:
        b1 = torch.zeros(w1.size(0), dtype=w1.dtype)
    if b2 is None:
        b2 = torch.zeros(w2.size(0), dtype=w2.dtype)
    return w2.mm(w1), torch.addmv(b2, w2, b1)
