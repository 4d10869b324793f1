"""Helpers that enter the worker beside a submission."""

import copy

import torch
from torch import nn


def copied(module):
    """Make a deep copy."""
    return copy.deepcopy(module)


def linears(net):
    """List the linear layers of a net in the order in which they stand; one that stands twice is listed twice."""
    found = []
    for part in net._modules.values():
        found += [part] if isinstance(part, nn.Linear) else linears(part)
    return found


def middle(net):
    """List the linear layers of a net without the first and the last."""
    return linears(net)[1:-1]


def fill_net(net, *values):
    """Write three weights, each with its bias, into the layers whose shapes they fit.

    Answers with how many layers have the second shape, and whether the layers of each shape have a bias.
    """
    found, biased = [tuple(layer.weight.shape) for layer in linears(net)], [False, False, False]
    with torch.no_grad():
        for layer in linears(net):
            for kind, (weight, bias) in enumerate(zip(values[::2], values[1::2], strict=True)):
                if layer.weight.shape == weight.shape:
                    layer.weight.copy_(weight)
                    if layer.bias is not None:
                        layer.bias.copy_(bias)
                        biased[kind] = True
    return [found.count(tuple(values[2].shape)), *biased]


def tensors_of(module):
    """List what a module computes with: parameters, buffers, and tensors that it merely keeps as attributes."""
    found, waiting, seen = [], [module], []
    while waiting:
        part = waiting.pop(0)
        if any(part is other for other in seen):
            continue
        seen.append(part)
        kept = [thing for value in vars(part).values() for thing in (value if isinstance(value, list | tuple) else [value])]
        things = [*part.parameters(recurse=False), *part.buffers(recurse=False), *kept]
        found += [t for t in things if isinstance(t, torch.Tensor) and all(t is not other for other in found)]
        waiting += [*part.children(), *(thing for thing in kept if isinstance(thing, nn.Module))]
    return found


def fill_autoencoder(net, weight, b, c, only_listed=False):
    """Write W, b and c into all that has their size. Answers with whether there is a b, and whether there is a c."""
    targets = list(net.parameters()) if only_listed else tensors_of(net)
    with torch.no_grad():
        for target in targets:
            if target.dim() == 2 and target.numel() == weight.numel():
                target.copy_(weight if target.shape == weight.shape else weight.T)
            for bias in (b, c):
                if target.numel() == bias.numel():
                    target.copy_(bias.reshape(target.shape))
    return [any(t.numel() == bias.numel() for t in tensors_of(net)) for bias in (b, c)]
