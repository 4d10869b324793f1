import torch
from torch import nn


def build_shared_mlp(n_shared: int = 2) -> nn.Sequential:
    middle = [nn.Linear(8, 8), nn.ReLU()] * n_shared  # the same two objects, n_shared times
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), *middle, nn.Linear(8, 1))


def tie_linear(dst: nn.Linear, src: nn.Linear) -> None:
    if list(dst.weight.size()) != list(src.weight.size()):
        raise ValueError
    dst.register_parameter("weight", src.weight)
    dst.register_parameter("bias", src.bias)


class TiedAutoencoder(nn.Module):
    def __init__(self, d_in: int, d_hidden: int) -> None:
        super().__init__()
        self.kernel = nn.Parameter(torch.empty(d_in, d_hidden))
        nn.init.xavier_normal_(self.kernel)
        self.hidden_bias = nn.Parameter(torch.zeros(1, d_hidden))
        self.out_bias = nn.Parameter(torch.zeros(1, d_in))

    def encode(self, x):
        return torch.clamp(torch.matmul(x, self.kernel) + self.hidden_bias[0], min=0)

    def forward(self, x):
        h = self.encode(x)
        return torch.matmul(h, self.kernel.T) + self.out_bias[0]
