# 中文变量名，逐个函数写清楚
import torch
from torch import nn


def describe(net):
    found = []
    for name, module in net.named_modules():
        found.append((name, type(module).__name__, sum(p.numel() for p in module.parameters(recurse=False))))
    return found


def parameter_shapes(net):
    """参数名 -> 形状"""
    return {名称: tuple(参数.size()) for 名称, 参数 in net.named_parameters()}


def count_parameters(net, trainable_only=False):
    return sum(p.numel() for p in net.parameters() if p.requires_grad or not trainable_only)


def get_parameter(net, name):
    for candidate, p in net.named_parameters(remove_duplicate=False):
        if candidate == name:
            return p
    raise KeyError(name)


def grad_norms(net):
    结果 = {}
    for 名称, 参数 in net.named_parameters():
        # 还没有反向传播时，grad 是 None
        结果[名称] = None if 参数.grad is None else 参数.grad.pow(2).sum().sqrt().item()
    return 结果


def freeze(net, prefix):
    frozen = 0
    for name, p in net.named_parameters():
        if (name == prefix or name.startswith(prefix + ".")) and p.requires_grad:
            p.requires_grad = False
            frozen += 1
    return frozen
