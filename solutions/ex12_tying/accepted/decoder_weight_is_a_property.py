import torch
from torch import nn
from torch.nn import functional as F


class SharedMLP(nn.Sequential):
    def __init__(self, n_shared):
        shared = nn.Linear(8, 8)
        parts = [nn.Linear(4, 8)]
        for layer in [shared] * n_shared + [nn.Linear(8, 1)]:
            parts += [nn.ReLU(), layer]
        super().__init__(*parts)


def build_shared_mlp(n_shared=2):
    return SharedMLP(n_shared)


def tie_linear(dst, src):
    try:
        torch.broadcast_shapes(dst.weight.shape, src.weight.shape)
        fits = dst.weight.shape == src.weight.shape
    except RuntimeError:
        fits = False
    if not fits:
        raise ValueError("these two layers do not fit")
    (dst.weight, dst.bias) = (src.weight, src.bias)
    return None


class TiedAutoencoder(nn.Module):
    def __init__(self, d_in, d_hidden):
        super().__init__()
        self.params = nn.ParameterDict({
            "w": nn.Parameter(torch.nn.init.kaiming_uniform_(torch.empty(d_hidden, d_in))),
            "b": nn.Parameter(torch.zeros(d_hidden)),
            "c": nn.Parameter(torch.zeros(d_in)),
        })
        self.relu = nn.ReLU()

    @property
    def decoder_weight(self):
        return self.params["w"].mT

    def encode(self, x):
        return self.relu(F.linear(x, self.params["w"], self.params["b"]))

    def forward(self, x):
        return F.linear(self.encode(x), self.decoder_weight, self.params["c"])
