# forward is right, but __call__ is written too and leaves the hooks out
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return torch.clamp(x, min=0)


class CenteredLayer(nn.Module):
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        return x - x.mean()
