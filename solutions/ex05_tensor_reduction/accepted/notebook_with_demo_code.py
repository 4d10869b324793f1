# a notebook in a file: prints, plots that fail, a first try
import torch
from torch import nn


# %% [markdown]
# 5.4 练习
# %%
import matplotlib_is_not_here as plt

print(torch.__version__)


# %%
class TensorReduction(nn.Module):
    def forward(self, x):
        return x.sum()


# %%
class TensorReduction(nn.Module):  # noqa: F811
    def __init__(self, in_dim, out_dim):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_dim, in_dim, out_dim))

    def forward(self, x):
        return torch.einsum("...i,...j,ijk->...k", x, x, self.weight)


class HalfFourier(nn.Module):
    def forward(self, x):
        return torch.fft.fft(x)[..., : x.shape[-1] // 2 + 1]


# %%
net = TensorReduction(10, 5)
print(net(torch.ones(2, 10)))
print(HalfFourier()(torch.rand(2, 3)))
plt.plot([1, 2, 3])
net(torch.ones(2, 3))
