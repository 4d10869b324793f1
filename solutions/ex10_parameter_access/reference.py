"""ex10 · Access to parameters (参数访问)

Write six functions that read, find and freeze the parameters of a net. Then run `grade ex10`.
"""

from torch import nn


def describe(net: nn.Module) -> list[tuple[str, str, int]]:
    """Return (name, class name, size) of each module, in the order of net.named_modules(); the net itself has the name "".

    The size says how many numbers the module's own parameters hold. Those of its children do not count.
    """
    # BEGIN SOLUTION
    found = []
    for name, module in net.named_modules():
        size = sum(parameter.numel() for parameter in module.parameters(recurse=False))
        found.append((name, type(module).__name__, size))
    return found
    # END SOLUTION


def parameter_shapes(net: nn.Module) -> dict[str, tuple[int, ...]]:
    """Return the shape of each parameter by its name, in the order of net.named_parameters()."""
    # BEGIN SOLUTION
    return {name: tuple(parameter.shape) for name, parameter in net.named_parameters()}
    # END SOLUTION


def count_parameters(net: nn.Module, trainable_only: bool = False) -> int:
    """Return how many numbers the parameters of the net hold. A shared parameter counts once, a buffer never.

    With trainable_only, parameters whose requires_grad is False do not count.
    """
    # BEGIN SOLUTION
    return sum(p.numel() for p in net.parameters() if p.requires_grad or not trainable_only)
    # END SOLUTION


def get_parameter(net: nn.Module, name: str) -> nn.Parameter:
    """Return the parameter of that name: the very object. A shared parameter has several names; each of them finds it.

    KeyError or AttributeError where `name` is not that of a parameter (but of a module, of a buffer, of a bias that is None).
    """
    # BEGIN SOLUTION
    for candidate, parameter in net.named_parameters(remove_duplicate=False):
        if candidate == name:
            return parameter
    raise KeyError(name)
    # END SOLUTION


def grad_norms(net: nn.Module) -> dict[str, float | None]:
    """Return the L2 norm of each parameter's gradient by the parameter's name, as a float; None where .grad is None."""
    # BEGIN SOLUTION
    return {name: None if p.grad is None else p.grad.norm().item() for name, p in net.named_parameters()}
    # END SOLUTION


def freeze(net: nn.Module, prefix: str) -> int:
    """Set requires_grad to False for the parameter named `prefix`, and for those whose names begin with `prefix` and a dot.

    Return how many parameters went from trainable to frozen.
    """
    # BEGIN SOLUTION
    frozen = 0
    for name, parameter in net.named_parameters():
        if (name == prefix or name.startswith(prefix + ".")) and parameter.requires_grad:
            parameter.requires_grad_(False)
            frozen += 1
    return frozen
    # END SOLUTION
