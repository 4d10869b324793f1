"""Where things lie in a course. No other file knows the name of a folder or of a file in one."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError

PUBLIC, PRIVATE = "exercises", "solutions"
_FOLDER = re.compile(r"(ex\d+)(?:_\w+)?")


@dataclass(frozen=True)
class CoursePaths:
    """The folders of one course. In a `received` copy, one that students may write into, a `solutions/` is not believed."""

    root: Path
    received: bool = False

    @property
    def course_file(self) -> Path:
        """The course's own settings."""
        return self.root / PUBLIC / "course.toml"

    @property
    def pack_file(self) -> Path:
        """The pack that a handout carries in place of `solutions/`."""
        return self.root / PUBLIC / "course.pack"

    @property
    def private_file(self) -> Path:
        """The half of the course's settings that names students."""
        return self.root / PRIVATE / "course.toml"

    @property
    def proven_file(self) -> Path:
        """Digests of the suites that `grade verify` has passed."""
        return self.root / PRIVATE / "proven.json"

    @property
    def progress_file(self) -> Path:
        """What this student has reached: local, safe to delete, no score is read from it."""
        return self.root / ".grade" / "progress.json"

    def seeds_file(self, short: str) -> Path:
        """How many seeds the right answers of an exercise have passed: local, safe to delete."""
        return self.root / ".grade" / f"seeds-{short}.json"

    @property
    def packed(self) -> bool:
        """Whether the course is what its pack says: the folders of a handout are a student's, who may change them."""
        return self.received or os.path.lexists(self.pack_file)

    @property
    def has_solutions(self) -> bool:
        """Whether this is a teacher's copy. A handout is none, whatever a student calls a folder of their own."""
        return not self.packed and (self.root / PRIVATE).is_dir()

    def exercise_folders(self) -> list[Path]:
        """The public folders that are called as exercises are, in order."""
        public = self.root / PUBLIC
        found = public.iterdir() if public.is_dir() else ()
        return sorted(folder for folder in found if is_exercise(folder.name) and folder.is_dir())

    def exercise(self, folder: str) -> ExercisePaths:
        """The files of one exercise."""
        return ExercisePaths(self.root / PUBLIC / folder, self.root / PRIVATE / folder)


@dataclass(frozen=True)
class ExercisePaths:
    """The files of one exercise: the public folder, and the private one where it is here."""

    public: Path
    private: Path

    @property
    def id(self) -> str:
        """The folder's name: `ex03_stateless_layer`."""
        return self.public.name

    @property
    def short(self) -> str:
        """What people call it: `ex03`."""
        return short_name(self.public.name)

    @property
    def number(self) -> int:
        """The number that its name holds."""
        return int(self.short.removeprefix("ex"))

    @property
    def config(self) -> Path:
        """Title, criteria, names, limits, hints."""
        return self.public / "exercise.toml"

    @property
    def script(self) -> Path:
        """The starter that students fill in."""
        return self.public / f"{self.short}.py"

    @property
    def notebook(self) -> Path:
        """The same as a notebook."""
        return self.public / f"{self.short}.ipynb"

    @property
    def visible_suite(self) -> Path:
        """The checks that students may read."""
        return self.public / "test_visible.py"

    @property
    def hidden_suite(self) -> Path:
        """The checks that students never get to read."""
        return self.private / "test_hidden.py"

    @property
    def props(self) -> list[Path]:
        """Helper modules that enter the worker: public ones, then private ones."""
        return [self.public / "props.py", self.private / "props.py"]

    @property
    def messages(self) -> list[Path]:
        """The Chinese of titles, hints and diagnoses."""
        return [self.public / "messages.zh.toml", self.private / "messages.zh.toml"]

    @property
    def handed_out(self) -> list[Path]:
        """What students get as it stands, where it is there; their starters are made anew."""
        named = ("README.md", "README.zh.md")
        return [*(self.public / name for name in named), self.config, self.visible_suite, self.props[0], self.messages[0]]

    @property
    def reference(self) -> Path:
        """The reference answer: the single source of the starter."""
        return self.private / "reference.py"

    @property
    def expectations(self) -> Path:
        """What each known answer must get."""
        return self.private / "expect.toml"

    def known(self, kind: str) -> list[Path]:
        """The known answers of a kind: `accepted`, `wrong_answer`, `hostile`."""
        folder = self.private / kind
        return sorted([*folder.glob("*.py"), *folder.glob("*.ipynb")]) if folder.is_dir() else []


def short_name(folder: str) -> str:
    """Return `ex03` for `ex03_stateless_layer`."""
    match = _FOLDER.fullmatch(folder)
    return match[1] if match else folder


def is_exercise(folder: str) -> bool:
    """Whether a folder is called as exercises are: `ex03`, `ex03_stateless_layer`."""
    return _FOLDER.fullmatch(folder) is not None


def shown(path: Path) -> str:
    """Return a file of a course as people write it: from the folder that holds `exercises/` and `solutions/`."""
    above = next((folder for folder in path.parents if folder.name in (PUBLIC, PRIVATE)), None)
    return str(path) if above is None else path.relative_to(above.parent).as_posix()


def find_course(start: Path) -> CoursePaths:
    """Return the course that `start` lies in; `UsageError` where there is none."""
    for folder in [start, *start.parents]:
        paths = CoursePaths(folder)
        if os.path.lexists(paths.course_file) or paths.packed:
            return paths
    raise UsageError(
        f"There is no course here: no folder above {start} holds exercises/course.toml.",
        "Change into the folder of your course and try again.",
    )
