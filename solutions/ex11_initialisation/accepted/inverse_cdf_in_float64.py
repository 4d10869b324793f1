import math

import torch
from torch import nn


def normal_numbers(shape, mean, std):
    u = torch.empty(shape, dtype=torch.float64).uniform_(1e-15, 1 - 1e-15)
    return mean + std * math.sqrt(2) * torch.erfinv(2 * u - 1)


def init_normal(m, mean=0.0, std=0.01):
    if isinstance(m, nn.Linear):
        with torch.no_grad():
            m.weight.copy_(normal_numbers(m.weight.shape, mean, std))
            if m.bias is not None:
                m.bias.copy_(torch.zeros_like(m.bias))


def xavier_uniform_(t, gain=1.0):
    a = gain * math.sqrt(6 / (t.shape[0] + t.shape[1]))
    with torch.no_grad():
        t.copy_(a * (2 * torch.rand(t.shape, dtype=torch.float64) - 1))
    return t


def kaiming_normal_(t, mode="fan_in"):
    if mode == "fan_in":
        _, fan = t.shape
    elif mode == "fan_out":
        fan, _ = t.shape
    else:
        raise ValueError(mode)
    with torch.no_grad():
        t.copy_(normal_numbers(t.shape, 0.0, math.sqrt(2 / fan)))
    return t


def my_init(m):
    if isinstance(m, nn.Linear):
        w = torch.rand(m.weight.shape, dtype=torch.float64) * 20 - 10
        w[w.abs() < 5] = 0
        with torch.no_grad():
            m.weight.copy_(w)
