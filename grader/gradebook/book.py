"""A gradebook: adding to it, and finding what it holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from grader.errors import UsageError
from grader.gradebook.attempts import Attempt, not_yet_noted, read_attempts
from grader.gradebook.file import in_words, look_at, opened_to_read, opened_to_write, patiently
from grader.gradebook.schema import MIGRATIONS, version_of
from grader.gradebook.writer import only_writer
from grader.model import LIMITS, Cell, Judgement, Student, Submission


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


class HandPoints(msgspec.Struct, frozen=True):
    """Points that a person gave for a criterion of theirs."""

    student: str
    exercise: str
    criterion: str
    points: float
    because: str
    made_at: str


class Gradebook:
    """An open gradebook. Each `add_...` is on disk when it returns. One process writes; others may read meanwhile."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    # ---- adding -------------------------------------------------------------------------------------------------------

    def add_submissions(self, submissions: list[Submission]) -> None:
        """Note what was handed in. The same again changes nothing, nor does a later download or copy of the same files."""
        with self._writing() as write:
            for s in not_yet_noted(write, submissions):
                write.execute("INSERT INTO files VALUES (?, ?) ON CONFLICT DO NOTHING", (s.sha256, _json(s.cells)))
                write.execute(
                    "INSERT INTO submissions (student, exercise, sha256, file, received_at, seen_at, marked_late, together)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    (s.student, s.exercise, s.sha256, s.file, s.received_at, s.seen_at, int(s.marked_late), _json(s.together)),
                )

    def add_students(self, students: list[Student]) -> None:
        """Note who is in the class. Who is known by the same words already is not noted again."""
        known = {student.id: student for student in self.students()}
        with self._writing() as write:
            for student in students:
                if known.get(student.id) != student:
                    write.execute(
                        "INSERT INTO students (student, name, email, section, noted_at) VALUES (?, ?, ?, ?, ?)",
                        (*msgspec.structs.astuple(student), _now()),
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

    def add_hand_points(self, given: list[tuple[str, str, str, float, str]]) -> None:
        """Add points for criteria that a person grades, all or none: student, exercise, criterion, points, because."""
        with self._writing() as write:
            write.executemany(
                "INSERT INTO hand_points (student, exercise, criterion, points, because, made_at) VALUES (?, ?, ?, ?, ?, ?)",
                [(*row, _now()) for row in given],
            )

    # ---- finding ------------------------------------------------------------------------------------------------------

    def attempts(self) -> list[Attempt]:
        """Return all that was handed in with the judgement that counts, by student, exercise and time."""
        return read_attempts(self._connection)

    def students(self) -> list[Student]:
        """Return the students that a roster or a learning system named, by id."""
        rows = self._connection.execute(
            "SELECT student, name, email, section FROM students"
            " WHERE id IN (SELECT MAX(id) FROM students GROUP BY student) ORDER BY student"
        )
        return [Student(*row) for row in rows]

    def cells(self, sha256: str) -> tuple[Cell, ...]:
        """Return what a file held. `KeyError` where it was never handed in."""
        row = self._connection.execute("SELECT cells FROM files WHERE sha256 = ?", (sha256,)).fetchone()
        if row is None:
            raise KeyError(sha256)
        return msgspec.json.decode(row[0], type=tuple[Cell, ...])

    def reusable_judgement(self, exercise: str, sha256: str, conditions: Conditions) -> int | None:
        """Return the number of a file's latest judgement, None where it may not be used again under these conditions.

        An earlier one under these conditions does not do: the latest is what a standing shows.
        """
        row = self._connection.execute(
            "SELECT id FROM judgements WHERE id = (SELECT MAX(id) FROM judgements WHERE exercise = ? AND sha256 = ?)"
            " AND suite_digest = ? AND seed = ? AND versions = ? AND walls = ? AND reusable",
            (
                exercise,
                sha256,
                conditions.suite_digest,
                conditions.seed,
                _json(conditions.versions),
                _json(conditions.walls),
            ),
        ).fetchone()
        if row is None or not reusable(self.judgement(int(row[0]))):  # what an older version wrote may have met a limit
            return None
        return int(row[0])

    def suites(self) -> dict[tuple[str, str], int]:
        """Return for each exercise and digest of a suite how many files have their latest judgement from it."""
        rows = self._connection.execute(
            "SELECT exercise, suite_digest, COUNT(*) FROM judgements"
            " WHERE id IN (SELECT MAX(id) FROM judgements GROUP BY exercise, sha256) GROUP BY exercise, suite_digest"
        )
        return {(exercise, digest): count for exercise, digest, count in rows}

    def judgement(self, number: int) -> Judgement:
        """Return a judgement whole. `KeyError` where there is none of this number."""
        row = self._connection.execute("SELECT judgement FROM judgements WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise KeyError(number)
        return msgspec.json.decode(row[0], type=Judgement)

    def adjustments(self) -> list[Adjustment]:
        """Return all corrections, in the order in which they were made."""
        rows = self._connection.execute("SELECT student, exercise, points, because, made_at FROM adjustments ORDER BY id")
        return [Adjustment(*row) for row in rows]

    def hand_points(self) -> list[HandPoints]:
        """Return all points that persons gave, in the order in which they gave them: the last of a criterion counts."""
        rows = self._connection.execute(
            "SELECT student, exercise, criterion, points, because, made_at FROM hand_points ORDER BY id"
        )
        return [HandPoints(*row) for row in rows]

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        patiently(lambda: self._connection.execute("BEGIN IMMEDIATE"))
        try:
            yield self._connection
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # SQLite itself takes it back where the disk is full
                self._connection.execute("ROLLBACK")
            raise


@contextmanager
def open_gradebook(path: Path, *, writing: bool = True) -> Iterator[Gradebook]:
    """Open a gradebook, or begin one. `UsageError` where it is something else, cannot be opened, or has a writer already.

    Within, too, a file that cannot be read or written is told as that: `MachineError` where it is locked or the disk is full.
    To read one, no right to write is needed, unless it is of an older version and must be brought up to this one first.
    """
    look_at(path)
    with in_words(path):
        if not writing:
            with closing(opened_to_read(path)) as connection:
                if version_of(connection) == len(MIGRATIONS):
                    yield Gradebook(connection)
                    return
        with only_writer(path), closing(opened_to_write(path)) as connection:
            yield Gradebook(connection)


def existing_gradebook(file: str) -> Path:
    """Return the path of a gradebook that is there. `UsageError` where it is not."""
    path = Path(file)
    if not path.is_file():
        raise UsageError(f"There is no gradebook {file}.", "`grade batch CLASS` makes one; --book names another.")
    return path


def reusable(judgement: Judgement) -> bool:
    """Whether a judgement may stand for another one: it has a score, and no limit of this machine was met."""
    met = any(check.verdict in LIMITS or check.verdict == "judge_error" for check in judgement.checks)
    return judgement.score is not None and not met and not _limited_while_loading(judgement)


def _limited_while_loading(judgement: Judgement) -> bool:
    """Whether reading or running the file met a limit. What an older version killed does not say by what: by one, mostly."""
    error = judgement.load_error
    unsaid = any(note.kind == "killed" and note.verdict is None for note in judgement.notes)
    stopped = {note.verdict for note in judgement.notes} | {error.verdict if error is not None else None}
    return unsaid or not stopped.isdisjoint(LIMITS)


def _json(value: object) -> str:
    return msgspec.json.encode(value, order="sorted").decode()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
