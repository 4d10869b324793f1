# builds the result from Python numbers: it forgets where they came from
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return torch.clamp(x, min=0)


class CenteredLayer(nn.Module):
    def forward(self, x):
        mean = x.mean()
        return torch.tensor((x - mean).tolist(), dtype=x.dtype).reshape(x.shape)
