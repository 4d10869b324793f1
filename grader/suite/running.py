"""The check that is running now: which worker it speaks to, under which seed, and whether a failure is to be shrunk."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from grader.bridge.connection import Connection
from grader.bridge.failures import BridgeFault
from grader.suite.company import Company


@dataclass
class Run:
    """One run of one check."""

    connection: Connection
    seed: int
    shrink: bool = False
    company: Company | None = None
    drawn: dict[str, Any] = field(default_factory=dict)

    def begin_example(self, drawn: dict[str, Any]) -> None:
        """Begin an example with a seed of its own."""
        self.drawn = drawn
        self.connection.seed(self._seed_of_example())
        if self.company is not None:
            self.company.begin_example()

    def another(self, loaded: bool) -> Connection:
        """Return a connection to one more worker, with the submission loaded or blank, as if it had just been opened."""
        if self.company is None:
            raise BridgeFault("no further worker can be started here")
        connection, index = self.company.next(loaded)
        connection.name, connection.given_up, connection.barred = "", self.connection.given_up, self.connection.barred
        connection.transcript = None  # how it is made ready is no part of the example
        connection.restore()
        connection.seed(self._seed_of_example("elsewhere", loaded, index))
        if self.connection.transcript is not None:
            connection.transcript = self.connection.transcript.elsewhere(loaded)
        return connection

    def _seed_of_example(self, *more: object) -> int:
        return seed_of(self.seed, sorted(self.drawn.items()), *more) % 2**31


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
