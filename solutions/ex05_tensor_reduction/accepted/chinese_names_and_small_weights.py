# names in Chinese, a smaller init
import torch
from torch import nn


class TensorReduction(nn.Module):
    """张量降维：每个输出是 x 的一个二次型。"""

    def __init__(self, in_dim, out_dim):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(in_dim, in_dim, out_dim))
        nn.init.normal_(self.weight, std=0.01)

    def forward(self, 输入):
        中间 = torch.einsum("...i,ijk->...jk", 输入, self.weight)
        return torch.einsum("...j,...jk->...k", 输入, 中间)


class HalfFourier(nn.Module):
    """傅立叶系数的前半部分。"""

    def forward(self, 输入):
        系数 = torch.fft.fft(输入)
        个数 = 输入.shape[-1] // 2 + 1
        return 系数[..., :个数]
