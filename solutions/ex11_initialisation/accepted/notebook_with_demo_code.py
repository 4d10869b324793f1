# %% [markdown]
# 5.2.2 参数初始化
# %%
import math

import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
X = torch.rand(size=(2, 4))
print(net(X))


# %%
def init_normal(m):
    """照着书抄的第一版。"""
    if type(m) == nn.Linear:
        nn.init.normal_(m.weight, mean=0, std=0.01)
        nn.init.zeros_(m.bias)


net.apply(init_normal)
net[0].weight.data[0], net[0].bias.data[0]


# %%
def init_normal(m, mean=0.0, std=0.01):  # noqa: F811
    # 子类也要初始化；没有偏置的层，bias 是 None
    if isinstance(m, nn.Linear):
        nn.init.normal_(m.weight, mean=mean, std=std)
        if m.bias is not None:
            nn.init.zeros_(m.bias)


# %%
def xavier_uniform_(t, gain=1.0):
    输出数, 输入数 = t.shape
    标准差 = gain * math.sqrt(2.0 / (输入数 + 输出数))
    边界 = math.sqrt(3.0) * 标准差  # 均匀分布的边界是标准差的根号三倍
    return nn.init.uniform_(t, -边界, 边界)


def kaiming_normal_(t, mode="fan_in"):
    输出数, 输入数 = t.shape
    if mode == "fan_in":
        方差 = 2.0 / 输入数
    elif mode == "fan_out":
        方差 = 2.0 / 输出数
    else:
        raise ValueError("mode 只能是 fan_in 或 fan_out")
    return nn.init.normal_(t, 0.0, 方差**0.5)


# %%
def my_init(m):
    if isinstance(m, nn.Linear):
        print("Init", *[(name, param.shape) for name, param in m.named_parameters()][0])
        nn.init.uniform_(m.weight, -10, 10)
        m.weight.data *= m.weight.data.abs() >= 5


net.apply(my_init)
print(net[0].weight[:2])

# %%
plt.hist(net[0].weight.detach().flatten(), bins=30)  # 忘了导入 matplotlib
