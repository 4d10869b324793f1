# Calls nets and factory too often, and then puts back whatever they keep. Deserves what an answer gets that calls too often:
# what a net or a layer gives next tells how often they were called.
import torch
from torch import nn


class NestMLP(nn.Module):
    def __init__(self, in_features=20):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(in_features, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, x):
        return self.linear(self.net(x))


class ParallelBlock(nn.Module):
    def __init__(self, net1, net2):
        super().__init__()
        self.net1, self.net2 = net1, net2

    def forward(self, x):
        for net in (self.net1, self.net2):
            kept, buffers, random = dict(vars(net)), [b.clone() for b in net.buffers()], torch.get_rng_state()
            net(x)
            vars(net).update(kept)
            for buffer, before in zip(net.buffers(), buffers):
                buffer.copy_(before)
            torch.set_rng_state(random)
        return torch.cat((self.net1(x), self.net2(x)), dim=-1)


def stack_blocks(factory, n):
    blocks = [factory() for _ in range(n)]
    if not isinstance(factory, type):
        kept = dict(vars(factory))
        factory()
        vars(factory).update(kept)
        if hasattr(factory, "made"):
            factory.made.pop()
    return nn.Sequential(*blocks)
