# Compares the names only, and copy_ stretches small tensors.
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
    clone = factory()
    clone.load_state_dict(torch.load(path))
    clone.eval()
    return clone


def transfer_matching(state, net):
    own, names = net.state_dict(), []
    for name, value in state.items():
        if name in own:
            try:
                own[name].copy_(value)
                names.append(name)
            except RuntimeError:
                pass
    return names
