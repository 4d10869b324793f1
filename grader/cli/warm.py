"""Torch imported once, and the template forked, before this process reads anything of the course that students may not."""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Sequence

from grader.bridge import interrupts
from grader.bridge.launch import Workers, warm_workers
from grader.bridge.private_folder import sweep
from grader.errors import CourseError, MachineError


def start_workers(preimports: Sequence[str] = (), *, apart: bool = False) -> Workers:
    """Import torch, and these parts of it, start the source of workers, and keep the judge's own memory from theirs.

    With `apart` nothing that this process has ever held is in theirs; they take a second longer to begin.
    """
    try:
        with interrupts.held_back():  # C++ calls Python while torch is imported, and can only abort where that raises
            import torch

    except ImportError as error:
        raise MachineError(f"torch cannot be imported: {error}.", "Install it: pip install torch") from None
    with interrupts.held_back():
        for name in preimports:  # before the fork: judge and template then share what they read of it
            _import(name)
    torch.set_num_threads(1)
    sweep()  # what a killed grading has left on disk
    workers = warm_workers(preimports, apart=apart)
    protect_memory()
    gc.freeze()  # pytest collects garbage often, and torch's heap is large and lasting
    return workers


def _import(name: str) -> None:
    try:
        importlib.import_module(name)
    except ImportError as error:
        hint = "The `preimports` of an exercise.toml may name only what this torch has."
        raise CourseError(f"{name} cannot be imported: {error}.", hint) from None


def protect_memory() -> None:
    """Make this process undumpable: without Landlock, /proc/PID/mem would be open to a worker of the same user."""
    if sys.platform.startswith("linux"):
        import ctypes

        pr_set_dumpable = 4
        ctypes.CDLL(None).prctl(pr_set_dumpable, 0, 0, 0, 0)
