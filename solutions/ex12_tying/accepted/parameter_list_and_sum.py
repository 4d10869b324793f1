import torch
from torch import nn


def build_shared_mlp(n_shared=2):
    layers = [nn.Linear(4, 8), nn.Linear(8, 8), nn.Linear(8, 1)]
    order = [0] + [1] * n_shared + [2]
    net = nn.Sequential()
    for k, which in enumerate(order):
        if k > 0:
            net.append(nn.ReLU())
        net.append(layers[which])
    return net


def tie_linear(dst, src):
    w = src.weight
    if w.shape != dst.weight.shape:
        raise ValueError(f"expected {tuple(dst.weight.shape)}, got {tuple(w.shape)}")
    dst.weight = w
    dst.bias = None
    if src.bias is not None:
        dst.bias = src.bias


class TiedAutoencoder(nn.Module):
    def __init__(self, d_in, d_hidden):
        nn.Module.__init__(self)
        bound = d_in ** -0.5
        self.p = nn.ParameterList([
            nn.Parameter(torch.empty(d_in, d_hidden).uniform_(-bound, bound)),
            nn.Parameter(torch.rand(d_hidden)),
            nn.Parameter(torch.rand(d_in)),
        ])

    def encode(self, x):
        weight, b, _ = self.p
        y = (x.unsqueeze(-1) * weight).sum(-2) + b
        return torch.maximum(y, torch.zeros((), dtype=y.dtype, device=y.device))

    def forward(self, x):
        weight, _, c = self.p
        return torch.addmm(c, self.encode(x).reshape(-1, weight.shape[1]), weight.t()).reshape(x.shape)
