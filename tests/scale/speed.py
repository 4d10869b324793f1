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
from typing import NamedTuple

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


class Measured(NamedTuple):
    """One round: files a second by the batch and by pytest, on the same cores."""

    batch: float
    plain: float

    @property
    def times(self) -> float:
        """How many times as many the batch judges."""
        return self.batch / self.plain


def measure(
    top: Path, manifest: Manifest, folder: Path, *, each: int, pytest_each: int, rounds: int, seed: int, say: Say
) -> dict[str, list[float]]:
    """Measure all in rounds; return, for each number of cores, files a second and their ratio, a figure a round.

    Of `each` files of each exercise a round has its share, which the batch grades; then pytest gets its share of
    `pytest_each` of the same files. So both meet the same machine, which is faster at one time than at another. A mean is
    taken over exercises, so that both have the same mixture. Two jobs on two cores are held against two pytests at once.
    """
    cores = sorted(os.sched_getaffinity(0))[:2]
    files = files_for_speed(manifest, each, seed)
    by_exercise = [[m for m in files if m.exercise == exercise] for exercise in manifest.due]
    found: dict[str, list[float]] = {}
    for number in range(1, len(cores) + 1):
        used, name = cores[:number], "one core" if number == 1 else f"{number} cores"
        measured: list[Measured] = []
        for turn in range(rounds):
            shares = [ours[turn::rounds] for ours in by_exercise]
            measured.append(_round(top, shares, pytest_each // rounds, folder / f"on-{number}", used, say))
            say(
                f"on {name}: {measured[-1].batch:.2f} a second, pytest {measured[-1].plain:.2f}: {measured[-1].times:.1f} times"
            )
        found[f"batch on {name}"] = [one.batch for one in measured]
        found[f"pytest on {name}"] = [one.plain for one in measured]
        found[f"times as many on {name}"] = times = [one.times for one in measured]
        say(
            f"on {name}: median {statistics.median(times):.1f} times as many (from {min(times):.1f} to {max(times):.1f}), "
            f"{statistics.median(found[f'batch on {name}']):.2f} a second and {statistics.median(found[f'pytest on {name}']):.2f}"
        )
    return found


def _round(top: Path, shares: list[list[Made]], pytest_each: int, folder: Path, cores: list[int], say: Say) -> Measured:
    files = [made for share in shares for made in share]
    batch = len(files) / of_batch(top, files, folder, len(cores), set(cores))
    some = [made for share in shares for made in share[:pytest_each]]
    took = iter(of_pytest(top, some, cores, say))
    means = [statistics.mean(next(took) for _ in share[:pytest_each]) for share in shares]
    return Measured(batch, len(cores) / statistics.mean(means))
