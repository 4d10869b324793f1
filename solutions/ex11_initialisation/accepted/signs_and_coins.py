import math

import torch
from torch import nn


def init_normal(m, mean=0.0, std=0.01):
    if isinstance(m, nn.Linear):
        nn.init.normal_(m.weight, mean, std)
        if getattr(m, "bias", None) is not None:
            nn.init.constant_(m.bias, 0)


def xavier_uniform_(t, gain=1.0):
    # a size and a sign, drawn apart
    a = gain * math.sqrt(6.0 / float(t.shape[0] + t.shape[1]))
    sign = torch.randint_like(t, 0, 2) * 2 - 1
    with torch.no_grad():
        t.copy_(torch.rand_like(t) * sign * a)
    return t


def kaiming_normal_(t, mode="fan_in"):
    fans = {"fan_out": t.shape[0], "fan_in": t.shape[1]}
    if mode not in fans:
        raise KeyError(mode)
    return nn.init.normal_(t, mean=0.0, std=math.sqrt(2.0) / math.sqrt(fans[mode]))


def my_init(m):
    # each weight stays with probability 1/2, and then lies anywhere between 5 and 10 in size
    if isinstance(m, nn.Linear):
        w = m.weight
        with torch.no_grad():
            size = torch.rand_like(w) * 5 + 5
            sign = (torch.rand_like(w) < 0.5).to(w.dtype) * 2 - 1
            stays = torch.rand_like(w) < 0.5
            w.copy_(size * sign * stays)
