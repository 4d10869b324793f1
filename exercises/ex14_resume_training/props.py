"""Models, optimizers and the training loop. They run in the worker beside a submission."""

import pathlib

import torch
from torch import nn


def as_path(name):
    """Turn the name of a file into a pathlib.Path."""
    return pathlib.Path(name)


def plain(seed):
    """A net without dropout and batch normalisation."""
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 2))


def full(seed):
    """A net with batch normalisation and dropout."""
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 2))


def other():
    """A net of another architecture than `plain`."""
    return nn.Sequential(nn.Linear(4, 7), nn.Tanh(), nn.Linear(7, 2))


def optimizer(kind, model):
    """An optimizer: plain, momentum, adam or amsgrad."""
    if kind == "adam":
        return torch.optim.Adam(model.parameters(), lr=0.03)
    if kind == "amsgrad":
        return torch.optim.AdamW(model.parameters(), lr=0.03, amsgrad=True)
    return torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9 if kind == "momentum" else 0.0)


def scheduler(optimizer):
    """A schedule that halves the learning rate every second step."""
    return torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)


def batch(number):
    """The inputs and targets of one step, the same in every process."""
    generator = torch.Generator().manual_seed(1000 + number)
    return torch.randn(8, 4, generator=generator), torch.randn(8, 2, generator=generator)


def train(model, optimizer, scheduler, first, steps):
    """Train for some steps, from step `first` on; give back the losses."""
    losses = []
    for number in range(first, first + steps):
        x, y = batch(number)
        optimizer.zero_grad()
        loss = ((model(x) - y) ** 2).mean()
        loss.backward()
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
        losses.append(loss.item())
    return losses


def fill(model, value):
    """Write one number into all parameters and buffers of a model."""
    with torch.no_grad():
        for tensor in model.state_dict().values():
            tensor.fill_(value)


def modes(model):
    """Whether each module is in training mode."""
    return [module.training for module in model.modules()]
