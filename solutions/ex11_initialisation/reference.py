"""ex11 · Initialisation (参数初始化)

Write the functions that give a network its first weights. Then run `grade ex11`.
"""

import math

import torch
from torch import Tensor, nn


def init_normal(m: nn.Module, mean: float = 0.0, std: float = 0.01) -> None:
    """For `net.apply`: normal weights and zero biases in every nn.Linear, of a subclass too. The bias may be None.

    Other modules are left as they are.
    """
    # BEGIN SOLUTION
    if isinstance(m, nn.Linear):
        nn.init.normal_(m.weight, mean=mean, std=std)
        if m.bias is not None:
            nn.init.zeros_(m.bias)
    # END SOLUTION


def xavier_uniform_(t: Tensor, gain: float = 1.0) -> Tensor:
    """Fill a matrix of shape (fan_out, fan_in) in place, uniformly between -a and a. Return t.

    a = gain * sqrt(6 / (fan_in + fan_out))
    """
    # BEGIN SOLUTION
    fan_out, fan_in = t.shape
    bound = gain * math.sqrt(6 / (fan_in + fan_out))
    with torch.no_grad():
        return t.uniform_(-bound, bound)
    # END SOLUTION


def kaiming_normal_(t: Tensor, mode: str = "fan_in") -> Tensor:
    """Fill a matrix of shape (fan_out, fan_in) in place: normal, mean 0, std = sqrt(2 / fan). Return t.

    `mode` is "fan_in" or "fan_out" and says which fan; ValueError or KeyError for any other.
    """
    # BEGIN SOLUTION
    fan_out, fan_in = t.shape
    fan = {"fan_in": fan_in, "fan_out": fan_out}[mode]
    with torch.no_grad():
        return t.normal_(0.0, math.sqrt(2 / fan))
    # END SOLUTION


def my_init(m: nn.Module) -> None:
    """For `net.apply`: weights of every nn.Linear uniform between -10 and 10, then 0 where |w| < 5.

    Subclasses too. Biases and other modules are left as they are.
    """
    # BEGIN SOLUTION
    if isinstance(m, nn.Linear):
        with torch.no_grad():
            m.weight.uniform_(-10.0, 10.0)
            m.weight *= m.weight.abs() >= 5
    # END SOLUTION
