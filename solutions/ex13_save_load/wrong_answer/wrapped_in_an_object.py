# Saves an object of a class of its own, which only weights_only=False reads.
import torch
from torch import nn
from torch.nn import functional as F


class Box:
    def __init__(self, content):
        self.content = content


def save_tensors(obj, path):
    torch.save(Box(obj), path)


def load_tensors(path):
    return torch.load(path, weights_only=False).content


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
    clone = factory()
    clone.load_state_dict(torch.load(path))
    clone.eval()
    return clone


def transfer_matching(state, net):
    own = net.state_dict()
    matching = {k: v for k, v in state.items() if k in own and own[k].shape == v.shape}
    net.load_state_dict(matching, strict=False)
    return list(matching)
