# %% [markdown]
# 参数存储：先存一个张量，再存整个网络的参数
# %%
import matplotlib_is_not_here as plt
import torch
from torch import nn
from torch.nn import functional as F

x = torch.arange(4)
torch.save(x, 'x-file')
x2 = torch.load('x-file')
print(x2)


# %%
def save_tensors(obj, path):
    torch.save(obj, path)
    print('已保存到', path)


def load_tensors(path):
    return torch.load(path)


# %%
class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(20, 256)  # 隐藏层
        self.output = nn.Linear(256, 10)  # 输出层

    def forward(self, x):
        return self.output(F.relu(self.hidden(x)))


net = MLP()
X = torch.randn(size=(2, 20))
Y = net(X)
torch.save(net.state_dict(), 'mlp.params')


# %%
def save_params(net, path):
    """保存的是 state_dict，不是整个模块。"""
    torch.save(net.state_dict(), path)


def load_clone(factory, path):
    clone = factory()
    clone.load_state_dict(torch.load(path))  # 严格加载：名字对不上就报错
    clone.eval()  # 括号不能少
    return clone


def transfer_matching(state, net):
    自己的 = net.state_dict()
    能用的 = {名字: 值 for 名字, 值 in state.items() if 名字 in 自己的 and 值.shape == 自己的[名字].shape}
    net.load_state_dict(能用的, strict=False)
    return list(能用的)


# %%
clone = load_clone(MLP, 'mlp.params')
print(clone(X) == Y)
print(load_clone(MLP, 'npl.params'))  # 文件名写错了，这一行会报错
plt.plot([1, 2, 3])
