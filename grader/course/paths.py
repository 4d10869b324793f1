"""Where things lie in a course. No other file knows the name of a folder or of a file in one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError

_FOLDER = re.compile(r"^(ex\d+)(?:_\w+)?$")


@dataclass(frozen=True)
class CoursePaths:
    """The folders of one course. In a `received` copy, one that students may write into, a `solutions/` is not believed."""

    root: Path
    received: bool = False

    @property
    def course_file(self) -> Path:
        """The course's own settings."""
        return self.root / "exercises" / "course.toml"

    @property
    def pack_file(self) -> Path:
        """The pack that a handout carries in place of `solutions/`."""
        return self.root / "exercises" / "course.pack"

    @property
    def private_file(self) -> Path:
        """The half of the course's settings that names students."""
        return self.root / "solutions" / "course.toml"

    @property
    def proven_file(self) -> Path:
        """Digests of the suites that `grade verify` has passed."""
        return self.root / "solutions" / "proven.json"

    @property
    def progress_file(self) -> Path:
        """What this student has reached: local, safe to delete, no score is read from it."""
        return self.root / ".grade" / "progress.json"

    def seeds_file(self, short: str) -> Path:
        """How many seeds the right answers of an exercise have passed: local, safe to delete."""
        return self.root / ".grade" / f"seeds-{short}.json"

    @property
    def has_solutions(self) -> bool:
        """Whether this is a teacher's copy. A handout is none, whatever a student calls a folder of their own."""
        return not self.received and (self.root / "solutions").is_dir() and not self.pack_file.exists()

    def exercise_folders(self) -> list[Path]:
        """The exercises' public folders, in order."""
        found = (self.root / "exercises").iterdir()
        return sorted(folder for folder in found if folder.is_dir() and _FOLDER.match(folder.name))

    def exercise(self, folder: str) -> ExercisePaths:
        """The files of one exercise."""
        return ExercisePaths(self.root / "exercises" / folder, self.root / "solutions" / folder)


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
    match = _FOLDER.match(folder)
    return match[1] if match else folder


def find_course(start: Path) -> CoursePaths:
    """Return the course that `start` lies in; `UsageError` where there is none."""
    for folder in [start, *start.parents]:
        if (folder / "exercises" / "course.toml").is_file():
            return CoursePaths(folder)
    raise UsageError(
        f"There is no course here: no folder above {start} holds exercises/course.toml.",
        "Change into the folder of your course and try again.",
    )
