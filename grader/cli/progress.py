"""What this student has reached, kept in `.grade/`: a convenience. No score is ever read from it."""

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
