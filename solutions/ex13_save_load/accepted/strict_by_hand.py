# Loads entry by entry, and raises its own errors where something does not fit.
import torch
from torch import nn


def save_tensors(obj, path):
    torch.save({"content": obj}, path)  # a wrapper of its own is no matter of anybody's


def load_tensors(path):
    return torch.load(path)["content"]


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(20, 256)
        self.output = nn.Linear(256, 10)

    def forward(self, x):
        h = self.hidden(x)
        return self.output(h * (h > 0))


def save_params(net, path):
    torch.save(net.state_dict(keep_vars=True), path)


def load_clone(factory, path):
    clone = factory()
    saved, own = torch.load(path), clone.state_dict()
    for name in own:
        if name not in saved:
            raise KeyError(f"{name} is missing in {path}")
    for name, value in saved.items():
        if name not in own:
            raise KeyError(f"{name} is not in the net")
        if value.shape != own[name].shape:
            raise ValueError(f"{name}: {tuple(value.shape)} does not fit {tuple(own[name].shape)}")
        own[name].copy_(value.detach())
    return clone.eval()


def transfer_matching(state, net):
    own = net.state_dict()
    done = []
    for name, value in state.items():
        try:
            same = own[name].shape == value.shape
        except KeyError:
            continue
        if same:
            own[name].data.copy_(value)
            done.append(name)
    return done
