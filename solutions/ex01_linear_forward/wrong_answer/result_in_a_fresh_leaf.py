# wraps the result into torch.tensor, which copies the numbers and forgets where they came from
import torch


def linear_forward(x, weight, bias=None):
    y = x @ weight.T
    if bias is not None:
        y = y + bias
    return torch.tensor(y.tolist(), dtype=y.dtype).reshape(y.shape)


def linear_output_shape(input_shape, d_in, d_out):
    if len(input_shape) == 0 or input_shape[-1] != d_in:
        raise ValueError("the last entry is not d_in")
    return tuple(input_shape[:-1]) + (d_out,)
