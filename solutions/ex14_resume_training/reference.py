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
    # BEGIN SOLUTION
    checkpoint = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "scheduler": None if scheduler is None else scheduler.state_dict(),
        "random": torch.get_rng_state(),
        "epoch": epoch,
    }
    torch.save(checkpoint, path)
    # END SOLUTION


def load_checkpoint(path: str | Path, model: nn.Module, optimizer: Optimizer, scheduler: LRScheduler | None = None) -> int:
    """Restore all of them in place, torch's CPU generator too, and return the epoch.

    A scheduler that is in the file, but not in the call, is ignored. A model of another architecture raises an error.
    """
    # BEGIN SOLUTION
    checkpoint = torch.load(path, weights_only=True)
    model.load_state_dict(checkpoint["model"])
    optimizer.load_state_dict(checkpoint["optimizer"])
    if scheduler is not None and checkpoint["scheduler"] is not None:
        scheduler.load_state_dict(checkpoint["scheduler"])
    torch.set_rng_state(checkpoint["random"])
    return checkpoint["epoch"]
    # END SOLUTION


class BestKeeper:
    """Keeps the state of a model at its lowest loss."""

    def __init__(self) -> None:
        # BEGIN SOLUTION
        self.loss = float("inf")
        self.state: dict | None = None
        # END SOLUTION

    def update(self, loss: float, model: nn.Module) -> bool:
        """Keep the model's state if the loss is lower than all before; NaN never is. Return whether it was kept."""
        # BEGIN SOLUTION
        if not loss < self.loss:
            return False
        self.loss = loss
        self.state = copy.deepcopy(model.state_dict())
        return True
        # END SOLUTION

    def restore(self, model: nn.Module) -> None:
        """Put the kept state into a model, in place."""
        # BEGIN SOLUTION
        model.load_state_dict(self.state)
        # END SOLUTION
