# Puts links to other files, a folder, and a file of many gigabytes in the place of the files. Deserves nothing for files.
import os

import torch
from torch import nn


def save_tensors(obj, path):
    for make in (os.symlink, os.link):
        try:
            make("/etc/passwd", path)
            return
        except OSError:
            pass
    os.makedirs(path, exist_ok=True)


def load_tensors(path):
    return torch.zeros(4, 3)


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(20, 256)
        self.output = nn.Linear(256, 10)

    def forward(self, x):
        return self.output(torch.relu(self.hidden(x)))


def save_params(net, path):
    with open(path, "wb") as file:
        file.truncate(100 << 20)


def load_clone(factory, path):
    clone = factory()
    clone.load_state_dict(torch.load(path))
    return clone.eval()


def transfer_matching(state, net):
    own = net.state_dict()
    matching = {k: v for k, v in state.items() if k in own and own[k].shape == v.shape}
    net.load_state_dict(matching, strict=False)
    return list(matching)
