# named tuples for rows, an OrderedDict for shapes, and a state_dict that keeps its variables
from collections import OrderedDict
from typing import NamedTuple

import torch
from torch import nn


class Row(NamedTuple):
    name: str
    kind: str
    size: int


def describe(net):
    own = lambda m: sum(p.numel() for p in m.parameters(recurse=False))
    return [Row(name, m.__class__.__name__, own(m)) for name, m in net.named_modules()]


def parameter_shapes(net):
    return OrderedDict((name, p.size()) for name, p in net.named_parameters())


def count_parameters(net, trainable_only=False):
    wanted = filter(lambda p: p.requires_grad, net.parameters()) if trainable_only else net.parameters()
    return sum(map(torch.numel, wanted))


def get_parameter(net, name):
    found = net.state_dict(keep_vars=True)[name]
    if isinstance(found, nn.Parameter):
        return found
    raise KeyError(name)


def grad_norms(net):
    return {name: None if p.grad is None else p.grad.norm().item() for name, p in net.named_parameters()}


def freeze(net, prefix):
    frozen = 0
    for name, p in net.named_parameters():
        if (name == prefix or name.startswith(prefix + ".")) and p.requires_grad:
            p.requires_grad = False
            frozen += 1
    return frozen
