"""ex12 · Tied parameters (参数绑定)

Let layers share their parameters: one layer used several times, two layers with one weight, and an autoencoder that decodes
with the weight of its encoder. Then run `grade ex12`.
"""

import torch
from torch import Tensor, nn


def build_shared_mlp(n_shared: int = 2) -> nn.Sequential:
    """Linear(4, 8), ReLU, then n_shared times (the one shared Linear(8, 8), ReLU), then Linear(8, 1), in one flat Sequential.

    n_shared is at least 1, and there are 2 * n_shared + 3 modules. Each call makes a new net.
    """
    # BEGIN SOLUTION
    shared = nn.Linear(8, 8)
    layers = [nn.Linear(4, 8), nn.ReLU()]
    for _ in range(n_shared):
        layers += [shared, nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(8, 1))
    # END SOLUTION


def tie_linear(dst: nn.Linear, src: nn.Linear) -> None:
    """Let dst use the weight and the bias of src, the very same Parameters. Where src has no bias, dst.bias becomes None.

    src stays as it is. Weights of different shapes: ValueError, and dst stays as it is, too.
    """
    # BEGIN SOLUTION
    if dst.weight.shape != src.weight.shape:
        raise ValueError(f"a weight of shape {tuple(src.weight.shape)} does not fit one of {tuple(dst.weight.shape)}")
    dst.weight = src.weight
    dst.bias = src.bias
    # END SOLUTION


class TiedAutoencoder(nn.Module):
    """An autoencoder with one weight W (d_hidden * d_in random numbers) and two biases, b (d_hidden) and c (d_in).

    The decoder uses the weight of the encoder. The names of the attributes and the layout of W are yours to choose.
    """

    def __init__(self, d_in: int, d_hidden: int) -> None:
        """Make W, b and c: three parameters, no more."""
        super().__init__()
        # BEGIN SOLUTION
        self.encoder = nn.Linear(d_in, d_hidden)
        self.c = nn.Parameter(torch.zeros(d_in))
        # END SOLUTION

    def encode(self, x: Tensor) -> Tensor:
        """x (..., d_in) -> relu(W x + b) (..., d_hidden)"""
        # BEGIN SOLUTION
        return torch.relu(self.encoder(x))
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """x (..., d_in) -> encode(x) W + c (..., d_in), without an activation"""
        # BEGIN SOLUTION
        return self.encode(x) @ self.encoder.weight + self.c
        # END SOLUTION
