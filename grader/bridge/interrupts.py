"""Ctrl-C, so that it neither is lost nor cuts an exchange with the template in two.

Python raises `KeyboardInterrupt` wherever the main thread happens to be. In a weakref callback, a `__del__`, or Python code
that C code called, nobody can receive it: it is printed or dropped, and the grading would go on as if nothing had been said.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

_asked_to_stop = False


def watch() -> None:
    """Note from now on that Ctrl-C was pressed. Where SIGINT is ignored, as in a background job, it stays ignored."""
    global _asked_to_stop
    _asked_to_stop = False
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _note)


def _note(number: int, frame: FrameType | None) -> None:
    global _asked_to_stop
    _asked_to_stop = True
    raise KeyboardInterrupt


def heed() -> None:
    """Raise `KeyboardInterrupt` if there was one, even if it went astray. Called before each request to a worker."""
    if _asked_to_stop:
        raise KeyboardInterrupt


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """Let a Ctrl-C wait until the end of the block, where the system can do that."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
