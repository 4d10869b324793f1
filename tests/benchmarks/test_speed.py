"""Figures, never verdicts: run with `make benchmark`. Each is a ratio of two things measured in turn in one run."""

import statistics
import subprocess
import sys
import time

import pytest
from conftest import ROOT

pytestmark = pytest.mark.benchmark
PAIRS = 7
REFERENCE = ROOT / "solutions" / "ex03_stateless_layer" / "reference.py"


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def show(title, ratios, first, second):
    middle = statistics.median(ratios)
    print(
        f"\n{title}: median {middle:.2f} (from {min(ratios):.2f} to {max(ratios):.2f}), {statistics.median(first):.3f} s",
        end="",
    )
    print(f" over {statistics.median(second):.3f} s, {len(ratios)} pairs")


def test_grading_a_file_over_importing_torch():
    def grade():
        subprocess.run([sys.executable, "-m", "grader.cli", "ex03", str(REFERENCE)], cwd=ROOT, capture_output=True, check=True)

    def torch():
        subprocess.run([sys.executable, "-c", "import torch"], cwd=ROOT, check=True)

    grade()
    pairs = [(seconds(grade), seconds(torch)) for _ in range(PAIRS)]
    show("`grade ex03 FILE` over `python -c 'import torch'`", [a / b for a, b in pairs], *zip(*pairs, strict=True))


def test_a_warm_judging_over_the_same_session_without_isolation(workers):
    import msgspec

    from grader.course.exercise import Course
    from grader.course.pack import build_pack
    from grader.course.submission import read_submission
    from grader.engine.here import judging

    course = Course.around(ROOT)
    exercise = course.find("ex03")
    pack = msgspec.structs.replace(build_pack(course, exercise), proven=True)
    submission = read_submission(REFERENCE, exercise.id, "ex03.py")
    command = [sys.executable, str(ROOT / "tests" / "benchmarks" / "in_process.py"), str(PAIRS)]
    sessions, calls = (
        [float(word) for word in line.split()]
        for line in subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()[-2:]
    )

    def measure(judge, session):
        judge.judge(submission)
        return [seconds(lambda: judge.judge(submission)) for _ in range(PAIRS)]

    warm = judging(workers, pack, measure)
    show(
        "a warm judging over the same checks under pytest and hypothesis in one process",
        [a / b for a, b in zip(warm, sessions, strict=True)],
        warm,
        sessions,
    )
    show("the same over plain function calls", [a / b for a, b in zip(warm, calls, strict=True)], warm, calls)
