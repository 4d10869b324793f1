# goes through NumPy, which knows no gradients and no bfloat16
import numpy as np
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return torch.tensor(np.maximum(x.detach().numpy(), 0))


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
