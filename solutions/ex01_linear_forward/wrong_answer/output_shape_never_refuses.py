# does not compare the last entry with d_in
import torch


def linear_forward(x, weight, bias=None):
    y = x @ weight.T
    return y if bias is None else y + bias


def linear_output_shape(input_shape, d_in, d_out):
    if len(input_shape) == 0:
        raise ValueError("empty")
    return tuple(input_shape[:-1]) + (d_out,)
