# wraps torch's own nn.Linear
import torch
from torch.nn import Linear as Layer


def linear_forward(x, weight, bias=None):
    layer = Layer(weight.shape[1], weight.shape[0], bias is not None)
    layer.weight, layer.bias = torch.nn.Parameter(weight), None if bias is None else torch.nn.Parameter(bias)
    return layer(x)


def linear_output_shape(input_shape, d_in, d_out):
    if len(input_shape) == 0 or input_shape[-1] != d_in:
        raise ValueError("the last entry is not d_in")
    return tuple(input_shape[:-1]) + (d_out,)
