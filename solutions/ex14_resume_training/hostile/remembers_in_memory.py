# keeps the state in a module-level cache in place of the file; deserves nothing for going on
import copy

import torch
from torch import nn

CACHE = {}


def save_checkpoint(path, model, optimizer, epoch, scheduler=None):
    CACHE[str(path)] = copy.deepcopy((model.state_dict(), optimizer.state_dict(), scheduler and scheduler.state_dict(),
                                      torch.get_rng_state(), epoch))
    torch.save({}, path)


def load_checkpoint(path, model, optimizer, scheduler=None):
    weights, moments, schedule, random, epoch = CACHE[str(path)]
    model.load_state_dict(weights)
    optimizer.load_state_dict(moments)
    if scheduler is not None and schedule:
        scheduler.load_state_dict(schedule)
    torch.set_rng_state(random)
    return epoch


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
