import torch
from torch import nn


def init_normal(m, mean=0.0, std=0.01):
    if not isinstance(m, nn.Linear):
        return
    with torch.no_grad():
        m.weight.normal_(mean, std)
        if m.bias is not None:
            m.bias.zero_()


def xavier_uniform_(t, gain=1.0):
    bound = gain * (6 / sum(t.shape)) ** 0.5
    with torch.no_grad():
        t.uniform_(-bound, bound)
    return t


def kaiming_normal_(t, mode="fan_in"):
    if mode == "fan_in":
        fan = t.size(1)
    elif mode == "fan_out":
        fan = t.size(0)
    else:
        raise ValueError(f"mode must be fan_in or fan_out, not {mode!r}")
    with torch.no_grad():
        t.normal_(0, (2 / fan) ** 0.5)
    return t


def my_init(m):
    if isinstance(m, nn.Linear):
        with torch.no_grad():
            m.weight.uniform_(-10, 10)
            m.weight[m.weight.abs() < 5] = 0
