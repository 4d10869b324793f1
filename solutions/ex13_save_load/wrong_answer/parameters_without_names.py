# Saves a list of parameters, without their names.
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
    torch.save([value.clone() for value in net.state_dict().values()], path)


def load_clone(factory, path):
    clone = factory()
    saved = torch.load(path)
    if isinstance(saved, list):
        saved = dict(zip(clone.state_dict(), saved))
    clone.load_state_dict(saved)
    return clone.eval()


def transfer_matching(state, net):
    own = net.state_dict()
    matching = {k: v for k, v in state.items() if k in own and own[k].shape == v.shape}
    net.load_state_dict(matching, strict=False)
    return list(matching)
