"""Judgements a second: a batch with one job and with two, and beside them plain pytest, one process a submission.

A core is a core: the batch with one job, its workers included, and pytest run on the same one, and nothing else of theirs
runs on another.
"""

from __future__ import annotations

import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import runs

from grader.author.made_up import Made, Manifest

Say = Callable[[str], None]


def files_for_speed(manifest: Manifest, each: int, seed: int) -> list[Made]:
    """Draw so many files of each exercise, no two alike: plain answers, for pytest has nothing against hostile ones."""
    rng = random.Random(seed)
    drawn: list[Made] = []
    for exercise in manifest.due:
        answers = [m for m in manifest.files if m.exercise == exercise and m.kind == "answer"]
        drawn += rng.sample(answers, min(each, len(answers)))
    return drawn


def of_batch(top: Path, files: list[Made], folder: Path, jobs: int, cores: set[int]) -> float:
    """Grade the files with `grade batch`, pinned to these cores; return the seconds from its start to its end."""
    shutil.rmtree(folder, ignore_errors=True)
    for number, made in enumerate(files):
        target = folder / "handed_in" / f"student{number:04}" / f"{made.exercise.partition('_')[0]}{Path(made.path).suffix}"
        target.parent.mkdir(parents=True)
        shutil.copy2(top / made.path, target)
    words = runs.command("batch", str(folder / "handed_in"), "--book", str(folder / "book.db"), "--jobs", str(jobs))
    start = time.perf_counter()
    with (folder / "batch.log").open("w") as log:
        subprocess.run(
            words, cwd=runs.ROOT, env=runs.environment(), stdout=log, stderr=log, check=True, preexec_fn=lambda: _pin(cores)
        )
    seconds = time.perf_counter() - start
    if (count := runs.count(folder / "book.db")) != len(files):
        raise RuntimeError(f"{count} of {len(files)} files were judged")
    return seconds


def of_pytest(top: Path, files: list[Made], core: int, say: Say) -> list[float]:
    """Run the same suites on the same files, a fresh pytest each; return the seconds of each."""
    seconds = []
    for made in files:
        suites = [
            runs.ROOT / "exercises" / made.exercise / "test_visible.py",
            runs.ROOT / "solutions" / made.exercise / "test_hidden.py",
        ]
        words = [
            "-m",
            "pytest",
            "-q",
            "-p",
            "unisolated",
            "-p",
            "no:cacheprovider",
            "-c",
            os.devnull,
            f"--rootdir={runs.ROOT}",
        ]
        more = ["--import-mode=importlib", "--noconftest", "--tb=short", "--submission", str(top / made.path)]
        start = time.perf_counter()
        ended = _pytest([*words, *more, *map(str, suites)], core)
        seconds.append(time.perf_counter() - start)
        if ended not in (0, 1, 124):
            raise RuntimeError(f"pytest ended with {ended} over {made.path}")
        if len(seconds) % 10 == 0:
            say(f"  pytest: {len(seconds)} of {len(files)}, {statistics.mean(seconds):.2f} s each")
    return seconds


def _pytest(words: list[str], core: int) -> int:
    environment = {**runs.environment(), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # what it need not load, it need not pay for
    environment["PYTHONPATH"] = f"{runs.ROOT}{os.pathsep}{Path(__file__).parent}"
    with tempfile.TemporaryDirectory() as scratch:  # without a cage, a submission saves its files wherever it runs
        try:
            return subprocess.run(
                [sys.executable, *words],
                cwd=scratch,
                env=environment,
                capture_output=True,
                timeout=120,
                preexec_fn=lambda: _pin({core}),
            ).returncode
        except subprocess.TimeoutExpired:
            return 124


def _pin(cores: set[int]) -> None:
    os.sched_setaffinity(0, cores)


def measure(
    top: Path, manifest: Manifest, folder: Path, *, each: int, pytest_each: int, seed: int, say: Say
) -> dict[str, float]:
    """Measure all; return judgements a second, and how many times as many as pytest for each core.

    The batch grades `each` files of each exercise, pytest the first `pytest_each` of them; a mean is taken over exercises,
    so that both have the same mixture.
    """
    cores = sorted(os.sched_getaffinity(0))[:2]
    files = files_for_speed(manifest, each, seed)
    found: dict[str, float] = {"files": len(files)}
    seconds = of_batch(top, files, folder / "one", 1, {cores[0]})
    found["one job on one core"] = len(files) / seconds
    say(f"grade batch --jobs 1 on one core: {len(files)} in {seconds:.1f} s, {len(files) / seconds:.2f} a second")
    if len(cores) == 2:
        seconds = of_batch(top, files, folder / "two", 2, set(cores))
        found["two jobs on two cores"] = len(files) / seconds
        say(f"grade batch --jobs 2 on two cores: {len(files)} in {seconds:.1f} s, {len(files) / seconds:.2f} a second")
    means = []
    for exercise in manifest.due:
        some = [made for made in files if made.exercise == exercise][:pytest_each]
        means.append(statistics.mean(of_pytest(top, some, cores[0], say)))
        say(f"pytest, {exercise.partition('_')[0]}: {len(some)} files, {means[-1]:.2f} s each")
    found["pytest on one core"] = 1 / statistics.mean(means)
    say(
        f"python -m pytest, a process a file, on one core: {statistics.mean(means):.2f} s each, {found['pytest on one core']:.2f} a second"
    )
    found["times as many, one core"] = found["one job on one core"] / found["pytest on one core"]
    say(f"on one core, the batch judges {found['times as many, one core']:.1f} times as many")
    if len(cores) == 2:
        found["times as many per core, two cores"] = found["two jobs on two cores"] / 2 / found["pytest on one core"]
        say(f"on two cores, {found['times as many per core, two cores']:.1f} times as many for each core")
    return found
