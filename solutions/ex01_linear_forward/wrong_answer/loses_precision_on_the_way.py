# computes in float32 and casts back: the dtype is right, half of the digits of float64 are gone
def linear_forward(x, weight, bias=None):
    y = (x.float() @ weight.float().T).to(x.dtype)
    return y if bias is None else y + bias


def linear_output_shape(input_shape, d_in, d_out):
    if len(input_shape) == 0 or input_shape[-1] != d_in:
        raise ValueError("the last entry is not d_in")
    return tuple(input_shape[:-1]) + (d_out,)
