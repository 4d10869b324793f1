import torch


def linear_forward(x, weight, bias=None):
    columns = []
    for k in range(weight.shape[0]):
        column = (x * weight[k]).sum(-1)
        if bias is not None:
            column = column + bias[k]
        columns.append(column)
    return torch.stack(columns, dim=-1)


print(linear_forward(torch.ones(2, 4), torch.ones(5, 4)))


def linear_output_shape(input_shape, d_in, d_out):
    if len(input_shape) == 0 or input_shape[-1] != d_in:
        raise ValueError("the last entry is not d_in")
    return tuple(input_shape[:-1]) + (d_out,)
