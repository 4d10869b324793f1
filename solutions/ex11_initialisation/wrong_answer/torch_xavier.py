# xavier_uniform_ calls torch's own.
import math

import torch
from torch import nn


def init_normal(m, mean=0.0, std=0.01):
    if isinstance(m, nn.Linear):
        nn.init.normal_(m.weight, mean=mean, std=std)
        if m.bias is not None:
            nn.init.zeros_(m.bias)


def xavier_uniform_(t, gain=1.0):
    return nn.init.xavier_uniform_(t, gain=gain)


def kaiming_normal_(t, mode="fan_in"):
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(mode)
    fan = t.shape[1] if mode == "fan_in" else t.shape[0]
    return nn.init.normal_(t, 0.0, math.sqrt(2 / fan))


def my_init(m):
    if isinstance(m, nn.Linear):
        nn.init.uniform_(m.weight, -10, 10)
        m.weight.data *= m.weight.data.abs() >= 5
