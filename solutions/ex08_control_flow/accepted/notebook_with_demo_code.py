# %% [markdown]
# 5.1.3 在前向传播函数中执行代码：先照着书写，再改
# %%
import d2l_is_not_here as d2l
import torch
import torch.nn as nn

print("torch", torch.__version__)


# %%
class FixedHiddenMLP(nn.Module):
    """第一次写的版本：常量只是一个普通张量。"""

    def __init__(self):
        super().__init__()
        self.rand_weight = torch.rand(20, 20)
        self.linear = nn.Linear(20, 20)


# %%
class FixedHiddenMLP(nn.Module):  # noqa: F811
    def __init__(self, dim=20):
        super().__init__()
        # 常量随模块一起保存、一起移动，但不参与训练
        self.register_buffer("rand_weight", torch.rand(dim, dim))
        self.linear = nn.Linear(dim, dim)

    def forward(self, X):
        隐藏 = self.linear(X)
        隐藏 = torch.relu(torch.matmul(隐藏, self.rand_weight) + 1)
        隐藏 = self.linear(隐藏)  # 同一个层再用一次，相当于共享参数
        次数 = 0
        while 隐藏.abs().sum() > 1:  # 控制流：减半多少次，取决于数据
            隐藏 = 隐藏 / 2
            次数 += 1
        self.次数 = 次数
        return 隐藏.sum()


# %%
net = FixedHiddenMLP()
print(net, net(torch.rand(2, 20)), net.次数)
print([(name, b.shape) for name, b in net.named_buffers()])
d2l.plot([1, 2, 3])
