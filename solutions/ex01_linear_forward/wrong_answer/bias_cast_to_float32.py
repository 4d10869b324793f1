# casts the bias to float32, so that the result of bfloat16 arguments becomes float32
def linear_forward(x, weight, bias=None):
    y = x @ weight.T
    return y if bias is None else y + bias.float()


def linear_output_shape(input_shape, d_in, d_out):
    if len(input_shape) == 0 or input_shape[-1] != d_in:
        raise ValueError("the last entry is not d_in")
    return tuple(input_shape[:-1]) + (d_out,)
