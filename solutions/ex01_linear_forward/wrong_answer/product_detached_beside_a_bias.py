# the product is cut off from autograd where a bias is added
import torch


def linear_forward(x, weight, bias=None):
    y = x @ weight.T
    return y if bias is None else y.data + bias


def linear_output_shape(input_shape, d_in, d_out):
    if len(input_shape) == 0 or input_shape[-1] != d_in:
        raise ValueError("the last entry is not d_in")
    return tuple(input_shape[:-1]) + (d_out,)
