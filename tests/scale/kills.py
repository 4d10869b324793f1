"""A batch that is killed again and again ends with the gradebook and the exports of one that was left alone."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import runs

Say = Callable[[str], None]


def undisturbed(handed_in: Path, book: Path, jobs: int) -> dict[str, bytes]:
    """Grade a class in one go, unless that has been done; return what it left."""
    runs.grade(*runs.batch(handed_in, book, "--jobs", str(jobs)), log=book.with_suffix(".log"))
    return runs.left(book)


class Kills:
    """Kills in a row: when a class is graded to its end, another gradebook is begun, until all kills are done."""

    def __init__(self, handed_in: Path, folder: Path, wanted: dict[str, bytes], seed: int, say: Say) -> None:
        self._handed_in = handed_in
        self._folder = folder
        self._wanted = wanted
        self._rng = random.Random(seed)
        self._say = say
        self.moments: Counter[str] = Counter()
        self.faults: list[str] = []
        self.books = 0

    def run(self, number: int, jobs: int) -> list[str]:
        """Do so many kills; return what went wrong."""
        done = 0
        while done < number:
            self.books += 1
            book = self._folder / f"killed-{self.books}.db"
            seen: set[tuple[int, str, str, str]] = set()
            finished = False
            while done < number and not finished:
                held, finished = self._kill_once(book, jobs, whole_group=self._rng.random() < 0.8)
                done += 1
                self._hold(seen <= held, f"kill {done}: {len(seen - held)} committed judgements are lost")
                seen = held
                self._say(f"  kill {done} of {number}: {len(held)} judgements are in {book.name}")
            self._finish(book, jobs, seen)
        return self.faults

    def _kill_once(self, book: Path, jobs: int, *, whole_group: bool) -> tuple[set[tuple[int, str, str, str]], bool]:
        """Begin, wait for a random moment, kill. Returns what was committed, and whether the batch had come to its end."""
        before = runs.count(book)
        process = runs.begin(*runs.batch(self._handed_in, book, "--jobs", str(jobs)), log=book.with_suffix(".log"))
        moment = self._moment(book, before, process.poll)
        at_the_kill = runs.judged(book)
        finished = process.poll() is not None
        self.moments["after its end" if finished else moment] += 1
        runs.kill(process, whole_group=whole_group)
        alive = runs.survivors(process.pid)
        self._hold(not alive, f"{len(alive)} processes outlived the batch")
        held = runs.judged(book)
        self._hold(at_the_kill <= held, f"{len(at_the_kill - held)} judgements that were there at the kill are gone")
        return held, finished

    def _moment(self, book: Path, before: int, ended: Callable[[], int | None]) -> str:
        """Wait until a random moment: while the batch starts, or some while after it has committed some judgements."""
        rng = self._rng
        if rng.random() < 0.2:
            time.sleep(rng.uniform(0.0, 6.0))
            return "at the start"
        wanted, limit = before + rng.randint(0, 5), time.monotonic() + 120
        while runs.count(book) < wanted and ended() is None and time.monotonic() < limit:
            time.sleep(0.05)
        time.sleep(rng.uniform(0.0, 0.4))
        return "while judging"

    def _finish(self, book: Path, jobs: int, seen: set[tuple[int, str, str, str]]) -> None:
        runs.grade(*runs.batch(self._handed_in, book, "--jobs", str(jobs)), log=book.with_suffix(".end.log"))
        held = runs.judged(book)
        self._hold(seen <= held, f"{book.name}: {len(seen - held)} committed judgements are lost at the end")
        self.faults += [f"{book.name}: {fault}" for fault in doubled(book)]
        self.faults += [f"{book.name}: {name} is another one" for name in runs.differences(self._wanted, runs.left(book))]
        self._say(f"  {book.name} is graded to its end: {len(held)} judgements, {len(self.faults)} faults so far")

    def _hold(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.faults.append(otherwise)
            self._say(f"  FAULT: {otherwise}")


def doubled(book: Path) -> list[str]:
    """What is twice in a gradebook: a judgement that could have been used again, or a submission."""
    judgements = runs.rows(
        book,
        "SELECT exercise, sha256, COUNT(*) FROM judgements WHERE reusable"
        " GROUP BY exercise, sha256, suite_digest, seed, versions, walls HAVING COUNT(*) > 1",
    )
    submissions = runs.rows(
        book,
        "SELECT student, exercise, file, sha256, COUNT(*) FROM submissions"
        " GROUP BY student, exercise, file, sha256, received_at HAVING COUNT(*) > 1",
    )
    return [f"a judgement {n} times: {e} {s[:8]}" for e, s, n in judgements] + [
        f"a submission twice: {row}" for row in submissions
    ]
