"""The check that is running now: which worker it speaks to, under which seed, and whether a failure is to be shrunk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from grader.bridge.connection import Connection
from grader.bridge.failures import BridgeFault


@dataclass
class Run:
    """One run of one check."""

    connection: Connection
    seed: int
    shrink: bool = False
    open_fresh: Callable[[bool], Connection] | None = None  # True: with the submission loaded; False: a blank worker
    opened: list[Connection] = field(default_factory=list)
    drawn: dict[str, Any] = field(default_factory=dict)

    def another(self, loaded: bool) -> Connection:
        """Return a connection to one more worker, ended with this run."""
        if self.open_fresh is None:
            raise BridgeFault("no further worker can be started here")
        connection = self.open_fresh(loaded)
        if self.connection.transcript is not None:
            connection.transcript = self.connection.transcript.elsewhere(loaded)
        self.opened.append(connection)
        return connection

    def close(self) -> None:
        """End the workers that this run opened."""
        for connection in self.opened:
            connection.close()
        self.opened.clear()


_current: Run | None = None


def current() -> Run:
    """Return the running check's run."""
    if _current is None:
        raise BridgeFault("no check is running")
    return _current


def enter(run: Run | None) -> None:
    """Make `run` the current one."""
    global _current
    _current = run


def seed_of(*parts: object) -> int:
    """Return a seed (63 bits) that depends on nothing but these parts."""
    text = "\0".join(repr(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1
