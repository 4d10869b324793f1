# Each parameter takes the first entry of its shape.
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
    names = []
    with torch.no_grad():
        for name, mine in net.state_dict().items():
            for value in state.values():
                if mine.shape == value.shape and name in state:
                    mine.copy_(value)
                    names.append(name)
                    break
    return names
