import torch
from torch import nn


def positive_part(x):
    return x * (x > 0)


def centre(x):
    """Move the mean to 0."""
    return x + x.mean().neg()


class CustomReLU(nn.Module):
    def __init__(self, name="relu"):
        super().__init__()
        self.name = name

    def forward(self, x):
        return positive_part(x)

    def extra_repr(self):
        return self.name


class CenteredLayer(nn.Module):
    def forward(self, x):
        return centre(x)


if __name__ == "__main__":
    print(CustomReLU()(torch.randn(2, 2)))
