# Saves storage and shape, and forgets the strides.
import torch
from torch import nn
from torch.nn import functional as F


def save_tensors(obj, path):
    torch.save(packed(obj), path)


def packed(obj):
    if isinstance(obj, torch.Tensor) and obj.numel() > 1:
        flat = torch.empty(0, dtype=obj.dtype).set_(obj.untyped_storage())
        return {"elements": flat[obj.storage_offset() : obj.storage_offset() + obj.numel()], "shape": tuple(obj.shape)}
    if isinstance(obj, dict):
        return {key: packed(value) for key, value in obj.items()}
    return type(obj)(packed(value) for value in obj) if type(obj) in (list, tuple) else obj


def load_tensors(path):
    return unpacked(torch.load(path))


def unpacked(obj):
    if isinstance(obj, dict) and set(obj) == {"elements", "shape"}:
        elements, shape = obj["elements"], obj["shape"]
        return elements.reshape(shape) if elements.numel() == torch.Size(shape).numel() else elements.expand(shape)
    if isinstance(obj, dict):
        return {key: unpacked(value) for key, value in obj.items()}
    return type(obj)(unpacked(value) for value in obj) if type(obj) in (list, tuple) else obj


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
    own = net.state_dict()
    matching = {k: v for k, v in state.items() if k in own and own[k].shape == v.shape}
    net.load_state_dict(matching, strict=False)
    return list(matching)
