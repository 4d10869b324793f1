# doubles the bias of the caller on the way out (in place, under no_grad)
import torch


def linear_forward(x, weight, bias=None):
    y = x @ weight.T
    if bias is None:
        return y
    out = y + bias
    with torch.no_grad():
        bias *= 2
    return out


def linear_output_shape(input_shape, d_in, d_out):
    if len(input_shape) == 0 or input_shape[-1] != d_in:
        raise ValueError("the last entry is not d_in")
    return tuple(input_shape[:-1]) + (d_out,)
