"""A class is judged side by side: each submission once, as it would be alone, and a judge that dies loses nothing."""

import functools
import hashlib
import os
import platform
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from grader.bridge.failures import BridgeFault
from grader.cli.warm import start_workers
from grader.course.paths import find_course
from grader.course.submission import read_submission
from grader.engine.pool import Pool
from grader.engine.processes import give_back_memory, stay_on
from grader.errors import CourseError, MachineError
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


def short_of_memory(folder, times):
    """Start workers of which so many cannot be forked."""
    workers, mark = start_workers(), Path(folder)
    real = workers.start

    def start(limits):
        if len(list(mark.iterdir())) < times:
            (mark / str(len(list(mark.iterdir())))).touch()
            raise BridgeFault("no worker could be forked: Cannot allocate memory")
        return real(limits)

    workers.start = start
    return workers


@pytest.mark.parametrize("times, scored", [(1, True), (2, False)])
def test_a_fault_of_ours_is_tried_once_more_and_then_told(tmp_path, times, scored):
    (outcome,) = Pool(functools.partial(short_of_memory, str(tmp_path), times), ROOT, 1).judge(known("ex03", "reference"))
    assert (outcome.judgement.score is not None) == scored
    assert ("Cannot allocate memory" in outcome.judgement.fault) != scored


def orphaned(folder, deaths, after):
    """Start workers whose template is killed when so many were forked from it, so many times."""
    workers, mark, forked = start_workers(), Path(folder), 0
    real = workers.start

    def start(limits):
        nonlocal forked
        forked += 1
        if forked > after and len(list(mark.iterdir())) < deaths:
            (mark / str(len(list(mark.iterdir())))).touch()
            os.kill(workers._pid, signal.SIGKILL)
        return real(limits)

    workers.start = start
    return workers


@pytest.mark.parametrize("deaths, after, judged", [(1, 0, 5), (2, 0, 4), (1, 2, 5)])
def test_a_template_that_is_killed_costs_no_other_submission_its_judgement(tmp_path, deaths, after, judged):
    submissions = known("ex03", "wrong_answer") + known("ex03", "reference")
    outcomes = list(Pool(functools.partial(orphaned, str(tmp_path), deaths, after), ROOT, 1).judge(submissions))
    scored = [o for o in outcomes if o.judgement is not None and o.judgement.score is not None]
    assert (len(outcomes), len(scored)) == (5, judged)


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


def with_a_faulty_course():
    """Be a course that names a part of torch which is not there."""
    raise CourseError("exercise.toml: there is no torch.nope.", "Correct it.")


def test_whose_fault_it_is_that_no_worker_starts_is_told_with_it():
    with Pool(with_a_faulty_course, ROOT, 1) as pool, pytest.raises(CourseError, match=r"no torch\.nope"):
        pool.greeting()


def test_a_machine_without_torch_is_told_what_to_install(tmp_path):
    (tmp_path / "torch.py").write_text("raise ImportError('it is not here')\n")
    source = (
        "from grader.cli.warm import start_workers\nfrom grader.engine.pool import Pool\nfrom pathlib import Path\n"
        "if __name__ == '__main__':\n"
        "    with Pool(start_workers, Path.cwd(), 1) as pool:\n"
        "        try:\n            pool.greeting()\n"
        "        except Exception as error:\n            print(type(error).__name__, error, error.hint)\n"
    )
    script = tmp_path / "ask.py"
    script.write_text(source)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT)))}
    done = subprocess.run([sys.executable, str(script)], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.stdout == "MachineError torch cannot be imported: it is not here. Install it: pip install torch\n", done.stderr


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


def where_it_may_run(folder):
    """Start workers, and leave word of the cores that the process may use."""
    Path(folder, f"{os.getpid()}.cores").write_text(repr(sorted(os.sched_getaffinity(0))))
    return start_workers()


@pytest.mark.skipif(sys.platform != "linux", reason="cores are chosen on Linux")
def test_as_many_processes_as_cores_have_one_each(tmp_path):
    before = os.sched_getaffinity(0)
    usable = sorted(before)[:2]

    def cores_of(jobs):
        folder = tmp_path / f"of-{jobs}"
        folder.mkdir()
        outcomes = Pool(functools.partial(where_it_may_run, str(folder)), ROOT, jobs).judge(known("ex03", "accepted")[:jobs])
        assert all(outcome.judgement for outcome in outcomes)
        return sorted(file.read_text() for file in folder.glob("*.cores"))

    os.sched_setaffinity(0, usable)
    try:
        assert cores_of(len(usable)) == [repr([core]) for core in usable]
        assert cores_of(len(usable) + 1) == [repr(usable)] * (len(usable) + 1)
    finally:
        os.sched_setaffinity(0, before)


def test_what_an_answer_draws_in_another_process_is_the_same_whoever_judges(judge_source):
    """This one keeps its state in memory, not in its file: another process draws a new one, and the report shows it."""
    (submission,) = [s for s in known("ex06", "hostile") if s.file == "state_kept_in_memory.py"]
    (outcome,) = Pool(start_workers, ROOT, 1).judge([submission])
    (alone,) = judge_source("ex06", submission.cells[0].source)
    failed = [[c.failure for c in j.checks if c.failure is not None] for j in (outcome.judgement, alone)]
    assert any("tensor(" in f.got for f in failed[0])
    assert failed[0] == failed[1]


@pytest.mark.skipif(sys.platform != "linux", reason="cores are chosen on Linux")
def test_where_no_core_may_be_chosen_judging_goes_on(monkeypatch):
    def refused(*_):
        raise PermissionError

    monkeypatch.setattr(os, "sched_setaffinity", refused)
    before = os.sched_getaffinity(0)
    stay_on(min(before))
    assert os.sched_getaffinity(0) == before


@pytest.mark.skipif(sys.platform != "linux", reason="memory of processes is read in /proc")
def test_the_process_that_hands_out_the_key_lets_no_other_read_its_memory():
    source = (
        "import ctypes\nfrom pathlib import Path\nfrom grader.cli.batch import class_pool\n"
        "from grader.course.exercise import Course\n"
        "class_pool(Course.around(Path.cwd()), [], 1)\nprint(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))\n"  # PR_GET_DUMPABLE
    )
    assert subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, cwd=ROOT).stdout == "0\n"


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library keeps nothing, or cannot be asked")
def test_freed_memory_goes_back_to_the_system():
    def resident():
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    held = [b"x" * 60_000 for _ in range(2000)]
    last = held[-1]  # what lies above the rest keeps all that is below it, as long as nobody asks
    del held
    before = resident()
    give_back_memory()
    assert before - resident() > 100 << 20
    assert len(last) == 60_000
