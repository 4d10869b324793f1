"""ex14 · Resume training (断点续训)

Save all that training needs to go on, load it again, and keep the best state. Then run `grade ex14`.
"""

import copy
from pathlib import Path

import torch
from torch import nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler


def save_checkpoint(
    path: str | Path, model: nn.Module, optimizer: Optimizer, epoch: int, scheduler: LRScheduler | None = None
) -> None:
    """Write one file with the states of the model, the optimizer, the scheduler and torch's generator, and with the epoch.

    torch.load(path, weights_only=True) must be able to read it. Nothing changes: no value, no mode, no random state.
    """
    raise NotImplementedError


def load_checkpoint(path: str | Path, model: nn.Module, optimizer: Optimizer, scheduler: LRScheduler | None = None) -> int:
    """Restore all of them in place, torch's CPU generator too, and return the epoch.

    A scheduler that is in the file, but not in the call, is ignored. A model of another architecture raises an error.
    """
    raise NotImplementedError


class BestKeeper:
    """Keeps the state of a model at its lowest loss."""

    def __init__(self) -> None:
        raise NotImplementedError

    def update(self, loss: float, model: nn.Module) -> bool:
        """Keep the model's state if the loss is lower than all before; NaN never is. Return whether it was kept."""
        raise NotImplementedError

    def restore(self, model: nn.Module) -> None:
        """Put the kept state into a model, in place."""
        raise NotImplementedError
