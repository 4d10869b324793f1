"""Whether strangers' code may be graded here."""

from __future__ import annotations

from grader.errors import MachineError
from grader.wire.messages import Greeting

WAY_OUT = "`grade doctor` shows what is missing; --unsafe grades without it."


def require_cage(greeting: Greeting, whose: str, *, unsafe: bool, way_out: str = WAY_OUT) -> None:
    """Refuse strangers' code where not every wall of the cage stands, unless someone asked for that: `MachineError`."""
    if not unsafe and not (greeting.walls and all(wall.stands for wall in greeting.walls)):
        missing = ", ".join(wall.name for wall in greeting.walls if not wall.stands)
        lacking = f" (missing: {missing})" if missing else ""
        raise MachineError(f"The cage does not stand here{lacking}, and {whose} is strangers' code.", way_out)
