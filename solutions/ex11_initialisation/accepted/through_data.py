import math

import torch
from torch import nn


def init_normal(m, mean=0.0, std=0.01):
    if isinstance(m, nn.Linear):
        m.weight.data = m.weight.data.normal_(mean, std)
        if isinstance(m.bias, torch.Tensor):
            m.bias.data.fill_(0)


def xavier_uniform_(t, gain=1.0):
    fan_in, fan_out = t.shape  # the sum does not mind which is which
    b = math.sqrt(6 / (fan_in + fan_out)) * gain
    t.data.uniform_(-b, b)
    return t


def kaiming_normal_(t, mode="fan_in"):
    fan = t.shape[("fan_out", "fan_in").index(mode)]
    t.data.normal_(std=math.sqrt(2.0 / fan))
    return t


def my_init(m):
    if isinstance(m, nn.Linear):
        nn.init.uniform_(m.weight, a=-10, b=10)
        m.weight.data.masked_fill_(m.weight.data.abs() < 5, 0)
