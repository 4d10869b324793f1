"""Judgements a second: a batch with one job and with two, and beside them plain pytest, one process a submission.

A core is a core: the batch with one job, its workers included, and pytest run on the same one, and nothing of theirs runs
on another; with two jobs, both have the same two.
"""

from __future__ import annotations

import os
import queue
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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


def of_pytest(top: Path, files: list[Made], cores: list[int], say: Say) -> list[float]:
    """Run the same suites on the same files, a fresh pytest each, one at a time on each core; return the seconds of each."""
    free: queue.SimpleQueue[int] = queue.SimpleQueue()
    for core in cores:
        free.put(core)

    def one(made: Made) -> float:
        core = free.get()
        try:
            _pin({core})  # this thread, and with it the process that it starts
            return _seconds(top, made)
        finally:
            free.put(core)

    seconds: list[float] = []
    with ThreadPoolExecutor(len(cores)) as threads:
        for took in threads.map(one, files):
            seconds.append(took)
            if len(seconds) % 10 == 0:
                say(f"  pytest: {len(seconds)} of {len(files)}, {statistics.mean(seconds):.2f} s each")
    return seconds


def _seconds(top: Path, made: Made) -> float:
    suites = [
        runs.ROOT / "exercises" / made.exercise / "test_visible.py",
        runs.ROOT / "solutions" / made.exercise / "test_hidden.py",
    ]
    words = ["-m", "pytest", "-q", "-p", "unisolated", "-p", "no:cacheprovider", "-c", os.devnull, f"--rootdir={runs.ROOT}"]
    more = ["--import-mode=importlib", "--noconftest", "--tb=short", "--submission", str(top / made.path)]
    start = time.perf_counter()
    ended = _pytest([*words, *more, *map(str, suites)])
    if ended not in (0, 1, 124):
        raise RuntimeError(f"pytest ended with {ended} over {made.path}")
    return time.perf_counter() - start


def _pytest(words: list[str]) -> int:
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
    so that both have the same mixture. Two jobs on two cores are held against two pytests at once on the same two.
    """
    cores = sorted(os.sched_getaffinity(0))[:2]
    files = files_for_speed(manifest, each, seed)
    some = [m for exercise in manifest.due for m in [f for f in files if f.exercise == exercise][:pytest_each]]
    found: dict[str, float] = {"files": len(files)}
    for number in range(1, len(cores) + 1):
        used, name = cores[:number], "one core" if number == 1 else f"{number} cores"
        seconds = of_batch(top, files, folder / f"on-{number}", number, set(used))
        batch = found[f"batch on {name}"] = len(files) / seconds
        say(f"grade batch --jobs {number} on {name}: {len(files)} in {seconds:.1f} s, {batch:.2f} a second")
        each_took = of_pytest(top, some, used, say)
        means = [statistics.mean(t for m, t in zip(some, each_took, strict=True) if m.exercise == e) for e in manifest.due]
        plain = found[f"pytest on {name}"] = number / statistics.mean(means)
        say(f"python -m pytest, a process a file, on {name}: {statistics.mean(means):.2f} s each, {plain:.2f} a second")
        found[f"times as many on {name}"] = batch / plain
        say(f"on {name}, the batch judges {batch / plain:.1f} times as many")
    return found
