"""What is kept in `.grade/`: how far a student is, how far a proof is. Conveniences; no score is ever read from them."""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec

from grader.course.paths import CoursePaths
from grader.model import Judgement


class Reached(msgspec.Struct):
    """How far one exercise is."""

    score: float | None = None
    hints: int = 0


class Progress:
    """The progress file; a damaged one is as good as none."""

    def __init__(self, paths: CoursePaths) -> None:
        self._file = paths.progress_file
        self._reached: dict[str, Reached] = {}
        with contextlib.suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError):
            self._reached = msgspec.json.decode(self._file.read_bytes(), type=dict[str, Reached])

    def of(self, short: str) -> Reached:
        """Return how far an exercise is."""
        return self._reached.setdefault(short, Reached())

    def note(self, short: str, judgement: Judgement) -> None:
        """Keep the score of the last grading."""
        self.of(short).score = judgement.score
        self._save()

    def hint_taken(self, short: str) -> None:
        """Count a hint."""
        self.of(short).hints += 1
        self._save()

    def _save(self) -> None:
        data: Any = self._reached
        with contextlib.suppress(OSError):  # a read-only folder: then nothing is remembered, and nothing is lost
            self._file.parent.mkdir(exist_ok=True)
            self._file.write_bytes(msgspec.json.format(msgspec.json.encode(data)))


class SeedsDone:
    """How many course seeds, from 0 on, right answers have passed: a proof over many seeds may stop and go on."""

    def __init__(self, paths: CoursePaths, short: str) -> None:
        self._file = paths.seeds_file(short)
        self._done: dict[str, int] = {}
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            self._done = msgspec.json.decode(self._file.read_bytes(), type=dict[str, int])

    def of(self, key: str) -> int:
        """Return how many seeds are done for these answers under this suite."""
        return self._done.get(key, 0)

    def note(self, key: str, seed: int) -> None:
        """Note a seed that passed. After one that failed, later ones do not count: they are tried again."""
        if seed == self.of(key):
            self._done[key] = seed + 1
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_bytes(msgspec.json.encode(self._done))
