"""Known answers and what each must get: `expect.toml`."""

from __future__ import annotations

from typing import Literal

import msgspec

from grader.author.nulls import null_answers
from grader.course.exercise import Course
from grader.course.pack import Pack
from grader.course.paths import ExercisePaths
from grader.course.settings import read_toml
from grader.course.submission import read_submission
from grader.errors import CourseError
from grader.model import Submission

Kind = Literal["reference", "accepted", "wrong_answer", "hostile", "null"]


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one answer must get: the checks it fails, words of what it is told, and its points, exactly or within bounds."""

    fails: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    points: float | tuple[float, float] | None = None


class Expectations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`expect.toml`: by the names of the files; and, by the names of mutants, why they compute the same as the reference."""

    wrong_answer: dict[str, Expected] = {}
    hostile: dict[str, Expected] = {}
    equivalent: dict[str, str] = {}


class Known(msgspec.Struct, frozen=True):
    """One known answer."""

    kind: Kind
    name: str
    submission: Submission
    expected: Expected


def known_answers(course: Course, exercise: ExercisePaths, pack: Pack) -> list[Known]:
    """Return every known answer of an exercise. `CourseError` where files and `expect.toml` do not name the same."""
    expectations = read_toml(exercise.expectations, Expectations)
    reference = read_submission(exercise.reference, exercise.id, f"{exercise.short}.py")
    known = [Known("reference", "reference", reference, Expected())]
    for path in exercise.known("accepted"):
        known.append(Known("accepted", path.stem, read_submission(path, exercise.id, path.name), Expected()))
    tables: tuple[tuple[Kind, dict[str, Expected]], ...] = (
        ("wrong_answer", expectations.wrong_answer),
        ("hostile", expectations.hostile),
    )
    for kind, table in tables:
        files = {path.stem: path for path in exercise.known(kind)}
        if (odd := sorted(files.keys() ^ table.keys())) and not pack.config.draft:
            where = course.shown(exercise.expectations)
            raise CourseError(f"{where}: {kind}: {odd[0]}: a file without an entry, or an entry without a file.")
        for name, path in files.items():
            known.append(Known(kind, name, read_submission(path, exercise.id, path.name), table.get(name, Expected())))
    text = exercise.reference.read_text(encoding="utf-8")
    for name, source in null_answers(pack.starter, text).items():
        cell = msgspec.structs.replace(reference.cells[0], source=source)
        known.append(Known("null", name, msgspec.structs.replace(reference, cells=(cell,)), Expected()))
    return known
