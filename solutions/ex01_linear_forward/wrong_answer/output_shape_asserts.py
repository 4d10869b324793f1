# uses assert, which raises AssertionError: the contract says ValueError
def linear_forward(x, weight, bias=None):
    y = x @ weight.T
    return y if bias is None else y + bias


def linear_output_shape(input_shape, d_in, d_out):
    assert len(input_shape) > 0 and input_shape[-1] == d_in
    return tuple(input_shape[:-1]) + (d_out,)
