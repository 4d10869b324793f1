import torch.nn.functional as F
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return F.relu(x)


class CenteredLayer(nn.Module):
    def forward(self, x):
        mean = x.mean(dim=tuple(range(x.dim())), keepdim=True) if x.dim() else x
        return x - mean
