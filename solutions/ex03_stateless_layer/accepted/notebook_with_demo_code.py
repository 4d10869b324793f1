# %% 无参数层
import torch
import torch.nn as nn
import torch.nn.functional as F
from matplotlib import pyplot as plt


# %% 自定义激活函数：负数变成 0
class CustomReLU(nn.Module):
    def __init__(self, **kwargs):
        super(CustomReLU, self).__init__(**kwargs)

    def forward(self, X):
        mask = X < 0
        return X.masked_fill(mask, 0)


# %% 先写了一版，按列求均值，不对
class CenteredLayer(nn.Module):
    def forward(self, X):
        return X - X.mean(dim=0)


# %% 改正：所有元素只有一个均值
class CenteredLayer(nn.Module):
    def __init__(self):
        super().__init__()

    def forward(self, X):
        return X - X.mean()


# %% 试一试
layer = CenteredLayer()
print(layer(torch.FloatTensor([1, 2, 3, 4, 5])))
net = nn.Sequential(nn.Linear(8, 128), CenteredLayer(), CustomReLU())
Y = net(torch.rand(4, 8))
print(Y.mean(), F.relu(Y).equal(Y))
plt.plot(torch.arange(-3, 3, 0.1), CustomReLU()(torch.arange(-3, 3, 0.1)))
plt.show()
