import torch


def linear_forward(x, weight, bias=None):
    """(W x^T)^T: 先把样本放到列上，再转置回来。"""
    y = torch.matmul(weight, x.unsqueeze(-1)).squeeze(-1)
    return y if bias is None else torch.add(y, bias)


def linear_output_shape(input_shape, d_in, d_out):
    assert_width(input_shape, d_in)
    return torch.Size([*input_shape[:-1], d_out])


def assert_width(shape, width):
    if len(shape) < 1 or shape[-1] != width:
        raise ValueError(f"最后一维应为 {width}")
