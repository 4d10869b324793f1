# Copies entry by entry, so that a tensor of one element fills a whole bias.
import torch
from torch import nn
from torch.nn import functional as F


def save_tensors(obj, path):
    torch.save(obj, path)


def load_tensors(path):
    return torch.load(path)


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(20, 256)
        self.output = nn.Linear(256, 10)

    def forward(self, x):
        return self.output(F.relu(self.hidden(x)))


def save_params(net, path):
    torch.save(net.state_dict(), path)


def load_clone(factory, path):
    clone, state = factory(), torch.load(path)
    own = clone.state_dict()
    if own.keys() != state.keys():
        raise KeyError(sorted(own.keys() ^ state.keys()))
    for name, value in own.items():
        value.copy_(state[name])
    return clone.eval()


def transfer_matching(state, net):
    own = net.state_dict()
    matching = {k: v for k, v in state.items() if k in own and own[k].shape == v.shape}
    net.load_state_dict(matching, strict=False)
    return list(matching)
