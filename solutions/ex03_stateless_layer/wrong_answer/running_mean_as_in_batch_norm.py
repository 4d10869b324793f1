# keeps a running mean, saves it, and uses it in eval mode
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        return torch.clamp(x, min=0)


class CenteredLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("running_mean", torch.tensor(0.0))

    def forward(self, x):
        if not self.training:
            return x - self.running_mean.to(x.dtype)
        mean = x.mean()
        self.running_mean = 0.9 * self.running_mean + 0.1 * mean.detach().float()
        return x - mean
