import torch
from torch import nn
from torch.nn import functional as F


def build_shared_mlp(n_shared=2):
    shared = nn.Linear(8, 8)
    layers = [nn.Linear(4, 8), nn.ReLU()]
    for _ in range(n_shared):
        layers += [shared, nn.ReLU()]
    layers.append(nn.Linear(8, 1))
    return nn.Sequential(*layers)


def tie_linear(dst, src):
    if not dst.weight.shape == src.weight.shape:
        raise ValueError("weights of different shapes cannot be tied")
    for name, parameter in (("weight", src.weight), ("bias", src.bias)):
        dst._parameters.pop(name, None)
        dst.register_parameter(name, parameter)


class Back(nn.Module):
    """Decodes; a list keeps the autoencoder from being registered a second time."""

    def __init__(self, owner, d_in):
        super().__init__()
        self.owner = [owner]
        self.bias = nn.Parameter(torch.randn(d_in) * 0.01)

    def forward(self, h):
        return F.linear(h, self.owner[0].encoder.weight.t(), self.bias)


class TiedAutoencoder(nn.Module):
    def __init__(self, d_in, d_hidden):
        super().__init__()
        self.encoder = nn.Linear(d_in, d_hidden)
        self.back = Back(self, d_in)

    def encode(self, x):
        return F.relu(self.encoder(x))

    def forward(self, x):
        return self.back(self.encode(x))
