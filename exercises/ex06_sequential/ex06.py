"""ex06 · The Sequential container (Sequential容器)

Write the container that chains modules, and a function that builds a block with it. Then run `grade ex06`.
"""

from collections.abc import Sequence

from torch import Tensor, nn


class MySequential(nn.Module):
    """Chains modules: the output of each is the input of the next. Without modules it gives back its input.

    The modules are registered under the names "0", "1", "2", ..., as nn.Sequential does it.
    """

    def __init__(self, *modules: nn.Module) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """Return what the last module gives."""
        raise NotImplementedError


def build_block(sizes: Sequence[int]) -> nn.Sequential:
    """Return Linear(s0, s1), ReLU, Linear(s1, s2), ReLU, ..., Linear. There is no ReLU at the end.

    sizes, at least two numbers -> an nn.Sequential; build_block([4, 5, 3]) has three modules.
    """
    raise NotImplementedError
