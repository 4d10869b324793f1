"""What a worker of this machine says of itself before any submission is loaded."""

from __future__ import annotations

from grader.bridge.connection import Connection
from grader.bridge.launch import Limits, Workers
from grader.errors import MachineError
from grader.wire import messages as m

WAY_OUT = "`grade doctor` shows what is missing; --unsafe grades without it."


def greet(workers: Workers) -> m.Greeting:
    """Start a worker and return what it says of itself: versions, and which walls stand. `MachineError` where none starts."""
    connection = Connection(workers.start(Limits()), Limits())
    try:
        greeting = connection.ask(m.Hello(connection.number()), seconds=60)
    finally:
        connection.close()
    if not isinstance(greeting, m.Greeting):
        raise MachineError("A worker did not start.", "Try: grade doctor --debug")
    return greeting


def require_cage(greeting: m.Greeting, whose: str, *, unsafe: bool, way_out: str = WAY_OUT) -> None:
    """Refuse strangers' code where not every wall of the cage stands, unless someone asked for that: `MachineError`."""
    if not unsafe and not (greeting.walls and all(wall.stands for wall in greeting.walls)):
        missing = ", ".join(wall.name for wall in greeting.walls if not wall.stands)
        lacking = f" (missing: {missing})" if missing else ""
        raise MachineError(f"The cage does not stand here{lacking}, and {whose} is strangers' code.", way_out)
