"""A class is judged side by side: each submission once, as it would be alone, and a judge that dies loses nothing."""

import functools
import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from grader.cli.warm import start_workers
from grader.course.paths import find_course
from grader.course.submission import read_submission
from grader.engine.pool import Pool
from grader.errors import MachineError
from grader.judge.conditions import versions, walls
from grader.model import Cell, Submission


def known(word, kind):
    course = find_course(ROOT)
    folder = next(course.exercise(f.name) for f in course.exercise_folders() if f.name.startswith(word))
    files = [folder.reference] if kind == "reference" else folder.known(kind)[:4]
    return [read_submission(file, folder.id, file.name) for file in files]


def dying(_=None):
    """Start workers whose parent dies when one is asked for, each time until a file is there."""
    workers = start_workers()
    real, mark = workers.start, Path(os.environ["GRADE_TEST_DIED"])

    def start(limits):
        if len(list(mark.iterdir())) < int(os.environ["GRADE_TEST_DEATHS"]):
            (mark / str(len(list(mark.iterdir())))).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return real(limits)

    workers.start = start
    return workers


def test_each_submission_is_judged_once_as_it_would_be_alone(workers, judge_source):
    submissions = known("ex03", "wrong_answer") + known("ex01", "accepted") + known("ex01", "wrong_answer")
    outcomes = list(Pool(start_workers, ROOT, 2).judge(submissions))
    assert sorted(o.submission.sha256 for o in outcomes) == sorted(s.sha256 for s in submissions)
    for outcome in outcomes:
        word, source = outcome.submission.exercise[:4], outcome.submission.cells[0].source
        (alone,) = judge_source(word, source)
        assert [(c.id, c.verdict) for c in outcome.judgement.checks] == [(c.id, c.verdict) for c in alone.checks]
        assert outcome.judgement.score == alone.score


@pytest.mark.parametrize("deaths, judged", [(1, True), (2, False)])
def test_a_judge_that_dies_is_tried_once_more_and_then_told(tmp_path, monkeypatch, deaths, judged):
    monkeypatch.setenv("GRADE_TEST_DIED", str(tmp_path))
    monkeypatch.setenv("GRADE_TEST_DEATHS", str(deaths))
    (outcome,) = Pool(dying, ROOT, 1).judge(known("ex03", "reference"))
    assert (outcome.judgement is not None) == judged
    assert bool(outcome.fault) != judged


def test_a_fault_of_the_course_is_told_and_the_others_are_judged():
    source = "x = 1\n"
    stray = Submission("ex99_not_there", "a.py", (Cell("a.py", source),), hashlib.sha256(source.encode()).hexdigest())
    outcomes = list(Pool(functools.partial(start_workers), ROOT, 1).judge([stray, *known("ex03", "reference")]))
    assert {o.submission.exercise: o.judgement is not None for o in outcomes} == {
        "ex99_not_there": False, "ex03_stateless_layer": True
    }  # fmt: skip


def without_torch():
    """Be a machine that lacks torch."""
    raise MachineError("torch cannot be imported: it is not here.", "Install it: pip install torch")


def test_a_machine_that_starts_no_worker_is_told_so_before_and_after():
    with Pool(without_torch, ROOT, 1) as pool, pytest.raises(MachineError, match="torch cannot be imported") as told:
        pool.greeting()
    assert told.value.hint == "Install it: pip install torch"
    (outcome,) = Pool(without_torch, ROOT, 1).judge(known("ex03", "reference"))
    assert outcome.judgement is None
    assert outcome.fault == "torch cannot be imported: it is not here."


def ending():
    """Be a judge that ends at once."""
    os._exit(1)


def test_a_judge_that_ends_while_it_begins_is_told():
    with Pool(ending, ROOT, 1) as pool, pytest.raises(MachineError, match="ended while it began"):
        pool.greeting()


def test_the_processes_that_greeted_judge_and_a_worker_says_what_it_is():
    with Pool(start_workers, ROOT, 1) as pool:
        greeting = pool.greeting()
        (outcome,) = pool.judge(known("ex03", "reference"))
    assert outcome.judgement.walls == walls(greeting)
    assert outcome.judgement.versions == versions(greeting)


def test_who_waits_for_judgements_imports_no_torch():
    source = "import sys, grader.cli.batch, grader.cli.regrade, grader.engine.pool; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, cwd=ROOT).stdout == "False\n"
