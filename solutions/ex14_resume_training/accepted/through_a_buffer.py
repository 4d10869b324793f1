# the snapshot is bytes, saved to memory
import io
import math

import torch
from torch import nn


def save_checkpoint(path, model, optimizer, epoch, scheduler=None):
    torch.save({
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "scheduler": scheduler.state_dict() if scheduler is not None else None,
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
        self.lowest = math.inf
        self.bytes = b""

    def update(self, loss, model):
        better = not math.isnan(loss) and loss < self.lowest
        if better:
            self.lowest = loss
            buffer = io.BytesIO()
            torch.save(model.state_dict(), buffer)
            self.bytes = buffer.getvalue()
        return better

    def restore(self, model):
        model.load_state_dict(torch.load(io.BytesIO(self.bytes), weights_only=True))
