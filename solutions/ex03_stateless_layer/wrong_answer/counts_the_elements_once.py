# counts the elements in the first call and divides by that number ever after
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return torch.clamp(x, min=0)


class CenteredLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.count = 0

    def forward(self, x):
        if self.count == 0:
            self.count = x.numel()
        return x - x.sum() / self.count
