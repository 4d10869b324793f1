# writes a state_dict of its own, with the parameters alone
import torch
from torch import nn


class FixedHiddenMLP(nn.Module):
    def __init__(self, dim=20):
        super().__init__()
        self.linear = nn.Linear(dim, dim)
        self.register_buffer("rand_weight", torch.rand(dim, dim))

    def state_dict(self, *args, **kwargs):
        return {name: p.detach() for name, p in self.named_parameters()}

    def load_state_dict(self, state, strict=True, assign=False):
        for name, p in self.named_parameters():
            p.data.copy_(state[name])

    def forward(self, x):
        h = self.linear(x)
        h = torch.relu(h @ self.rand_weight + 1)
        h = self.linear(h)
        while h.abs().sum() > 1:
            h = h / 2
        return h.sum()
