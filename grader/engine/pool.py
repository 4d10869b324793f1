"""Judging a class: several processes, each with warm workers, one submission after another, a crash told and survived.

The process that has a pool judges nothing, and does not import torch: that would take as long as judging ten submissions.
"""

from __future__ import annotations

import contextlib
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from pathlib import Path

import msgspec

from grader.bridge import interrupts, secret
from grader.bridge.launch import Workers
from grader.bridge.private_folder import sweep
from grader.engine.processes import own_cores, stay_on
from grader.errors import CourseError, GradeError, MachineError, OurError
from grader.model import Judgement, Submission
from grader.wire.messages import Greeting

TRIES = 2
GREET = b"greet"  # asked of a judging process in place of a submission
_KINDS = (CourseError, MachineError)


class Task(msgspec.Struct, frozen=True):
    """A submission that waits to be judged, and how often the judge has come to grief over it."""

    submission: Submission
    crashes: int = 0


class Outcome(msgspec.Struct, frozen=True):
    """What became of a submission: its judgement, or why there is none, which is no fault of the student's."""

    submission: Submission
    judgement: Judgement | None
    fault: str = ""

    @property
    def worth_another_try(self) -> bool:
        """Whether the judge came to grief over it: what hangs on the machine may go well the second time."""
        return self.judgement is not None and bool(self.judgement.fault)


class Greeted(msgspec.Struct, frozen=True):
    """What a worker says of itself, or why none starts and what to do about that."""

    greeting: Greeting | None
    error: str = ""
    hint: str = ""
    kind: str = MachineError.__name__

    @classmethod
    def refused(cls, error: GradeError) -> Greeted:
        """Return why none starts."""
        return cls(None, error.message, error.hint, type(error).__name__)

    def found(self) -> Greeting:
        """Return what the worker says. Raises what kept it from starting: whose fault that is goes with it."""
        if self.greeting is None:
            raise {kind.__name__: kind for kind in _KINDS}.get(self.kind, OurError)(self.error, self.hint)
        return self.greeting


class Pool:
    """Judges submissions side by side in `jobs` processes. `start` must be importable by name: the processes begin anew.

    Close it, or use it as a context manager, where it may be greeted and not judge.
    """

    def __init__(self, start: Callable[[], Workers], root: Path, jobs: int) -> None:
        self._arguments = (start, root)
        self._cores = own_cores(jobs)
        self._processes: list[_Process] = []

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def greeting(self) -> Greeting:
        """Return what a worker says of itself. Where none starts, `MachineError`, or the `CourseError` that is in the way.

        All processes begin now, and those that come to life while one answers then wait for their first submission.
        """
        self._begin(len(self._cores))
        return self._processes[0].greet().found()

    def _begin(self, processes: int) -> None:
        while len(self._processes) < processes:
            core = self._cores[len(self._processes)]
            self._processes.append(_Process(core, *self._arguments))

    def close(self) -> None:
        """End the processes."""
        for process in self._processes:
            process.close()
        if self._processes:
            sweep()  # a process that is ended from outside leaves its folders
        self._processes = []

    def running(self) -> list[Submission]:
        """Return what is being judged at this moment."""
        return [task.submission for process in self._processes if (task := process.task) is not None]

    def judge(self, submissions: Iterable[Submission]) -> Iterator[Outcome]:
        """Yield an outcome for each submission as soon as there is one.

        A process takes its next submission only when the outcome of the one before was taken: what the caller has written
        down when it asks for the next outcome is all that was judged, but for what is being judged.
        """
        waiting = deque(Task(submission) for submission in sorted(submissions, key=lambda s: s.exercise))
        try:
            self._begin(min(len(self._cores), len(waiting)))
            processes = self._processes
            for process in processes[: len(waiting)]:
                process.give(waiting.popleft())
            while busy := {process.connection: process for process in processes if process.task is not None}:
                for connection in wait(list(busy)):
                    process = busy[connection]  # type: ignore[index]
                    task, outcome = process.take()
                    if (outcome is None or outcome.worth_another_try) and task.crashes + 1 < TRIES:
                        waiting.appendleft(msgspec.structs.replace(task, crashes=task.crashes + 1))
                    else:
                        yield outcome or Outcome(task.submission, None, "the judge's process ended twice")
                    if waiting:
                        process.give(waiting.popleft())
        finally:
            self.close()


class _Process:
    """One judging process; a new one takes the place of one that ended."""

    def __init__(self, core: int | None, start: Callable[[], Workers], root: Path) -> None:
        self._arguments = (core, start, root)
        self.task: Task | None = None
        self._begin()

    def _begin(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, *self._arguments), daemon=True)
        resource_tracker.ensure_running()  # which lets Ctrl-C through when it is done: not while the process begins
        with interrupts.held_back():  # it begins with Ctrl-C blocked: that is the parent's to handle
            self._process.start()
        theirs.close()
        with contextlib.suppress(OSError):  # it has ended: `take` will see that
            self.connection.send_bytes(secret.key().encode())

    def greet(self) -> Greeted:
        """Have a worker say what it is."""
        try:
            self.connection.send_bytes(GREET)
            return msgspec.json.decode(self.connection.recv_bytes(), type=Greeted)
        except (EOFError, OSError):
            return Greeted(None, "The process that judges ended while it began.", "Try: grade doctor --debug")

    def give(self, task: Task) -> None:
        """Have a submission judged."""
        self.task = task
        with contextlib.suppress(OSError):  # it has ended: `take` will see that, and tell
            self.connection.send_bytes(msgspec.json.encode(task.submission))

    def take(self) -> tuple[Task, Outcome | None]:
        """Return what became of the submission, None where the process ended over it."""
        task, self.task = self.task, None
        if task is None:
            raise RuntimeError("nothing was given to this process")
        try:
            return task, msgspec.json.decode(self.connection.recv_bytes(), type=Outcome)
        except (EOFError, OSError):
            self.close()
            self._begin()
            return task, None

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self.connection.close()
        self._process.terminate()
        self._process.join()


def _serve(connection: Connection, core: int | None, start: Callable[[], Workers], root: Path) -> None:
    """Be a judging process. What it needs is imported here: whoever only waits for judgements needs no torch."""
    stay_on(core)
    try:
        from grader.engine.judging_process import serve
    except (ImportError, OSError) as error:  # the latter where a library that torch is linked to is missing
        refuse(connection, MachineError(f"torch cannot be imported: {error}.", "Install it: pip install torch"))
        return
    serve(connection, start, root)


def refuse(connection: Connection, error: GradeError) -> None:
    """Answer whatever is asked for with what is the matter, until nobody asks any more."""
    with contextlib.suppress(EOFError, OSError):
        connection.recv_bytes()  # the key
        while asked := connection.recv_bytes():
            refused: Greeted | Outcome = Greeted.refused(error)
            if asked != GREET:
                refused = Outcome(msgspec.json.decode(asked, type=Submission), None, error.message)
            connection.send_bytes(msgspec.json.encode(refused))
