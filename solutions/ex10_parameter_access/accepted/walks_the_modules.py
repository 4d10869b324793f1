# splits the name and walks down
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
    *path, last = name.split(".")
    module = net
    for part in path:
        module = module._modules[part]
    p = module._parameters[last]
    if p is None:
        raise KeyError(name)
    return p


def grad_norms(net):
    return {name: None if p.grad is None else p.grad.norm().item() for name, p in net.named_parameters()}


def freeze(net, prefix):
    matching = [p for n, p in net.named_parameters() if f"{n}.".startswith(f"{prefix}.")]
    trainable = [p for p in matching if p.requires_grad]
    for p in trainable:
        p.requires_grad_(False)
    return len(trainable)
