# torch.stack fails for an empty batch
import torch


def linear_forward(x, weight, bias=None):
    if x.dim() == 1:
        y = (weight * x).sum(1)
        return y if bias is None else y + bias
    return torch.stack([linear_forward(row, weight, bias) for row in x])


def linear_output_shape(input_shape, d_in, d_out):
    if len(input_shape) == 0 or input_shape[-1] != d_in:
        raise ValueError("the last entry is not d_in")
    return tuple(input_shape[:-1]) + (d_out,)
