# %% [markdown]
# 5.1.3 复杂块：先嵌套，再并行，最后用工厂批量生产
# %%
import matplotlib_is_not_here as plt
import torch
import torch.nn as nn

print("torch", torch.__version__)


# %%
class NestMLP(nn.Module):
    """第一次写的版本，忘了第二个激活函数。"""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32))


# %%
class NestMLP(nn.Module):  # noqa: F811
    def __init__(self, in_features=20):
        super().__init__()
        层 = []
        for 输入, 输出 in [(in_features, 64), (64, 32)]:
            层 += [nn.Linear(输入, 输出), nn.ReLU()]
        self.net = nn.Sequential(*层)
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        隐藏 = self.net(X)  # 形状 (..., 32)
        return self.linear(隐藏)


# %%
print(NestMLP()(torch.rand(2, 20)).shape)
chimera = nn.Sequential(NestMLP(), nn.Linear(16, 20), FixedHiddenMLP())  # noqa: F821  上一题的类这里没有
plt.plot([1, 2, 3])


# %%
class ParallelBlock(nn.Module):
    """两个网络并排：同一个输入，输出在最后一维上拼接。"""

    def __init__(self, net1, net2):
        super().__init__()
        self.nets = nn.ModuleList([net1, net2])

    def forward(self, X):
        return torch.cat([net(X) for net in self.nets], -1)


# %%
def stack_blocks(factory, n):
    块 = []
    while len(块) < n:
        块.append(factory())  # 每次都要重新调用工厂
    return nn.Sequential(*块)


print(stack_blocks(lambda: nn.Linear(3, 3), 4))
print(stack_blocks(nn.ReLU, 0)(torch.zeros(2)))
