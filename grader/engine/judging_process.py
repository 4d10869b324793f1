"""One of the processes of a pool: it forks its workers, and then judges what it is given, one submission after another."""

from __future__ import annotations

import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from grader.bridge import secret
from grader.bridge.launch import Workers
from grader.course.exercise import Course
from grader.course.pack import open_pack
from grader.engine.greeting import greet
from grader.engine.here import judging
from grader.engine.pool import GREET, Greeted, Outcome, refuse
from grader.engine.processes import give_back_memory
from grader.errors import GradeError
from grader.judge.session import Judge
from grader.model import Submission


class TemplateLost(Exception):
    """What workers are forked from is gone, killed from outside: here nothing can be judged any more."""


def serve(connection: Connection, start: Callable[[], Workers], root: Path) -> None:
    """Answer what is asked for until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        workers = start()
    except GradeError as error:
        refuse(connection, error)
        return
    try:
        secret.hold(connection.recv_bytes().decode())  # only now: the template was forked without it
        course = Course.around(root)
        submission = _next(connection, workers)
        while submission is not None:
            submission = _serve_exercise(connection, workers, course, submission)
            give_back_memory()
    except (BrokenPipeError, EOFError):
        pass  # whoever asked is gone, and wants no answer
    except TemplateLost:
        pass  # ends without an answer: another process judges the submission once more
    finally:
        workers.close()


def _serve_exercise(connection: Connection, workers: Workers, course: Course, first: Submission) -> Submission | None:
    """Judge submissions to one exercise with suites that are collected once. Returns the first one to another exercise."""

    def serve_all(judge: Judge) -> Submission | None:
        submission: Submission | None = first
        while submission is not None and submission.exercise == first.exercise:
            judgement = judge.judge(submission)
            if workers.ended:
                raise TemplateLost
            connection.send_bytes(msgspec.json.encode(Outcome(submission, judgement)))
            submission = _next(connection, workers)
        return submission

    try:
        pack = open_pack(course, course.find(first.exercise))
        return judging(workers, pack, lambda judge, _: serve_all(judge))
    except GradeError as error:  # the course's fault or the machine's: told, and the others are judged
        connection.send_bytes(msgspec.json.encode(Outcome(first, None, error.message)))
        return _next(connection, workers)


def _next(connection: Connection, workers: Workers) -> Submission | None:
    """Return the next submission, None where nobody asks any more. Greets as often as that is asked for."""
    try:
        while (asked := connection.recv_bytes()) == GREET:
            connection.send_bytes(msgspec.json.encode(_greeted(workers)))
        return msgspec.json.decode(asked, type=Submission)
    except (EOFError, OSError):
        return None


def _greeted(workers: Workers) -> Greeted:
    try:
        return Greeted(greet(workers))
    except GradeError as error:
        return Greeted.refused(error)
