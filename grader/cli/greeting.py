"""Whether strangers' code may be graded here."""

from __future__ import annotations

from grader.errors import MachineError
from grader.wire.messages import Greeting


def require_cage(greeting: Greeting, whose: str, *, unsafe: bool) -> None:
    """Refuse strangers' code where not every wall of the cage stands, unless someone asked for that: `MachineError`."""
    if not unsafe and not (greeting.walls and all(wall.stands for wall in greeting.walls)):
        raise MachineError(
            f"The cage does not stand here, and {whose} is strangers' code.",
            "`grade doctor` shows what is missing; --unsafe grades without it.",
        )
