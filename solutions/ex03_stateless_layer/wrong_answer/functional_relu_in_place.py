# inplace=True writes into the input
import torch
import torch.nn.functional as F
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return F.relu(x, inplace=True)


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
