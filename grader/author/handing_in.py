"""A made-up class as it reaches a teacher: folders of students, an archive, or what a learning system exports."""

from __future__ import annotations

import csv
import hashlib
import os
import random
import re
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from grader.errors import MachineError
from grader.model import Student
from grader.package import how_to_get

MANIFEST, ROSTER, HANDED_IN = "manifest.json", "roster.csv", "handed_in"
Layout = Literal["folders", "zip", "nbgrader", "canvas", "moodle", "gradescope"]


class HandedIn(msgspec.Struct, frozen=True):
    """One file of one student. Of several to one exercise, the one that `counts` is the last."""

    student: str
    exercise: str
    name: str
    data: bytes
    when: datetime
    kind: str
    source: str
    read: bool = True
    counts: bool = True
    together: tuple[str, ...] = ()


class Made(msgspec.Struct, frozen=True):
    """A file of a made-up class: where it lies below what was handed in, whose it is, and what it is.

    `kind` is answer, hostile, broken, untouched, duplicate, group, stray, or metadata (of a learning system's own). `read`
    says whether it should be read as a submission; `source` names the known answer that it was made from.
    """

    path: str
    sha256: str
    kind: str
    student: str = ""
    exercise: str = ""
    source: str = ""
    handed_in: str = ""
    read: bool = False
    counts: bool = False
    late: bool = False
    together: tuple[str, ...] = ()


class Manifest(msgspec.Struct, frozen=True):
    """What a made-up class holds. `top` is the folder or archive, beside the manifest, that a grader is given.

    `known_as` says what the names of a learning system's export call a student, where that is not the id.
    """

    seed: int
    layout: Layout
    top: str
    students: tuple[Student, ...]
    due: dict[str, datetime]
    files: tuple[Made, ...]
    known_as: dict[str, str] = {}

    @property
    def sources(self) -> tuple[str, ...]:
        """What a grader is given, below the manifest's folder: `top`, or each export in it."""
        exports = (
            {f"{self.top}/{file.path.partition('/')[0]}" for file in self.files} if self.layout == "gradescope" else {self.top}
        )
        return tuple(sorted(exports))


class _Writer:
    """Writes files below a folder, with their times, and notes what each is."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.made: list[Made] = []

    def put(self, path: str, file: HandedIn, due: dict[str, datetime]) -> None:
        """Write what a student handed in."""
        self._write(path, file.data, file.when)
        self.made.append(
            Made(
                path,
                hashlib.sha256(file.data).hexdigest(),
                file.kind,
                file.student,
                file.exercise,
                file.source,
                file.when.isoformat(),
                file.read and file.kind != "untouched",
                file.counts,
                file.when > due[file.exercise],
                file.together,
            )
        )

    def stray(self, path: str, data: bytes, when: datetime, kind: str = "stray") -> None:
        """Write what is no submission."""
        self._write(path, data, when)
        self.made.append(Made(path, hashlib.sha256(data).hexdigest(), kind, handed_in=when.isoformat()))

    def _write(self, path: str, data: bytes, when: datetime) -> None:
        target = self.top / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        os.utime(target, (when.timestamp(), when.timestamp()))


class Handing(msgspec.Struct, frozen=True):
    """All that a layout is written from: the students, their files, when they were due, and how often strays lie about."""

    students: Sequence[Student]
    files: Sequence[HandedIn]
    due: dict[str, datetime]
    strays: float
    rng: random.Random

    def known_as(self, layout: Layout) -> dict[str, str]:
        """Return the numbers by which a learning system files its students, where it does."""
        return {s.id: str(number) for number, s in enumerate(self.students, 1001)} if layout in ("canvas", "moodle") else {}

    def name_of(self, student: str) -> str:
        """Return a student's name."""
        return next(s.name for s in self.students if s.id == student)


def write_handed_in(layout: Layout, folder: Path, handing: Handing) -> tuple[str, list[Made]]:
    """Write what was handed in below `folder`; return the name of its folder or archive, and what was written."""
    if layout == "zip":
        with tempfile.TemporaryDirectory(prefix="grade-made-up-") as top:
            made = _folders(_Writer(Path(top)), handing)
            _pack(Path(top), folder / f"{HANDED_IN}.zip")
        return f"{HANDED_IN}.zip", made
    write = {"folders": _folders, "nbgrader": _nbgrader, "canvas": _canvas, "moodle": _moodle, "gradescope": _gradescope}[
        layout
    ]
    return HANDED_IN, write(_Writer(folder / HANDED_IN), handing)


def write_roster(path: Path, students: Sequence[Student]) -> None:
    """Write the class's roster as `grade batch --roster` reads it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("id", "name", "email", "section"))
        rows.writerows((s.id, s.name, s.email, s.section) for s in students)


def _folders(writer: _Writer, handing: Handing) -> list[Made]:
    """A folder for each student, who each have a way of their own to lay out files; some leave other things there."""
    ways = ("{student}/{name}", "{student}/{short}/{name}", "{student}/exercises/{exercise}/{name}")
    way = {student.id: handing.rng.choices(ways, (5, 2, 1))[0] for student in handing.students}
    for file in handing.files:
        short = file.exercise.partition("_")[0]
        stem, _, suffix = file.name.rpartition(".")
        name = file.name if file.counts else f"{stem}_old.{suffix}"
        path = way[file.student].format(student=file.student, short=short, exercise=file.exercise, name=name)
        writer.put(path, file, handing.due)
    writer.stray("READ ME FIRST.txt", b"All that was handed in.\n", max(f.when for f in handing.files))
    for student in handing.students:
        if handing.rng.random() < handing.strays:
            _leave_something(writer, student.id, handing)
    return writer.made


def _leave_something(writer: _Writer, student: str, handing: Handing) -> None:
    rng, when = handing.rng, handing.rng.choice(handing.files).when
    name, data = rng.choice(
        [
            ("notes.txt", "还没做完\n".encode()),
            (".DS_Store", b"\0\0\0\1Bud1" + rng.randbytes(60)),
            ("__pycache__/ex01.cpython-311.pyc", rng.randbytes(200)),
            ("plot.png", b"\x89PNG\r\n" + rng.randbytes(300)),
            ("homework final (2).py", b"print('hello')\n"),
            ("Thumbs.db", rng.randbytes(100)),
        ]
    )
    writer.stray(f"{student}/{name}", data, when)


def _nbgrader(writer: _Writer, handing: Handing) -> list[Made]:
    """What nbgrader collects: the last attempt alone, with its time beside it."""
    for file in handing.files:
        if file.counts:
            folder = f"submitted/{file.student}/{file.exercise}"
            writer.put(f"{folder}/{file.name}", file, handing.due)
            writer.stray(f"{folder}/timestamp.txt", f"{file.when:%Y-%m-%d %H:%M:%S.%f} UTC\n".encode(), file.when, "metadata")
    return writer.made


def _canvas(writer: _Writer, handing: Handing) -> list[Made]:
    """A bulk download: all files in one folder, whose and when in their names, the last attempt alone."""
    numbers = handing.known_as("canvas")
    for attachment, file in enumerate(handing.files, 50001):
        if file.counts:
            first, _, last = handing.name_of(file.student).rpartition(" ")
            name = re.sub(r"\W|_", "", f"{last}{first}".lower())
            late = "LATE_" if file.when > handing.due[file.exercise] else ""
            writer.put(f"{name}_{late}{numbers[file.student]}_{attachment}_{file.name}", file, handing.due)
    return writer.made


def _moodle(writer: _Writer, handing: Handing) -> list[Made]:
    """A bulk download in folders, the last attempt alone."""
    numbers = handing.known_as("moodle")
    for file in handing.files:
        if file.counts:
            name = handing.name_of(file.student).replace("_", " ")
            writer.put(f"{name}_{numbers[file.student]}_assignsubmission_file/{file.name}", file, handing.due)
    return writer.made


def _gradescope(writer: _Writer, handing: Handing) -> list[Made]:
    """An export for each exercise: a folder for each submission, one for a whole group, and who handed them in."""
    for number, exercise in enumerate(sorted({file.exercise for file in handing.files}), 4711):
        top = f"assignment_{number}_export"
        submissions: dict[str, Any] = {}
        folders: dict[tuple[str, ...], str] = {}
        for count, file in enumerate(
            (f for f in handing.files if f.exercise == exercise and f.counts), 100_000 * (number - 4700)
        ):
            members = file.together or (file.student,)
            if members not in folders:
                folders[members] = f"submission_{count}"
                people = [s for s in handing.students if s.id in members]
                submissions[folders[members]] = {
                    ":submitters": [{":name": s.name, ":sid": s.id, ":email": s.email} for s in people],
                    ":created_at": file.when,
                    ":score": 0.0,
                    ":status": "processed",
                    ":results": {"tests": []},
                    ":history": [],
                }
            writer.put(f"{top}/{folders[members]}/{file.name}", file, handing.due)
        metadata = _yaml(submissions).encode()
        writer.stray(f"{top}/submission_metadata.yml", metadata, max(f.when for f in handing.files), "metadata")
    return writer.made


def _yaml(value: Any) -> str:
    try:
        import yaml
    except ImportError:
        raise MachineError("Gradescope's exports are written in YAML, and PyYAML is missing.", how_to_get("teacher")) from None
    return str(yaml.safe_dump(value, allow_unicode=True, sort_keys=False))


def _pack(top: Path, archive: Path) -> None:
    """Pack a folder, each file with its time."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in _files_below(top):
            packed.write(path, path.relative_to(top).as_posix())


def _files_below(top: Path) -> Iterator[Path]:
    yield from sorted(path for path in top.rglob("*") if path.is_file())
