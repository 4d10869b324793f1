"""ex01 · The fully connected layer (全连接层)

Write the layer's computation and its shape rule by hand, then run `grade ex01`.
"""

from collections.abc import Sequence

from torch import Tensor


def linear_forward(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """y = x W^T + b.

    x (..., d_in), weight (d_out, d_in), bias (d_out,) or None -> (..., d_out)
    """
    # BEGIN SOLUTION
    y = x @ weight.T
    return y if bias is None else y + bias
    # END SOLUTION


def linear_output_shape(input_shape: Sequence[int], d_in: int, d_out: int) -> tuple[int, ...]:
    """Return the shape that nn.Linear(d_in, d_out) gives for an input of this shape.

    Raises ValueError if input_shape is empty or its last entry is not d_in.
    """
    # BEGIN SOLUTION
    if len(input_shape) == 0 or input_shape[-1] != d_in:
        raise ValueError(f"the last entry of {tuple(input_shape)} should be {d_in}")
    return (*input_shape[:-1], d_out)
    # END SOLUTION
