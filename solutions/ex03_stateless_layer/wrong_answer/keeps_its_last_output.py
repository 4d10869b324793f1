# puts the result on self: a layer that has been called cannot be copied any more
import torch
from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        self.output = torch.clamp(x, min=0)
        return self.output


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
