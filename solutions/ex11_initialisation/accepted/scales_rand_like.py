from math import sqrt

import torch
import torch.nn as nn


@torch.no_grad()
def init_normal(m: nn.Module, mean: float = 0.0, std: float = 0.01) -> None:
    if isinstance(m, nn.Linear):
        m.weight.copy_(torch.randn_like(m.weight) * std + mean)
        if m.bias is not None:
            m.bias.copy_(torch.zeros_like(m.bias))


@torch.no_grad()
def xavier_uniform_(t, gain=1.0):
    std = gain * sqrt(2 / (t.shape[0] + t.shape[1]))
    return t.copy_((2 * torch.rand_like(t) - 1) * sqrt(3) * std)


@torch.no_grad()
def kaiming_normal_(t, mode="fan_in"):
    rows, columns = t.shape
    return t.copy_(torch.randn_like(t)).mul_(sqrt(2 / dict(fan_in=columns, fan_out=rows)[mode]))


@torch.no_grad()
def my_init(m):
    if isinstance(m, nn.Linear):
        w = 20 * torch.rand_like(m.weight) - 10
        m.weight.copy_(torch.where(w.abs() < 5, torch.zeros_like(w), w))
