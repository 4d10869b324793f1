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


def dying(folder, deaths):
    """Start workers whose parent dies when one is asked for, so many times; a file for each lies in the folder then."""
    workers = start_workers()
    real, mark = workers.start, Path(folder)

    def start(limits):
        if len(list(mark.iterdir())) < deaths:
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
def test_a_judge_that_dies_is_tried_once_more_and_then_told(tmp_path, deaths, judged):
    (outcome,) = Pool(functools.partial(dying, str(tmp_path), deaths), ROOT, 1).judge(known("ex03", "reference"))
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


def where_it_may_run():
    """Start workers, and leave word of the cores that the process may use."""
    Path(os.environ["TMPDIR"], f"{os.getpid()}.cores").write_text(repr(sorted(os.sched_getaffinity(0))))
    return start_workers()


@pytest.mark.skipif(sys.platform != "linux", reason="cores are chosen on Linux")
def test_as_many_processes_as_cores_have_one_each(tmp_path):
    source = (
        "import os, sys\n"
        "from test_pool import Pool, ROOT, known, where_it_may_run\n"
        "from grader.engine.processes import usable_cores\n"
        "def judge(jobs):\n"
        "    assert all(o.judgement for o in Pool(where_it_may_run, ROOT, jobs).judge(known('ex03', 'accepted')[:jobs]))\n"
        "if __name__ == '__main__':\n"
        "    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])\n"
        "    judge(int(sys.argv[1]) or usable_cores())\n"
    )
    script, usable = tmp_path / "judge.py", sorted(os.sched_getaffinity(0))[:2]
    script.write_text(source)

    def cores_of(jobs):
        scratch = tmp_path / f"of-{jobs}"
        scratch.mkdir()
        here = os.pathsep.join((str(ROOT), str(Path(__file__).parent), str(ROOT / "tests")))
        environment = {**os.environ, "PYTHONPATH": here, "TMPDIR": str(scratch)}
        subprocess.run([sys.executable, str(script), str(jobs)], cwd=ROOT, env=environment, check=True)
        return sorted(file.read_text() for file in scratch.glob("*.cores"))

    assert cores_of(0) == [repr([core]) for core in usable]
    assert cores_of(len(usable) + 1) == [repr(usable)] * (len(usable) + 1)


def test_what_an_answer_draws_in_another_process_is_the_same_whoever_judges(judge_source):
    """This one keeps its state in memory, not in its file: another process draws a new one, and the report shows it."""
    (submission,) = [s for s in known("ex06", "hostile") if s.file == "state_kept_in_memory.py"]
    (outcome,) = Pool(start_workers, ROOT, 1).judge([submission])
    (alone,) = judge_source("ex06", submission.cells[0].source)
    failed = [[c.failure for c in j.checks if c.failure is not None] for j in (outcome.judgement, alone)]
    assert any("tensor(" in f.got for f in failed[0])
    assert failed[0] == failed[1]
