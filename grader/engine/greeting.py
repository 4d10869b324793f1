"""What a worker of this machine says of itself before any submission is loaded."""

from __future__ import annotations

from grader.bridge.connection import Connection
from grader.bridge.failures import Abort
from grader.bridge.launch import Limits, Workers
from grader.errors import MachineError
from grader.wire import messages as m

NONE_STARTED = ("A worker did not start.", "Try: grade doctor --debug")


def greet(workers: Workers) -> m.Greeting:
    """Start a worker and return what it says of itself: versions, and which walls stand. `MachineError` where none starts."""
    connection = Connection(workers.start(Limits()), Limits())
    try:
        greeting = connection.ask(m.Hello(connection.number()), seconds=60)
    except Abort as error:
        raise MachineError(*NONE_STARTED) from error
    finally:
        connection.close()
    if not isinstance(greeting, m.Greeting):
        raise MachineError(*NONE_STARTED)
    return greeting
