"""ex10 · Access to parameters (参数访问)

Write six functions that read, find and freeze the parameters of a net. Then run `grade ex10`.
"""

from torch import nn


def describe(net: nn.Module) -> list[tuple[str, str, int]]:
    """Return (name, class name, size) of each module, in the order of net.named_modules(); the net itself has the name "".

    The size says how many numbers the module's own parameters hold. Those of its children do not count.
    """
    raise NotImplementedError


def parameter_shapes(net: nn.Module) -> dict[str, tuple[int, ...]]:
    """Return the shape of each parameter by its name, in the order of net.named_parameters()."""
    raise NotImplementedError


def count_parameters(net: nn.Module, trainable_only: bool = False) -> int:
    """Return how many numbers the parameters of the net hold. A shared parameter counts once, a buffer never.

    With trainable_only, parameters whose requires_grad is False do not count.
    """
    raise NotImplementedError


def get_parameter(net: nn.Module, name: str) -> nn.Parameter:
    """Return the parameter of that name: the very object. A shared parameter has several names; each of them finds it.

    KeyError or AttributeError where `name` is not that of a parameter (but of a module, of a buffer, of a bias that is None).
    """
    raise NotImplementedError


def grad_norms(net: nn.Module) -> dict[str, float | None]:
    """Return the L2 norm of each parameter's gradient by the parameter's name, as a float; None where .grad is None."""
    raise NotImplementedError


def freeze(net: nn.Module, prefix: str) -> int:
    """Set requires_grad to False for the parameter named `prefix`, and for those whose names begin with `prefix` and a dot.

    Return how many parameters went from trainable to frozen.
    """
    raise NotImplementedError
