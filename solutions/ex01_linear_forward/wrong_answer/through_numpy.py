# goes through NumPy, which knows no gradients and no bfloat16
import torch


def linear_forward(x, weight, bias=None):
    y = x.detach().numpy() @ weight.detach().numpy().T
    if bias is not None:
        y = y + bias.detach().numpy()
    return torch.from_numpy(y)


def linear_output_shape(input_shape, d_in, d_out):
    if len(input_shape) == 0 or input_shape[-1] != d_in:
        raise ValueError("the last entry is not d_in")
    return tuple(input_shape[:-1]) + (d_out,)
