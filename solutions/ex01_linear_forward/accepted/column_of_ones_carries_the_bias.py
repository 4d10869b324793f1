import torch


def linear_forward(x, weight, bias=None):
    """偏置写成权重的最后一列，输入的最后添一个 1。"""
    if bias is None:
        return x.matmul(weight.swapaxes(0, 1))
    ones = x.new_ones(x.shape[:-1] + (1,))
    return torch.cat([x, ones], dim=-1) @ torch.cat([weight, bias[:, None]], dim=1).T


def linear_output_shape(input_shape, d_in, d_out):
    if len(input_shape) < 1:
        raise ValueError("no dimensions at all")
    shape = [*input_shape]
    last = shape.pop()
    if last != d_in:
        raise ValueError("Expected %d features, got %d" % (d_in, last))
    shape.append(d_out)
    return tuple(shape)
