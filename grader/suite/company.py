"""The workers beside a submission's first one: another process, for what goes from one to the other in a file."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from grader.bridge.connection import Connection


class Company:
    """The workers beside a submission's first one: blank ones for all checks, loaded ones for the examples of one check.

    What the student's code remembers in another process must be nothing but what this check had it do there. The first that
    an example asks for is the first that another one asked for, the second the second. Each is opened when it is asked for,
    and anew when it has died.
    """

    def __init__(self, open_worker: Callable[[bool], Connection]) -> None:
        self._open = open_worker
        self._members: dict[bool, list[Connection]] = {True: [], False: []}
        self._asked = {True: 0, False: 0}
        self._carried: list[Path] = []

    def begin_example(self) -> None:
        """Forget who was asked for, and take away the files that were carried."""
        self._asked = {True: 0, False: 0}
        for path in self._carried:
            with contextlib.suppress(OSError):  # the student's code may have removed it, or made a folder of it
                path.unlink()
        self._carried.clear()

    def next(self, loaded: bool) -> tuple[Connection, int]:
        """Return the next worker, and how many of its kind this example has asked for before."""
        members, index = self._members[loaded], self._asked[loaded]
        self._asked[loaded] += 1
        if index == len(members):
            members.append(self._open(loaded))
        elif not members[index].alive:
            members[index] = self._open(loaded)
        return members[index], index

    def carried(self, path: Path) -> None:
        """Note a file that was put into a worker's scratch for this example."""
        self._carried.append(path)

    def end_check(self) -> None:
        """End the loaded workers."""
        self.begin_example()
        for connection in self._members[True]:
            connection.close()
        self._members[True].clear()

    def close(self) -> None:
        """End all."""
        self.end_check()
        for connection in self._members[False]:
            connection.close()
