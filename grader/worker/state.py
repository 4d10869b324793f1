"""Torch's global state: noted before the submission is loaded, put back between checks."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from typing import Any

import torch
from torch.nn.modules import module as nn_module

_SEED = 2147483647

_HOOKS = (
    "_global_forward_hooks",
    "_global_forward_hooks_always_called",
    "_global_forward_hooks_with_kwargs",
    "_global_forward_pre_hooks",
    "_global_backward_hooks",
    "_global_backward_pre_hooks",
    "_global_buffer_registration_hooks",
    "_global_module_registration_hooks",
    "_global_parameter_registration_hooks",
)

# Bound before the submission is loaded: a patched setter would otherwise restore nothing. This is for honest code that
# changes a global; a hostile one owns this process and can only spoil its own answers.
_GETTERS: tuple[tuple[Callable[[], Any], Callable[[Any], Any]], ...] = (
    (torch.get_default_dtype, torch.set_default_dtype),
    (torch.is_grad_enabled, torch.set_grad_enabled),
    (torch.are_deterministic_algorithms_enabled, torch.use_deterministic_algorithms),
    (torch.get_num_threads, torch.set_num_threads),
    (torch.is_anomaly_enabled, torch.autograd.set_detect_anomaly),
    (torch.get_float32_matmul_precision, torch.set_float32_matmul_precision),
    (torch.get_rng_state, torch.set_rng_state),
    (random.getstate, random.setstate),
    (sys.getrecursionlimit, sys.setrecursionlimit),
)


class TorchState:
    """A snapshot of the named globals, the generators with a seed of ours: torch and Python seed them anew each time."""

    def __init__(self) -> None:
        torch.default_generator.manual_seed(_SEED)
        random.seed(_SEED)
        self._values = [get() for get, _ in _GETTERS]
        self._hooks = {name: dict(getattr(nn_module, name)) for name in _HOOKS if hasattr(nn_module, name)}

    def restore(self) -> None:
        """Put every noted global back."""
        while torch._C._len_torch_function_stack() > 0:
            torch._C._pop_torch_function_stack()  # a mode that was entered and never left, a default device among them
        for (get, put), value in zip(_GETTERS, self._values, strict=True):
            current = get()
            if current is not value and not (type(current) is type(value) and not torch.is_tensor(value) and current == value):
                put(value)
        for name, hooks in self._hooks.items():
            current_hooks = getattr(nn_module, name)
            current_hooks.clear()
            current_hooks.update(hooks)
        if torch.get_default_device().type != "cpu":
            torch.set_default_device(None)
