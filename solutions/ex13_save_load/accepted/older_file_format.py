# Writes the file format of older PyTorch versions, and plain dicts in place of OrderedDicts.
import torch
from torch import nn


def save_tensors(obj, path):
    torch.save(obj, path, _use_new_zipfile_serialization=False)


def load_tensors(path):
    return torch.load(path)


class MLP(nn.Module):
    def __init__(self):
        nn.Module.__init__(self)
        self.output = nn.Linear(256, 10)
        self.hidden = nn.Linear(20, 256)

    def forward(self, x):
        return torch.nn.functional.linear(
            torch.maximum(self.hidden(x), torch.zeros((), dtype=x.dtype)), self.output.weight, self.output.bias
        )


def save_params(net, path):
    state = dict(net.state_dict())
    torch.save(state, path, _use_new_zipfile_serialization=False)


def load_clone(factory, path):
    state, clone = torch.load(path), factory().eval()
    clone.load_state_dict(state)
    return clone


def transfer_matching(state, net):
    def fits(name):
        own = net.state_dict()
        return name in own and tuple(own[name].shape) == tuple(state[name].shape)

    names = [name for name in state if fits(name)]
    for name in names:
        net.load_state_dict({name: state[name]}, strict=False)
    return names
