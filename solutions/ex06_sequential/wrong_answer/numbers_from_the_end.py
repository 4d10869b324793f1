# counts the names from the last module on
from collections.abc import Sequence

from torch import Tensor, nn


class MySequential(nn.Module):
    """Chains modules: the output of each is the input of the next. Without modules it gives back its input.

    The modules are registered under the names "0", "1", "2", ..., as nn.Sequential does it.
    """

    def __init__(self, *modules: nn.Module) -> None:
        super().__init__()
        for index, module in enumerate(modules):
            self.add_module(str(len(modules) - 1 - index), module)

    def forward(self, x: Tensor) -> Tensor:
        """Return what the last module gives."""
        for module in self._modules.values():
            x = module(x)
        return x


def build_block(sizes: Sequence[int]) -> nn.Sequential:
    """Return Linear(s0, s1), ReLU, Linear(s1, s2), ReLU, ..., Linear. There is no ReLU at the end.

    sizes, at least two numbers -> an nn.Sequential; build_block([4, 5, 3]) has three modules.
    """
    layers: list[nn.Module] = []
    for index in range(len(sizes) - 1):
        layers += [nn.Linear(sizes[index], sizes[index + 1]), nn.ReLU()]
    return nn.Sequential(*layers[:-1])
