import torch


def linear_forward(x, weight, bias=None):
    d_out, d_in = weight.shape
    flat = x.reshape(-1, d_in) if x.numel() else x.reshape(0, d_in)
    y = flat.mm(weight.t())
    if bias is not None:
        y = y.add(bias)
    return y.reshape(linear_output_shape(x.shape, d_in, d_out))


def linear_output_shape(input_shape, d_in, d_out):
    shape = list(input_shape)
    if not shape:
        raise ValueError("empty shape")
    if shape[-1] != d_in:
        raise ValueError("wrong width")
    shape[-1] = d_out
    return tuple(shape)
