from collections.abc import Sequence
from functools import reduce
from operator import mul

import torch
from torch import Tensor


def _rows(shape: Sequence[int]) -> int:
    return reduce(mul, shape, 1)


def linear_forward(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """One matrix product over all samples, whatever the leading dimensions are."""
    d_out, d_in = weight.size()
    lead = x.size()[:-1]
    matrix = x.reshape(_rows(lead), d_in)
    if bias is None:
        rows = torch.mm(matrix, weight.mT)
    else:
        rows = torch.addmm(bias, matrix, weight.mT)
    return rows.reshape(*lead, d_out)


def linear_output_shape(input_shape: Sequence[int], d_in: int, d_out: int) -> tuple[int, ...]:
    *lead, last = input_shape or [None]
    if last != d_in:
        raise ValueError(f"expected (..., {d_in}), got {tuple(input_shape)}")
    return (*lead, d_out)
