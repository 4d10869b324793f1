# divides by the number of input features: a mean where the layer takes a sum
def linear_forward(x, weight, bias=None):
    y = (x.unsqueeze(-2) * weight).mean(-1)
    return y if bias is None else y + bias


def linear_output_shape(input_shape, d_in, d_out):
    if len(input_shape) == 0 or input_shape[-1] != d_in:
        raise ValueError("the last entry is not d_in")
    return tuple(input_shape[:-1]) + (d_out,)
