"""Which workers a submission gets: one for all checks, a blank one for all, and for each check another process of its own."""

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


def judged(workers, *checks):
    """Judge the reference of ex13 by these checks, or all; return how each ended."""
    course = Course.around(ROOT)
    exercise = course.find("ex13")
    submission = read_submission(exercise.reference, exercise.id, "ex13.py")

    def work(judge, session):
        session.checks = [check for check in session.checks if not checks or check.id in checks]
        return judge.judge(submission)

    return {check.id: check.verdict for check in judging(workers, open_pack(course, exercise), work).checks}


def test_each_check_has_a_loaded_worker_of_its_own_and_all_share_the_blank_one(workers, opened):
    verdicts = judged(workers, "shapes", "dtypes", "torch_reads_the_file", "torch_reads_the_parameters")
    assert list(verdicts.values()).count("accepted") == 4
    assert sorted(opened) == [False, True, True, True]


# What a process remembers of one check would let it pass another: here the parameters that it loaded before.
REMEMBERS = """
_last = {}

def load_clone(factory, path):
    global _last
    clone = factory()
    if isinstance(path, str):
        _last = torch.load(path, weights_only=True)
    clone.load_state_dict(_last)
    return clone.eval()
"""


def test_what_another_process_remembers_of_one_check_helps_with_no_other(judge_source):
    reference = Course.around(ROOT).find("ex13").reference.read_text(encoding="utf-8")
    (judgement,) = judge_source("ex13", reference + REMEMBERS)
    assert [c.id for c in judgement.checks if c.verdict != "accepted"] == ["a_path_of_parameters_may_be_a_path"]
