import torch
from torch import nn


def build_shared_mlp(n_shared=2):
    first = nn.Linear(8, 8)
    blocks = [first, nn.ReLU()]
    for _ in range(1, n_shared):
        layer = nn.Linear(8, 8)
        tie_linear(layer, first)
        blocks.extend((layer, nn.ReLU()))
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), *blocks, nn.Linear(8, 1))


def tie_linear(dst, src):
    if (dst.in_features, dst.out_features) != (src.in_features, src.out_features):
        raise ValueError(f"cannot tie {dst} to {src}")
    for name in ("weight", "bias"):
        setattr(dst, name, getattr(src, name))


class TiedAutoencoder(nn.Module):
    def __init__(self, d_in, d_hidden):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(d_in, d_hidden), nn.ReLU())
        self.decoder_bias = nn.Parameter(torch.empty(d_in).uniform_(-0.1, 0.1))

    def encode(self, x):
        return self.encoder(x)

    def decode(self, h):
        return nn.functional.linear(h, self.encoder[0].weight.transpose(0, 1), self.decoder_bias)

    def forward(self, x):
        return self.decode(self.encode(x))
