# %% [markdown]
# 5.2.3 参数绑定：先照着笔记写，再改成函数
# %%
import matplotlib_is_not_here as plt
import torch
from torch import nn

X = torch.rand(2, 4)
shared = nn.Linear(8, 8)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(),
                    shared, nn.ReLU(),
                    shared, nn.ReLU(),
                    nn.Linear(8, 1))
net(X)
print(net)
print(net[2].weight.data[0] == net[4].weight.data[0])
net[2].weight.data[0, 0] = 100
print(net[2].weight.data[0] == net[4].weight.data[0])


# %%
def build_shared_mlp(n_shared=2):
    """共享层只创建一次，放进网络 n_shared 次。"""
    共享层 = nn.Linear(8, 8)
    层 = [nn.Linear(4, 8), nn.ReLU()]
    for _ in range(n_shared):
        层.append(共享层)
        层.append(nn.ReLU())
    层.append(nn.Linear(8, 1))
    return nn.Sequential(*层)


print(len(list(build_shared_mlp(5).parameters())))  # 应该是 6


# %%
def tie_linear(dst, src):
    # 先检查形状
    if dst.weight.shape != src.weight.shape:
        raise ValueError("形状不同")
    # 把 Parameter 本身交给 dst，不是它的 .data
    dst.weight = src.weight
    dst.bias = src.bias


a, b = nn.Linear(3, 5), nn.Linear(5, 3)
tie_linear(a, b)  # 这里会报错


# %%
class TiedAutoencoder(nn.Module):
    def __init__(self, d_in, d_hidden):
        super().__init__()
        self.编码器 = nn.Linear(d_in, d_hidden)
        self.c = nn.Parameter(torch.zeros(d_in))

    def encode(self, x):
        return torch.relu(self.编码器(x))

    def forward(self, x):
        # 解码：反方向乘同一个权重
        return self.encode(x) @ self.编码器.weight + self.c


# %%
ae = TiedAutoencoder(20, 4)
for step in range(3):
    loss = ((ae(torch.rand(8, 20)) - 0.5) ** 2).mean()
    loss.backward()
    print(step, loss.item())
plt.plot([1, 2, 3])
