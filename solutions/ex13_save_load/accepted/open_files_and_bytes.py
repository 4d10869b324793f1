# Opens the files itself, and passes through a buffer of bytes in memory.
import io
from pathlib import Path

import torch
from torch import nn


def save_tensors(obj, path):
    buffer = io.BytesIO()
    torch.save(obj, buffer)
    Path(path).write_bytes(buffer.getvalue())


def load_tensors(path):
    return torch.load(io.BytesIO(Path(path).read_bytes()))


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.output = nn.Linear(20, 256), nn.Linear(256, 10)

    def forward(self, x):
        return self.output(self.hidden(x).clamp(min=0))


def save_params(net, path):
    with open(path, "wb") as file:
        torch.save(net.state_dict(), file)


def load_clone(factory, path):
    clone = factory()
    with open(path, "rb") as file:
        clone.load_state_dict(torch.load(file))
    for module in clone.modules():
        module.training = False
    return clone


def transfer_matching(state, net):
    loaded = []
    with torch.no_grad():
        for name, mine in list(net.named_parameters()) + list(net.named_buffers()):
            if name in state and state[name].shape == mine.shape:
                mine.copy_(state[name])
                loaded.append(name)
    return loaded
