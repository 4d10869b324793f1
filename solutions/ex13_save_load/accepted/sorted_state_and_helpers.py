# Small helpers, a base class of its own, the entries of the state in alphabetical order, names given back in another order.
import torch
from torch import nn


class Saved:
    @staticmethod
    def write(obj, path):
        with open(path, mode="wb") as stream:
            torch.save(obj, stream)

    @staticmethod
    def read(path):
        with open(path, mode="rb") as stream:
            return torch.load(stream, weights_only=True)


class Base(nn.Module):
    def __init__(self, *sizes):
        super().__init__()
        a, b, c = sizes
        self.hidden = nn.Linear(a, b)
        self.output = nn.Linear(b, c)


class MLP(Base):
    def __init__(self):
        super().__init__(20, 256, 10)

    def forward(self, x):
        h = self.hidden(x)
        return self.output((h + h.abs()) / 2)


save_tensors, load_tensors = Saved.write, Saved.read


def save_params(net, path):
    Saved.write(dict(sorted(net.state_dict().items())), path)


def load_clone(factory, path):
    clone, state = factory(), Saved.read(path)
    missing, unexpected = clone.load_state_dict(state, strict=False)
    if missing or unexpected:
        raise RuntimeError(f"missing: {missing}; unexpected: {unexpected}")
    return clone.eval()


def transfer_matching(state, net):
    shapes = {name: value.shape for name, value in net.state_dict().items()}
    names = {name for name, value in state.items() if shapes.get(name) == value.shape}
    net.load_state_dict({name: state[name] for name in names}, strict=False)
    return sorted(names, reverse=True)
