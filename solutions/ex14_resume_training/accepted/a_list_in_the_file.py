# a list in place of a dict
import copy

import torch
from torch import nn


def save_checkpoint(path, model, optimizer, epoch, scheduler=None):
    parts = [epoch, torch.random.get_rng_state(), model.state_dict(), optimizer.state_dict()]
    if scheduler:
        parts.append(scheduler.state_dict())
    torch.save(parts, path)


def load_checkpoint(path, model, optimizer, scheduler=None):
    epoch, random, weights, moments, *schedule = torch.load(path, weights_only=True)
    model.load_state_dict(weights)
    optimizer.load_state_dict(moments)
    if scheduler and schedule:
        scheduler.load_state_dict(schedule[0])
    torch.random.set_rng_state(random)
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
