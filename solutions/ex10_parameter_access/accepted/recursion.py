# goes down by itself, one level at a time
import torch
from torch import nn


def walk(module, prefix="", seen=None):
    """Yield (name, module) as named_modules does."""
    seen = set() if seen is None else seen
    if module in seen:
        return
    seen.add(module)
    yield prefix, module
    for name, child in module._modules.items():
        if child is not None:
            yield from walk(child, f"{prefix}.{name}" if prefix else name, seen)


def describe(net):
    result = []
    for name, module in walk(net):
        own = [p for p in module._parameters.values() if p is not None]
        result.append((name, module._get_name(), sum(p.numel() for p in own)))
    return result


def parameter_shapes(net):
    shapes, seen = {}, set()
    for path, module in walk(net):
        for last, p in module._parameters.items():
            if p is not None and id(p) not in seen:
                seen.add(id(p))
                shapes[f"{path}.{last}" if path else last] = tuple(p.shape)
    return shapes


def count_parameters(net, trainable_only=False):
    return sum(p.numel() for p in net.parameters() if p.requires_grad or not trainable_only)


def get_parameter(net, name):
    first, dot, rest = name.partition(".")
    if dot:
        return get_parameter(net._modules[first], rest)
    if net._parameters.get(name) is None:
        raise KeyError(name)
    return net._parameters[name]


def grad_norms(net):
    result = {}
    for name, p in net.named_parameters():
        result[name] = torch.linalg.vector_norm(p.grad).item() if isinstance(p.grad, torch.Tensor) else None
    return result


def freeze(net, prefix):
    frozen = 0
    for name, p in net.named_parameters():
        if (name == prefix or name.startswith(prefix + ".")) and p.requires_grad:
            p.requires_grad = False
            frozen += 1
    return frozen
