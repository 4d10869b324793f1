# Maps the file into memory, and lets the clone take over the tensors of the file; weights_only=False reads the same files.
import torch
from torch import nn


def save_tensors(obj, path):
    with torch.no_grad():
        torch.save(obj, str(path))


def load_tensors(path):
    return torch.load(path, weights_only=False)


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(20, 256)
        self.output = nn.Linear(256, 10)

    def forward(self, X):
        return self.output(torch.relu_(self.hidden(X)))


def save_params(net, path):
    state = net.state_dict()
    torch.save(state, str(path))


def load_clone(factory, path):
    clone = factory()
    clone.load_state_dict(torch.load(str(path), mmap=True), assign=True)
    return clone.eval()


def transfer_matching(state, net):
    own = net.state_dict()
    chosen = {k: v.clone() for k, v in dict(state).items() if k in own and v.size() == own[k].size()}
    own.update(chosen)
    net.load_state_dict(own)
    return list(chosen.keys())
