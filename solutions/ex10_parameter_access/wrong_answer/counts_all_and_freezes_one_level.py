# counts all parameters below the prefix, and freezes those of the module itself
import torch
from torch import nn


def describe(net):
    found = []
    for name, module in net.named_modules():
        found.append((name, type(module).__name__, sum(p.numel() for p in module.parameters(recurse=False))))
    return found


def parameter_shapes(net):
    return {name: tuple(p.shape) for name, p in net.named_parameters()}


def count_parameters(net, trainable_only=False):
    return sum(p.numel() for p in net.parameters() if p.requires_grad or not trainable_only)


def get_parameter(net, name):
    return dict(net.named_parameters(remove_duplicate=False))[name]


def grad_norms(net):
    return {name: None if p.grad is None else p.grad.norm().item() for name, p in net.named_parameters()}


def freeze(net, prefix):
    modules = dict(net.named_modules())
    frozen = 0
    for name, p in net.named_parameters():
        if (name == prefix or name.startswith(prefix + ".")) and p.requires_grad:
            frozen += 1
            if name == prefix:
                p.requires_grad = False
    if prefix in modules:
        for p in modules[prefix].parameters(recurse=False):
            p.requires_grad = False
    return frozen
