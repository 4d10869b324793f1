# a notebook in a file: prints, a cell that fails, a class written twice
import torch
from torch import nn


# %% [markdown]
# 5.1.2 顺序块
# %%
import d2l_is_not_here as d2l

print("torch", torch.__version__)


# %%
class MySequential(nn.Module):
    """第一次尝试：忘了注册。"""

    def __init__(self, *层):
        super().__init__()
        self.层 = list(层)


# %%
class MySequential(nn.Module):  # noqa: F811
    def __init__(self, *层):
        super().__init__()
        for 序号, 模块 in enumerate(层):
            self.add_module(str(序号), 模块)

    def forward(self, 输入):
        for 模块 in self._modules.values():
            输入 = 模块(输入)
        return 输入


# %%
block = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3))
print(block(torch.randn(2, 4)))
d2l.plot()


def build_block(sizes):
    layers = []
    for d_in, d_out in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(d_in, d_out), nn.ReLU()]
    return nn.Sequential(*layers[:-1])
