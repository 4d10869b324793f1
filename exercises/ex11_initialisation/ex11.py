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
    raise NotImplementedError


def xavier_uniform_(t: Tensor, gain: float = 1.0) -> Tensor:
    """Fill a matrix of shape (fan_out, fan_in) in place, uniformly between -a and a. Return t.

    a = gain * sqrt(6 / (fan_in + fan_out))
    """
    raise NotImplementedError


def kaiming_normal_(t: Tensor, mode: str = "fan_in") -> Tensor:
    """Fill a matrix of shape (fan_out, fan_in) in place: normal, mean 0, std = sqrt(2 / fan). Return t.

    `mode` is "fan_in" or "fan_out" and says which fan; ValueError or KeyError for any other.
    """
    raise NotImplementedError


def my_init(m: nn.Module) -> None:
    """For `net.apply`: weights of every nn.Linear uniform between -10 and 10, then 0 where |w| < 5.

    Subclasses too. Biases and other modules are left as they are.
    """
    raise NotImplementedError
