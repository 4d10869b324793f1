"""ex13 · Saving and loading (参数存储)

Carry tensors, parameters and whole states in files, from one process to another. Then run `grade ex13`.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn


def save_tensors(obj: Any, path: str | Path) -> None:
    """Write `obj` to the file `path`: tensors, numbers, strings and None, and lists, tuples and dicts of them, also nested.

    A file that is there already is replaced. `torch.load(path, weights_only=True)` can read the new one.
    """
    # BEGIN SOLUTION
    torch.save(obj, path)
    # END SOLUTION


def load_tensors(path: str | Path) -> Any:
    """Return what `save_tensors` wrote: the same values, dtypes, shapes, kinds of containers, and order of keys.

    Tensors that shared their memory share it again.
    """
    # BEGIN SOLUTION
    return torch.load(path)
    # END SOLUTION


class MLP(nn.Module):
    """hidden: 20 -> 256, ReLU, output: 256 -> 10. The two linear layers are called `hidden` and `output`."""

    def __init__(self) -> None:
        """Make the two layers."""
        super().__init__()
        # BEGIN SOLUTION
        self.hidden = nn.Linear(20, 256)
        self.output = nn.Linear(256, 10)
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """x (..., 20) -> (..., 10)"""
        # BEGIN SOLUTION
        return self.output(torch.relu(self.hidden(x)))
        # END SOLUTION


def save_params(net: nn.Module, path: str | Path) -> None:
    """Write the state_dict of `net` to the file `path`, so that `torch.load(path, weights_only=True)` gives it back.

    The net stays as it was, its mode too.
    """
    # BEGIN SOLUTION
    torch.save(net.state_dict(), path)
    # END SOLUTION


def load_clone(factory: Callable[[], nn.Module], path: str | Path) -> nn.Module:
    """Return a new module, made by `factory()`, with the state of the file `path`, and in eval mode.

    Loading is strict: if a name is missing in the file or left over, or if a shape does not fit, this raises an error
    (a RuntimeError, KeyError or ValueError).
    """
    # BEGIN SOLUTION
    clone = factory()
    clone.load_state_dict(torch.load(path))
    return clone.eval()
    # END SOLUTION


def transfer_matching(state: Mapping[str, Tensor], net: nn.Module) -> list[str]:
    """Load from `state` the entries that have both the name and the shape of an entry of `net.state_dict()`, in place.

    All the rest of `net`, and `state`, stay as they are. Return the names of what was loaded, in any order.
    """
    # BEGIN SOLUTION
    own = net.state_dict()
    matching = {name: value for name, value in state.items() if name in own and value.shape == own[name].shape}
    net.load_state_dict(matching, strict=False)
    return list(matching)
    # END SOLUTION
