import math

import torch
from torch import nn


def is_dense(module):
    return issubclass(type(module), nn.Linear)


def overwrite(target, values):
    with torch.no_grad():
        target[...] = values
    return target


def init_normal(m, mean=0.0, std=0.01):
    if is_dense(m):
        overwrite(m.weight, torch.normal(mean, std, tuple(m.weight.shape), dtype=m.weight.dtype, device=m.weight.device))
        if m.bias is not None:
            overwrite(m.bias, 0.0)


def xavier_uniform_(t, gain=1.0):
    a = gain * math.sqrt(6 / (t.size(0) + t.size(1)))
    values = torch.empty(t.shape, dtype=t.dtype, device=t.device).uniform_(-a, a)
    return overwrite(t, values)


def kaiming_normal_(t, mode="fan_in"):
    match mode:
        case "fan_in":
            fan = t.size(-1)
        case "fan_out":
            fan = t.size(0)
        case _:
            raise ValueError("mode")
    return overwrite(t, torch.randn(t.shape, dtype=t.dtype, device=t.device) / math.sqrt(fan / 2))


def my_init(m):
    if is_dense(m):
        w = torch.rand(m.weight.shape, dtype=m.weight.dtype, device=m.weight.device) * 20 - 10
        overwrite(m.weight, w * (w.abs() >= 5).to(w.dtype))
