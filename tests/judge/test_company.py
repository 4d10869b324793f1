"""How many workers a submission gets: one for all checks, one more of each kind for files, and new ones where they must be."""

import dataclasses
from pathlib import Path

import pytest

from grader.course.exercise import Course
from grader.course.pack import open_pack
from grader.course.submission import read_submission
from grader.engine.here import judging
from grader.judge.load import Loader

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def opened(monkeypatch):
    """Which workers were opened, in order: True for one with the submission, False for a blank one."""
    kinds = []
    original = Loader.open

    def open_(self, loaded=True):
        kinds.append(loaded)
        return original(self, loaded)

    monkeypatch.setattr(Loader, "open", open_)
    return kinds


def judged(workers, *, fresh=()):
    """Judge the reference of ex13, with these checks marked fresh; return how each check ended."""
    course = Course.around(ROOT)
    exercise = course.find("ex13")
    submission = read_submission(exercise.reference, exercise.id, "ex13.py")

    def work(judge, session):
        for check in session.checks:
            check.info = dataclasses.replace(check.info, fresh=check.id in fresh)
        return judge.judge(submission)

    return {check.id: check.verdict for check in judging(workers, open_pack(course, exercise), work).checks}


def test_all_checks_of_a_submission_share_one_further_worker_of_each_kind(workers, opened):
    verdicts = judged(workers)
    assert set(verdicts.values()) == {"accepted"}
    assert sorted(opened) == [False, True, True]


def test_a_fresh_check_gets_workers_of_its_own(workers, opened):
    verdicts = judged(workers, fresh={"dtypes"})
    assert set(verdicts.values()) == {"accepted"}
    assert sorted(opened) == [False, True, True, True, True]
