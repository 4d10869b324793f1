# a notebook in a file: prints, a broken cell, a class written twice
import torch
from torch import nn


# %% [markdown]
# 5.1.1 自定义块
# %%
print("torch", torch.__version__)
net(torch.rand(2, 20))  # the cell was run before the class was there


# %%
class CustomBlock(nn.Module):
    def __init__(self):
        super().__init__()


# %%
class CustomBlock(nn.Module):  # noqa: F811
    def __init__(self, in_features=4, hidden=5, out_features=3):
        super().__init__()
        self.fc1 = nn.Linear(in_features, hidden)
        self.act = nn.ReLU()
        self.fc2 = nn.Linear(hidden, out_features)

    def forward(self, X):
        return self.fc2(self.act(self.fc1(X)))


# %%
block = CustomBlock()
print(block)
print(block(torch.randn(3, 5)))
