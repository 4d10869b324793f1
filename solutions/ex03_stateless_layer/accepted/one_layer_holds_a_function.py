from torch import Tensor, nn
from torch.nn import Module


class Apply(Module):
    """A layer made of a function."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x)


def rectify(x: Tensor) -> Tensor:
    return -(-x).clamp(max=0)


def centre(x: Tensor) -> Tensor:
    return x.add(x.mean(), alpha=-1)


class CustomReLU(Apply):
    def __init__(self):
        super().__init__(rectify)


class CenteredLayer(Apply):
    def __init__(self):
        super().__init__(centre)
