"""ex02 · The activation layer (激活函数层)

Write ReLU by hand, and show that two linear layers without an activation are one. Then run `grade ex02`.
"""

import torch
from torch import Tensor


def relu(x: Tensor) -> Tensor:
    """Replace every negative element by 0.

    x (...), of any real dtype, whole numbers too -> a new tensor of the same shape and dtype
    """
    raise NotImplementedError


def fuse_linear(w1: Tensor, b1: Tensor | None, w2: Tensor, b2: Tensor | None) -> tuple[Tensor, Tensor | None]:
    """Return (w, b) with x @ w.T + b == (x @ w1.T + b1) @ w2.T + b2 for every x.

    w1 (d_hidden, d_in), b1 (d_hidden,) or None, w2 (d_out, d_hidden), b2 (d_out,) or None
    -> w (d_out, d_in), b (d_out,); where both biases are None, b is None or zeros.
    The arguments stay untouched; gradients flow to them.
    """
    raise NotImplementedError
