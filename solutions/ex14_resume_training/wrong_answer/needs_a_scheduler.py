# calls the scheduler where there is none
import copy

import torch
from torch import nn


def save_checkpoint(path, model, optimizer, epoch, scheduler=None):
    torch.save({
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "scheduler": scheduler.state_dict(),
        "random": torch.get_rng_state(),
        "epoch": epoch,
    }, path)


def load_checkpoint(path, model, optimizer, scheduler=None):
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    if scheduler is not None and state["scheduler"] is not None:
        scheduler.load_state_dict(state["scheduler"])
    torch.set_rng_state(state["random"])
    return state["epoch"]


class BestKeeper:
    def __init__(self):
        self.loss = float("inf")
        self.state = None

    def update(self, loss, model):
        if not loss < self.loss:
            return False
        self.loss = loss
        self.state = copy.deepcopy(model.state_dict())
        return True

    def restore(self, model):
        model.load_state_dict(self.state)
