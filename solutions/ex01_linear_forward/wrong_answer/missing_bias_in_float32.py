# makes zeros in place of the missing bias, always float32
import torch


def linear_forward(x, weight, bias=None):
    if bias is None:
        bias = torch.zeros(weight.shape[0], dtype=torch.float32)
    return x @ weight.T + bias


def linear_output_shape(input_shape, d_in, d_out):
    if len(input_shape) == 0 or input_shape[-1] != d_in:
        raise ValueError("the last entry is not d_in")
    return tuple(input_shape[:-1]) + (d_out,)
