# 学习笔记：层与块 · 全连接层
import matplotlib.pyplot as plt
import torch
from torch import nn

# %% 官方的层
layer = nn.Linear(4, 5)
X = torch.randn(3, 4)
output = layer(X)
print(output.shape)


# %% 自己写
def my_linear(X, W, b):
    return X @ W + b  # 这里的 W 是 (d_in, d_out)


def linear_forward(x, weight, bias=None):
    if bias is None:
        bias = weight.new_zeros(weight.size(0))
    return my_linear(x, weight.t(), bias)


def linear_output_shape(input_shape, d_in, d_out):
    shape = tuple(input_shape)
    match shape:
        case (*batch, last) if last == d_in:
            return tuple(batch) + (d_out,)
        case _:
            raise ValueError(f"形状 {shape} 的最后一维不是 {d_in}")


# %% 比较
print(linear_forward(X, layer.weight, layer.bias) - output)
for n in (2, 6):
    print(linear_output_shape([n, 4], 4, 5))
plt.plot(output.detach())
