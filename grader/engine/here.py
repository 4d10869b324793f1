"""Judging in this process, in order: one exercise's suites collected once, one judgement after another."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from grader.bridge.launch import Workers
from grader.course.pack import Pack
from grader.judge.collect import Session, with_suites
from grader.judge.session import Judge
from grader.model import Judgement, Submission

Result = TypeVar("Result")


def judging(workers: Workers, pack: Pack, work: Callable[[Judge, Session], Result]) -> Result:
    """Do `work` with a judge of submissions to one exercise and its collected checks."""

    def inside(session: Session) -> Result:
        return work(Judge(workers, pack, session), session)

    return with_suites(pack, inside)


def judge_all(workers: Workers, pack: Pack, submissions: Iterable[Submission]) -> list[Judgement]:
    """Judge submissions to one exercise, in order."""
    return judging(workers, pack, lambda judge, _: [judge.judge(submission) for submission in submissions])
