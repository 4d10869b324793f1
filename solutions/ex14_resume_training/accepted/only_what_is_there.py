# puts the scheduler in only where there is one
import copy

import torch
from torch import nn


def save_checkpoint(path, model, optimizer, epoch, scheduler=None):
    """保存断点：模型、优化器、学习率调度器、随机数状态和轮数。"""
    断点 = dict(模型=model.state_dict(), 优化器=optimizer.state_dict(), 轮数=epoch, 随机=torch.get_rng_state())
    if scheduler is not None:
        断点["调度器"] = scheduler.state_dict()
    torch.save(断点, str(path))


def load_checkpoint(path, model, optimizer, scheduler=None):
    断点 = torch.load(str(path))
    model.load_state_dict(断点["模型"])
    optimizer.load_state_dict(断点["优化器"])
    if scheduler is not None and "调度器" in 断点:
        scheduler.load_state_dict(断点["调度器"])
    torch.set_rng_state(断点["随机"])
    return 断点["轮数"]


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
