# Takes the items out of the list while saving them.
import torch
from torch import nn
from torch.nn import functional as F


def save_tensors(obj, path):
    if isinstance(obj, list):
        items = []
        while obj:
            items.append(obj.pop(0))
        torch.save(items, path)
    else:
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
    clone = factory()
    clone.load_state_dict(torch.load(path))
    clone.eval()
    return clone


def transfer_matching(state, net):
    own = net.state_dict()
    matching = {k: v for k, v in state.items() if k in own and own[k].shape == v.shape}
    net.load_state_dict(matching, strict=False)
    return list(matching)
