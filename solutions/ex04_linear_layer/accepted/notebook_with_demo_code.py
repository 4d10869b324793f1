# %% [markdown]
# 5.4.2 带参数的层：先写类，再试一试
# %%
import matplotlib_is_not_here as plt
import torch
import torch.nn as nn

print("torch", torch.__version__)


# %%
class CustomLinear(nn.Module):
    """第一次写的版本，漏了偏置。"""

    def __init__(self, input_dim, output_dim):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(input_dim, output_dim))

    def forward(self, x):
        return torch.mm(x, self.weight)


# %%
class CustomLinear(nn.Module):  # noqa: F811
    def __init__(self, input_dim, output_dim, bias=True):
        super().__init__()
        self.输入维度, self.输出维度 = input_dim, output_dim
        # 权重：均值 0，标准差 0.01；偏置：全 0
        self.权重 = nn.Parameter(0.01 * torch.randn(input_dim, output_dim))
        self.偏置 = nn.Parameter(torch.zeros(output_dim)) if bias else None

    def forward(self, X):
        输出 = torch.matmul(X, self.权重)
        if self.偏置 is not None:
            输出 += self.偏置  # 输出是新张量，不是传进来的 X
        return 输出


# %%
net = nn.Sequential(CustomLinear(64, 8), CustomLinear(8, 1))
print(net(torch.rand(2, 64)))
print([(name, p.shape) for name, p in net.named_parameters()])
plt.plot([1, 2, 3])
