# Puts new parameters in the place of the old ones.
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
    for prefix, module in net.named_modules():
        for table in (module._parameters, module._buffers):
            for key, mine in table.items():
                name = f"{prefix}.{key}" if prefix else key
                if mine is not None and name in state and state[name].shape == mine.shape:
                    copy = state[name].clone()
                    table[key] = nn.Parameter(copy) if table is module._parameters else copy
                    names.append(name)
    return names
