# plain loops
import torch
from torch import nn


def describe(net):
    rows = []
    for name, module in net.named_modules():
        size = 0
        for p in module._parameters.values():
            if p is not None:
                size = size + p.numel()
        rows.append((name, module.__class__.__name__, size))
    return rows


def parameter_shapes(net):
    shapes = {}
    for name, p in net.named_parameters():
        shapes[name] = p.shape
    return shapes


def count_parameters(net, trainable_only=False):
    total = 0
    for p in net.parameters():
        if trainable_only and not p.requires_grad:
            continue
        total += p.nelement()
    return total


def get_parameter(net, name):
    for candidate, p in net.named_parameters(remove_duplicate=False):
        if candidate == name:
            return p
    raise KeyError(name)


def grad_norms(net):
    norms = {}
    for name, p in net.named_parameters():
        if p.grad is not None:
            norms[name] = float(torch.sqrt((p.grad ** 2).sum()))
        else:
            norms[name] = None
    return norms


def freeze(net, prefix):
    frozen = 0
    for name, p in net.named_parameters():
        if (name == prefix or name.startswith(prefix + ".")) and p.requires_grad:
            p.requires_grad = False
            frozen += 1
    return frozen
