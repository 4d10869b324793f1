# nn.module with a small m: the class cannot be made
import torch
from torch import nn


class CustomReLU(nn.module):
    def forward(self, x):
        return torch.clamp(x, min=0)


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
