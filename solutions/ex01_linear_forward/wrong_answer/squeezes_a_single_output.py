# drops the last dimension where there is only one output feature
def linear_forward(x, weight, bias=None):
    y = x @ weight.T
    if bias is not None:
        y = y + bias
    return y.squeeze(-1)


def linear_output_shape(input_shape, d_in, d_out):
    if len(input_shape) == 0 or input_shape[-1] != d_in:
        raise ValueError("the last entry is not d_in")
    return tuple(input_shape[:-1]) + (d_out,)
