"""Judging processes beside this one: how many there may be, which core each has to itself, and what memory it holds."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
from collections.abc import Sequence


def usable_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def own_cores(jobs: int) -> Sequence[int | None]:
    """Return the core that each of so many processes has to itself; None where there are fewer or more of them than cores."""
    if not hasattr(os, "sched_setaffinity") or jobs != usable_cores():
        return [None] * jobs
    return sorted(os.sched_getaffinity(0))


def stay_on(core: int | None) -> None:
    """Keep this process and all that it starts on one core, where that is allowed.

    A judge and its worker take turns. On two cores each turn wakes the other one up, which takes longer than the turn.
    """
    if core is not None:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, {core})


def give_back_memory() -> None:
    """Give the system back what is free: glibc would keep it for later, and a long batch would seem to grow."""
    gc.collect()
    with contextlib.suppress(OSError, TypeError, AttributeError):  # another C library has no such call
        ctypes.CDLL(None).malloc_trim(0)
