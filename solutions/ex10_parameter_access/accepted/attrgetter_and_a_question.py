# follows the dots with operator.attrgetter, and asks what it has found
import math
from operator import attrgetter

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
    found = attrgetter(name)(net)  # AttributeError where there is nothing
    if not isinstance(found, nn.Parameter):
        raise AttributeError(f"{name} is no parameter")
    return found


def grad_norms(net):
    norms = dict.fromkeys(name for name, _ in net.named_parameters())
    for name, p in net.named_parameters():
        if p.grad is not None:
            flat = p.grad.flatten()
            norms[name] = math.sqrt(torch.dot(flat, flat))
    return norms


def freeze(net, prefix):
    path = prefix.split(".")
    frozen = [p for name, p in net.named_parameters() if name.split(".")[: len(path)] == path and p.requires_grad]
    for p in frozen:
        p.requires_grad = False
    return len(frozen)
