import math

import torch
from torch import nn


def init_normal(m, mean=0.0, std=0.01):
    if isinstance(m, nn.Linear):
        for row in m.weight.data:
            row.normal_(mean, std)
        if m.bias is not None:
            for i in range(len(m.bias)):
                m.bias.data[i] = 0.0


def xavier_uniform_(t, gain=1.0):
    fan_out, fan_in = t.shape
    a = gain * math.sqrt(6 / (fan_in + fan_out))
    for i in range(fan_out):
        t.data[i].uniform_(-a, a)
    return t


def kaiming_normal_(t, mode="fan_in"):
    fan_out, fan_in = t.shape
    try:
        fan = {"fan_in": fan_in, "fan_out": fan_out}[mode]
    except KeyError as error:
        raise ValueError(f"no such mode: {mode}") from error
    for row in t.data:
        row.copy_(torch.randn_like(row) * math.sqrt(2 / fan))
    return t


def my_init(m):
    if isinstance(m, nn.Linear):
        for row in m.weight.data:
            row.uniform_(-10, 10)
            row *= (row <= -5) | (row >= 5)
