# view on x needs a contiguous tensor
import torch


def linear_forward(x, weight, bias=None):
    flat = x.view(-1, weight.shape[1])
    y = (flat @ weight.T).view(*x.shape[:-1], weight.shape[0])
    return y if bias is None else y + bias


def linear_output_shape(input_shape, d_in, d_out):
    if len(input_shape) == 0 or input_shape[-1] != d_in:
        raise ValueError("the last entry is not d_in")
    return tuple(input_shape[:-1]) + (d_out,)
