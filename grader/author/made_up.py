"""A made-up class: students who answer well and badly, late, twice, together, in files that are broken, and not at all.

All of it is drawn from the known answers of a course, by a seed. The manifest says of each file what it is.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from grader.author.breakage import BREAKAGES
from grader.author.handing_in import MANIFEST, ROSTER, HandedIn, Handing, Layout, Made, Manifest, write_handed_in, write_roster
from grader.author.material import Answer, Material
from grader.author.noise import another
from grader.author.people import students as made_up_students
from grader.course.exercise import Course
from grader.course.paths import ExercisePaths
from grader.course.starter import notebook_of
from grader.errors import UsageError
from grader.model import Student

FIRST_DUE = datetime(2025, 3, 2, 22, tzinfo=UTC)


class Shares(msgspec.Struct, frozen=True):
    """Which part of all students' exercises goes which way. Of what is not 0, every class of some size has a few.

    `absent` and `stray` are parts of the students: who hands in nothing at all, and who leaves other things in the folder.
    """

    absent: float = 0.01
    missing: float = 0.04
    untouched: float = 0.015
    broken: float = 0.025
    hostile: float = 0.015
    duplicate: float = 0.02
    group: float = 0.03
    late: float = 0.08
    resubmitted: float = 0.08
    notebook: float = 0.12
    windows: float = 0.05
    stray: float = 0.08


def make_class(
    course: Course,
    folder: Path,
    students: int,
    exercises: Sequence[ExercisePaths],
    seed: int,
    *,
    layout: Layout = "folders",
    shares: Shares | None = None,
    due: dict[str, datetime] | None = None,
    avoid: frozenset[str] = frozenset(),
) -> Manifest:
    """Write a class into `folder`: what was handed in, and beside it a roster and a manifest.

    Exercises without a due date are due a week after one another. `UsageError` where there is no `solutions/`.
    """
    if not course.paths.has_solutions:
        raise UsageError(
            "A class can be made up only where solutions/ is.", "It is made from the known answers that lie there."
        )
    rng = random.Random(seed)
    materials = [Material.of(course, exercise, avoid) for exercise in exercises]
    given = due or {}
    dates = {m.exercise.id: given.get(m.exercise.id, FIRST_DUE + timedelta(weeks=n)) for n, m in enumerate(materials)}
    people = made_up_students(students, rng)
    shares = shares or Shares()
    files = list(_Class(rng, people, materials, dates, shares).hand_in())
    handing = Handing(people, files, dates, shares.stray, rng)
    folder.mkdir(parents=True, exist_ok=True)
    top, made = write_handed_in(layout, folder, handing)
    in_order = tuple(sorted(made, key=lambda file: (file.path, file.student)))
    manifest = Manifest(seed, layout, top, tuple(people), dates, in_order, handing.known_as(layout))
    write_roster(folder / ROSTER, people)
    (folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a class that was made up."""
    return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)


class _Class:
    """Who hands in what, and when: each cell of student by exercise goes one way, and in it several things may happen."""

    def __init__(
        self,
        rng: random.Random,
        people: Sequence[Student],
        materials: Sequence[Material],
        due: dict[str, datetime],
        shares: Shares,
    ) -> None:
        self._rng = rng
        self._materials = {material.exercise.id: material for material in materials}
        self._due = due
        self._shares = shares
        self._ability = {person.id: rng.gauss(0.4, 1.0) for person in people}
        self._difficulty = {e: 0.15 * n + rng.gauss(-0.4, 0.35) for n, e in enumerate(self._materials)}
        self._popular = {e: self._mistakes(m) for e, m in self._materials.items()}
        self._cells = [(person.id, exercise) for person in people for exercise in self._materials]
        self._written: dict[tuple[str, str], HandedIn] = {}
        self._head: dict[tuple[str, str], tuple[str, str]] = {}  # of a group's cells: the cell of the one who hands in
        self._seen: set[str] = set()
        self._breakages = 0

    def hand_in(self) -> Iterator[HandedIn]:
        """Yield all that is handed in, in the order of students and exercises, earlier attempts before later ones."""
        ways = self._ways()
        resubmitted = set(self._some(self._shares.resubmitted))
        for cell in self._cells:
            if ways[cell] not in ("duplicate", "missing") and self._head.get(cell, cell) == cell:
                self._written[cell] = self._one(*cell, ways[cell])
        for cell in self._cells:
            if ways[cell] == "group":
                self._join(cell)
            elif ways[cell] == "duplicate":
                self._written[cell] = self._copied(*cell, ways)
        for cell in self._cells:
            if (last := self._written.get(cell)) is None:
                continue
            if cell in resubmitted and last.kind in ("answer", "broken", "hostile"):
                yield self._earlier(last)
            yield last

    # ---- which way -----------------------------------------------------------------------------------------------------

    def _ways(self) -> dict[tuple[str, str], str]:
        ways = dict.fromkeys(self._cells, "answer")
        people = list(self._ability)
        absent = self._rng.sample(people, round(self._shares.absent * len(people) + 0.49) if len(people) >= 10 else 0)
        ways |= {cell: "missing" for cell in self._cells if cell[0] in absent}
        free = [cell for cell in self._rng.sample(self._cells, len(self._cells)) if ways[cell] == "answer"]
        for _ in range(self._quota(self._shares.group) // 2):
            self._group(free, ways)
        for way in ("missing", "untouched", "broken", "hostile", "duplicate"):
            for _ in range(min(self._quota(getattr(self._shares, way)), len(free))):
                ways[free.pop()] = way
        return ways

    def _group(self, free: list[tuple[str, str]], ways: dict[tuple[str, str], str]) -> None:
        """Let two or three who have not been given a way work together on an exercise; the first of them hands in."""
        if not free:
            return
        head = free.pop()
        others = [cell for cell in free if cell[1] == head[1]][: 2 if self._rng.random() < 0.3 else 1]
        for cell in [head, *others] if others else []:
            ways[cell], self._head[cell] = "group", head
        free[:] = [cell for cell in free if cell not in others]

    def _quota(self, share: float) -> int:
        least = 2 if share and len(self._cells) >= 40 else 0
        return max(least, round(share * len(self._cells)))

    def _some(self, share: float) -> list[tuple[str, str]]:
        return self._rng.sample(self._cells, min(len(self._cells), self._quota(share)))

    # ---- one file ------------------------------------------------------------------------------------------------------

    def _one(self, student: str, exercise: str, way: str) -> HandedIn:
        rng, material = self._rng, self._materials[exercise]
        when = self._when(exercise, late=rng.random() < self._shares.late)
        if way == "untouched":
            return HandedIn(
                student, exercise, f"{material.exercise.short}.py", material.starter.encode(), when, "untouched", "starter"
            )
        answer = self._answer(student, exercise, way)
        if way == "broken":
            breakage = BREAKAGES[self._breakages % len(BREAKAGES)]
            self._breakages += 1
            suffix, data = breakage.make(another(answer.text, rng, material.words), rng)
            name, source = f"{material.exercise.short}{suffix}", f"{breakage.name}:{answer.source}"
            return HandedIn(student, exercise, name, data, when, "broken", source, read=breakage.read)
        suffix, data = self._file(answer, material)
        kind = "hostile" if answer.kind == "hostile" else "answer"
        return HandedIn(student, exercise, f"{material.exercise.short}{suffix}", data, when, kind, answer.source)

    def _answer(self, student: str, exercise: str, way: str) -> Answer:
        rng, material = self._rng, self._materials[exercise]
        if way == "hostile" and material.hostile:
            return rng.choice(material.hostile)
        right = 1 / (1 + math.exp(-1.6 * (self._ability[student] - self._difficulty[exercise])))
        if rng.random() < right or not material.wrong:
            return rng.choice(material.right)
        answers, weights = self._popular[exercise]
        ability = self._ability[student]
        bent = [
            weight * math.exp(-0.25 * max(ability, -1.0) * answer.fails)
            for answer, weight in zip(answers, weights, strict=True)
        ]
        return rng.choices(answers, bent)[0]

    def _mistakes(self, material: Material) -> tuple[list[Answer], list[float]]:
        """Return the wrong answers, some of them much more common than others."""
        answers = self._rng.sample(material.wrong, len(material.wrong))
        return answers, [1 / (rank + 2) for rank in range(len(answers))]

    def _file(self, answer: Answer, material: Material) -> tuple[str, bytes]:
        """Return a file with this answer that nobody has handed in before: its suffix, and its bytes."""
        rng = self._rng
        while True:
            text = another(answer.text, rng, material.words, gently=answer.kind == "hostile")
            if rng.random() < self._shares.notebook and answer.kind != "hostile" and _fits_a_notebook(text):
                suffix, data = ".ipynb", notebook_of(text).encode()
            else:
                suffix, data = ".py", text.encode()
                if rng.random() < self._shares.windows:
                    data = b"\xef\xbb\xbf" * rng.randint(0, 1) + data.replace(b"\n", b"\r\n")
            digest = hashlib.sha256(data).hexdigest()
            if digest not in self._seen:
                self._seen.add(digest)
                return suffix, data

    def _copied(self, student: str, exercise: str, ways: dict[tuple[str, str], str]) -> HandedIn:
        """Return the very file of another student."""
        others = [cell for cell in self._cells if cell[1] == exercise and ways[cell] == "answer" and cell[0] != student]
        if not others:
            return self._one(student, exercise, "answer")
        model = self._written[self._rng.choice(others)]
        later = model.when + timedelta(minutes=2 * self._rng.randint(5, 200))
        source = f"{model.source} of {model.student}"
        return msgspec.structs.replace(model, student=student, when=later, kind="duplicate", source=source)

    def _join(self, cell: tuple[str, str]) -> None:
        head = self._head[cell]
        members = tuple(sorted(student for (student, _), other in self._head.items() if other == head))
        self._written[cell] = msgspec.structs.replace(self._written[head], student=cell[0], kind="group", together=members)

    def _earlier(self, last: HandedIn) -> HandedIn:
        """Return what someone had handed in before: an answer that is seldom better."""
        material = self._materials[last.exercise]
        answer = self._rng.choice(material.wrong if material.wrong and self._rng.random() < 0.8 else material.right)
        suffix, data = self._file(answer, material)
        when = last.when - timedelta(hours=self._rng.randint(2, 60))
        return HandedIn(
            last.student,
            last.exercise,
            f"{material.exercise.short}{suffix}",
            data,
            when,
            "answer",
            answer.source,
            counts=False,
        )

    def _when(self, exercise: str, *, late: bool) -> datetime:
        """Return when: in the last days before the due date, most in the last evening; or within three days after it."""
        rng = self._rng
        hours = -rng.uniform(0.2, 70) if late else min(rng.expovariate(1 / 20), 140) + 0.02
        when = self._due[exercise] - timedelta(hours=hours)
        return when.replace(microsecond=0, second=when.second // 2 * 2)  # zip keeps every second second


def _fits_a_notebook(text: str) -> bool:
    return "__name__" not in text and "__file__" not in text and "__future__" not in text


__all__ = ["Layout", "Made", "Manifest", "Shares", "make_class", "read_manifest"]
