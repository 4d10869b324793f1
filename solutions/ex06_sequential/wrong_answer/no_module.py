# does not inherit from nn.Module
import torch
from torch import nn


class MySequential:
    def __init__(self, *modules):
        self.parts = modules

    def __call__(self, x):
        for module in self.parts:
            x = module(x)
        return x


def build_block(sizes):
    layers = []
    for d_in, d_out in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(d_in, d_out), nn.ReLU()]
    return nn.Sequential(*layers[:-1])
