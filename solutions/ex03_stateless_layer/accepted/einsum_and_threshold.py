import torch
import torch.nn.functional as F
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return F.threshold(x, 0.0, 0.0)


class CenteredLayer(nn.Module):
    def forward(self, x):
        flat = x.reshape(-1)
        total = torch.einsum("i->", flat)
        return x - total / flat.shape[0]
