"""Judging processes beside this one: torch is imported once for all of them, and each has a core of its own."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from multiprocessing.context import BaseContext

from grader.bridge.launch import can_fork

JUDGE = "grader.engine.judging_process"  # what each of them needs, torch and pytest among it


def processes(ahead: Sequence[str] = ()) -> BaseContext:
    """Return a context whose processes begin with judge, torch and these modules imported, where the system has `fork`.

    They are forked from a server that has imported that and read nothing of the course. Elsewhere each begins anew.
    """
    if not can_fork():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([JUDGE, *ahead])
    return context


def usable_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def own_cores(jobs: int) -> Sequence[int | None]:
    """Return the core that each of so many processes has to itself; None where there are fewer or more of them than cores."""
    if not hasattr(os, "sched_setaffinity") or jobs != usable_cores():
        return [None] * jobs
    return sorted(os.sched_getaffinity(0))


def stay_on(core: int | None) -> None:
    """Keep this process and all that it starts on one core.

    A judge and its worker take turns. On two cores each turn wakes the other one up, which takes longer than the turn.
    """
    if core is not None:
        os.sched_setaffinity(0, {core})
