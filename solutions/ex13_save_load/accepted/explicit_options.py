"""Everything said explicitly: weights_only, map_location, strict; typed, and with a __call__-free MLP."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, Union

import torch
import torch.nn as nn

PathLike = Union[str, os.PathLike]


def save_tensors(obj: Any, path: PathLike) -> None:
    torch.save(obj, os.fspath(path))


def load_tensors(path: PathLike) -> Any:
    return torch.load(os.fspath(path), map_location="cpu", weights_only=True)


class MLP(nn.Module):
    def __init__(self, in_features: int = 20, hidden: int = 256, out_features: int = 10):
        super(MLP, self).__init__()
        self.hidden: nn.Linear = nn.Linear(in_features, hidden)
        self.activation = nn.ReLU(inplace=True)
        self.output: nn.Linear = nn.Linear(hidden, out_features)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.output(self.activation(self.hidden(x)))


def save_params(net: nn.Module, path: PathLike) -> None:
    save_tensors(net.state_dict(), path)


def load_clone(factory: Callable[[], nn.Module], path: PathLike) -> nn.Module:
    clone = factory()
    clone.load_state_dict(load_tensors(path), strict=True)
    return clone.train(False)


def transfer_matching(state: Mapping[str, torch.Tensor], net: nn.Module) -> list[str]:
    targets = net.state_dict()
    names = sorted(name for name in targets.keys() & state.keys() if targets[name].size() == state[name].size())
    incompatible = net.load_state_dict({name: state[name] for name in names}, strict=False)
    assert not incompatible.unexpected_keys
    return names
