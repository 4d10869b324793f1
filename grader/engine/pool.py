"""Judging a class: several processes, each with warm workers, one submission after another, a crash told and survived."""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from pathlib import Path

import msgspec

from grader.bridge import interrupts, secret
from grader.bridge.launch import Workers
from grader.bridge.private_folder import sweep
from grader.course.exercise import Course
from grader.course.pack import open_pack
from grader.engine.here import judging
from grader.errors import GradeError
from grader.judge.session import Judge
from grader.model import Judgement, Submission

TRIES = 2


class Task(msgspec.Struct, frozen=True):
    """A submission that waits to be judged, and how often a process has ended over it."""

    submission: Submission
    crashes: int = 0


class Outcome(msgspec.Struct, frozen=True):
    """What became of a submission: its judgement, or why there is none, which is no fault of the student's."""

    submission: Submission
    judgement: Judgement | None
    fault: str = ""


class Pool:
    """Judges submissions side by side in `jobs` processes. `start` must be importable by name: the processes begin anew."""

    def __init__(self, start: Callable[[], Workers], root: Path, jobs: int) -> None:
        self._start = start
        self._root = root
        self._jobs = jobs
        self._processes: list[_Process] = []

    def running(self) -> list[Submission]:
        """Return what is being judged at this moment."""
        return [task.submission for process in self._processes if (task := process.task) is not None]

    def judge(self, submissions: Iterable[Submission]) -> Iterator[Outcome]:
        """Yield an outcome for each submission as soon as there is one.

        A process takes its next submission only when the outcome of the one before was taken: what the caller has written
        down when it asks for the next outcome is all that was judged, but for what is being judged.
        """
        waiting = deque(Task(submission) for submission in sorted(submissions, key=lambda s: s.exercise))
        processes = self._processes = []
        try:
            for _ in range(min(self._jobs, len(waiting))):
                processes.append(_Process(self._start, self._root))
                processes[-1].give(waiting.popleft())
            while busy := {process.connection: process for process in processes if process.task is not None}:
                for connection in wait(list(busy)):
                    process = busy[connection]  # type: ignore[index]
                    task, outcome = process.take()
                    if outcome is None and task.crashes + 1 < TRIES:
                        waiting.appendleft(msgspec.structs.replace(task, crashes=task.crashes + 1))
                    else:
                        yield outcome or Outcome(task.submission, None, "the judge's process ended twice")
                    if waiting:
                        process.give(waiting.popleft())
        finally:
            for process in processes:
                process.close()
            sweep()  # a process that is ended from outside leaves its folders


class _Process:
    """One judging process; a new one takes the place of one that ended."""

    def __init__(self, start: Callable[[], Workers], root: Path) -> None:
        self._arguments = (start, root)
        self.task: Task | None = None
        self._begin()

    def _begin(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, *self._arguments), daemon=True)
        with interrupts.held_back():  # it begins with Ctrl-C blocked: that is the parent's to handle
            self._process.start()
        theirs.close()
        with contextlib.suppress(OSError):  # it has ended: `take` will see that
            self.connection.send_bytes(secret.key().encode())

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


def _serve(connection: Connection, start: Callable[[], Workers], root: Path) -> None:
    """Judge what is asked for until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    workers = start()
    try:
        secret.hold(connection.recv_bytes().decode())  # only now: the template was forked without it
        course = Course.around(root)
        submission = _next(connection)
        while submission is not None:
            submission = _serve_exercise(connection, workers, course, submission)
    except (BrokenPipeError, EOFError):
        pass  # whoever asked is gone, and wants no answer
    finally:
        workers.close()


def _serve_exercise(connection: Connection, workers: Workers, course: Course, first: Submission) -> Submission | None:
    """Judge submissions to one exercise with suites that are collected once. Returns the first one to another exercise."""

    def serve(judge: Judge) -> Submission | None:
        submission: Submission | None = first
        while submission is not None and submission.exercise == first.exercise:
            connection.send_bytes(msgspec.json.encode(Outcome(submission, judge.judge(submission))))
            submission = _next(connection)
        return submission

    try:
        pack = open_pack(course, course.find(first.exercise))
        return judging(workers, pack, lambda judge, _: serve(judge))
    except GradeError as error:  # the course's fault or the machine's: told, and the others are judged
        connection.send_bytes(msgspec.json.encode(Outcome(first, None, error.message)))
        return _next(connection)


def _next(connection: Connection) -> Submission | None:
    try:
        return msgspec.json.decode(connection.recv_bytes(), type=Submission)
    except (EOFError, OSError):
        return None
