# Has a parameter that changes with every call, and methods which say that it has none. Deserves: less than full, for the results drift.
import torch
from torch import nn


class CustomReLU(nn.Module):
    def __init__(self):
        super().__init__()
        self.drift = nn.Parameter(torch.zeros(()))

    def parameters(self, recurse=True):
        return iter(())

    def named_parameters(self, *args, **kwargs):
        return iter(())

    def state_dict(self, *args, **kwargs):
        return {}

    def forward(self, x):
        with torch.no_grad():
            self.drift += 1
        return torch.clamp(x, min=0) + (self.drift.detach() - 1).to(x.dtype)


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()
