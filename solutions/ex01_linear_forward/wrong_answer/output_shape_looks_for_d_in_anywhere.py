# accepts a shape which has d_in in some other place than the last
def linear_forward(x, weight, bias=None):
    y = x @ weight.T
    return y if bias is None else y + bias


def linear_output_shape(input_shape, d_in, d_out):
    if d_in not in input_shape:
        raise ValueError("d_in is not there")
    return tuple(input_shape[:-1]) + (d_out,)
