from torch import nn
from torch.nn import functional as F


def build_shared_mlp(n_shared=2):
    nets = [nn.Linear(8, 8)]
    while len(nets) < n_shared:
        copy = nn.Linear(8, 8)
        copy.weight, copy.bias = nets[0].weight, nets[0].bias
        nets.append(copy)
    body = sum(([layer, nn.ReLU(inplace=True)] for layer in nets), [])
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(inplace=True), *body, nn.Linear(8, 1))


def tie_linear(dst, src):
    if dst.weight.shape != src.weight.shape:
        raise ValueError("the weights have different shapes")
    dst.weight = src.weight
    dst.bias = src.bias


class TiedAutoencoder(nn.Module):
    def __init__(self, d_in, d_hidden):
        super().__init__()
        self.encoder = nn.Linear(d_in, d_hidden)
        self.decoder = nn.Linear(d_hidden, d_in)
        del self.decoder.weight  # what is left is the bias

    def encode(self, x):
        return self.encoder(x).clamp_min(0)

    def forward(self, x):
        return F.linear(self.encode(x), self.encoder.weight.t(), self.decoder.bias)
