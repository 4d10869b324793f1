"""A gradebook: adding to it, and finding what it holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from grader.errors import UsageError
from grader.gradebook.schema import migrate
from grader.model import Cell, Judgement, Submission

LIMITS = ("time_limit", "memory_limit", "output_limit")


class Conditions(msgspec.Struct, frozen=True):
    """What a judgement depends on besides the file: with the same ones, an earlier judgement stands."""

    suite_digest: str
    seed: int
    versions: dict[str, str]
    walls: tuple[tuple[str, bool, str], ...]

    @classmethod
    def of(cls, judgement: Judgement) -> Conditions:
        """The conditions that a judgement was made under."""
        return cls(judgement.suite_digest, judgement.seed, judgement.versions, judgement.walls)


class Adjustment(msgspec.Struct, frozen=True):
    """Points that a person added, or took away with a minus, and why."""

    student: str
    exercise: str
    points: float
    because: str
    made_at: str


class Gradebook:
    """An open gradebook. Each `add_...` is on disk when it returns. One process writes; others may read meanwhile."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add_submission(self, submission: Submission) -> None:
        """Note what a student handed in. The same again changes nothing."""
        with self._writing() as write:
            write.execute(
                "INSERT INTO files VALUES (?, ?) ON CONFLICT DO NOTHING", (submission.sha256, _json(submission.cells))
            )
            write.execute(
                "INSERT INTO submissions (student, exercise, sha256, file, received_at) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (submission.student, submission.exercise, submission.sha256, submission.file, submission.received_at),
            )

    def add_judgement(self, judgement: Judgement) -> None:
        """Add a judgement of a file that was handed in."""
        conditions = Conditions.of(judgement)
        with self._writing() as write:
            write.execute(
                "INSERT INTO judgements (exercise, sha256, suite_digest, seed, versions, walls, reusable, score, max_score,"
                " judgement, judged_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    judgement.exercise,
                    judgement.sha256,
                    conditions.suite_digest,
                    conditions.seed,
                    _json(conditions.versions),
                    _json(conditions.walls),
                    int(reusable(judgement)),
                    judgement.score,
                    judgement.max_score,
                    _json(judgement),
                    _now(),
                ),
            )

    def add_adjustment(self, student: str, exercise: str, points: float, because: str) -> None:
        """Add a person's correction of a score. It needs a reason."""
        if not because.strip():
            raise UsageError("A correction needs a reason.", 'Say why: --because "…"')
        with self._writing() as write:
            write.execute(
                "INSERT INTO adjustments (student, exercise, points, because, made_at) VALUES (?, ?, ?, ?, ?)",
                (student, exercise, points, because.strip(), _now()),
            )

    def submissions(self) -> list[Submission]:
        """Return all that was handed in, as it was handed in, by student, exercise and time."""
        rows = self._connection.execute(
            "SELECT exercise, file, cells, s.sha256, student, received_at FROM submissions s JOIN files USING (sha256)"
            " ORDER BY student, exercise, received_at, id"
        )
        return [
            Submission(exercise, file, msgspec.json.decode(cells, type=tuple[Cell, ...]), sha256, student, received_at)
            for exercise, file, cells, sha256, student, received_at in rows
        ]

    def judgement(self, exercise: str, sha256: str, conditions: Conditions) -> Judgement | None:
        """Return the latest judgement of a file that may be used again under these conditions."""
        row = self._connection.execute(
            "SELECT judgement FROM judgements WHERE exercise = ? AND sha256 = ? AND suite_digest = ? AND seed = ?"
            " AND versions = ? AND walls = ? AND reusable ORDER BY id DESC LIMIT 1",
            (
                exercise,
                sha256,
                conditions.suite_digest,
                conditions.seed,
                _json(conditions.versions),
                _json(conditions.walls),
            ),
        ).fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=Judgement)

    def latest(self, exercise: str, sha256: str) -> Judgement | None:
        """Return the latest judgement of a file, whatever the conditions."""
        row = self._connection.execute(
            "SELECT judgement FROM judgements WHERE exercise = ? AND sha256 = ? ORDER BY id DESC LIMIT 1", (exercise, sha256)
        ).fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=Judgement)

    def adjustments(self) -> list[Adjustment]:
        """Return all corrections, in the order in which they were made."""
        rows = self._connection.execute("SELECT student, exercise, points, because, made_at FROM adjustments ORDER BY id")
        return [Adjustment(*row) for row in rows]

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


@contextmanager
def open_gradebook(path: Path) -> Iterator[Gradebook]:
    """Open a gradebook, or begin one. `UsageError` where the file is something else or cannot be opened."""
    with closing(_opened(path)) as connection:
        yield Gradebook(connection)


def _opened(path: Path) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(path, isolation_level=None)
    except sqlite3.OperationalError as error:
        raise UsageError(f"{path} cannot be opened: {error}.") from None
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        migrate(connection, str(path))
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.DatabaseError):
            raise UsageError(f"{path} cannot be used as a gradebook: {error}.", "Is it another program's file?") from None
        raise
    return connection


def reusable(judgement: Judgement) -> bool:
    """Whether a judgement may stand for another one: it has a score, and no limit of this machine was met."""
    met = any(check.verdict in LIMITS or check.verdict == "judge_error" for check in judgement.checks)
    return judgement.score is not None and not met


def _json(value: object) -> str:
    return msgspec.json.encode(value, order="sorted").decode()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
