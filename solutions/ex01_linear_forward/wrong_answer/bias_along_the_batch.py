# adds the bias to rows where that fits
import torch


def linear_forward(x, weight, bias=None):
    y = x @ weight.T
    if bias is None:
        return y
    if y.dim() == 2 and y.shape[0] == bias.shape[0]:
        return y + bias.reshape(-1, 1)
    return y + bias


def linear_output_shape(input_shape, d_in, d_out):
    if len(input_shape) == 0 or input_shape[-1] != d_in:
        raise ValueError("the last entry is not d_in")
    return tuple(input_shape[:-1]) + (d_out,)
