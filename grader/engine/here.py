"""Judging in this process, in order: one exercise's suites collected once, one judgement after another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from grader.bridge.launch import Workers
from grader.course.pack import Pack
from grader.judge.collect import Session, with_suites
from grader.judge.session import Judge
from grader.model import Judgement, Submission

Result = TypeVar("Result")


def judging(workers: Workers, pack: Pack, work: Callable[[Callable[[Submission], Judgement], Session], Result]) -> Result:
    """Do `work` with a function that judges submissions to one exercise."""

    def inside(session: Session) -> Result:
        return work(Judge(workers, pack, session).judge, session)

    return with_suites(pack, inside)


def judge_all(workers: Workers, pack: Pack, submissions: Iterable[Submission]) -> list[Judgement]:
    """Judge submissions to one exercise, in order."""
    return judging(workers, pack, lambda judge, _: list(_each(judge, submissions)))


def _each(judge: Callable[[Submission], Judgement], submissions: Iterable[Submission]) -> Iterator[Judgement]:
    for submission in submissions:
        yield judge(submission)
