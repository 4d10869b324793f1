"""What of a teacher's own may stay in a handout's folder: what `solutions/course.toml` names, and nothing of `solutions/`."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from fnmatch import fnmatchcase

import msgspec

from grader.course.exercise import Course
from grader.errors import CourseError, UsageError


class Keep(msgspec.Struct, frozen=True):
    """Patterns of names, and what must not stay whatever it is called: a name by the sha256 of its content."""

    patterns: tuple[str, ...] = ()
    private: dict[str, str] = {}

    @classmethod
    def of(cls, course: Course) -> Keep:
        """Read the patterns; `CourseError` where one is no path in a handout."""
        patterns = course.private().handout.keep
        where = f"{course.shown(course.paths.private_file)}: handout.keep"
        for pattern in patterns:
            parts = pattern.split("/")
            if not all(parts) or {".", ".."} & set(parts) or "**" in parts[:-1] or parts == ["**"]:
                raise CourseError(
                    f"{where}: {pattern!r} names no file of a handout.",
                    'Write "LICENSE", "notes/*.pdf" (`*` stands within a name), or "data/**" for all that lies below data.',
                )
        files = [path for path in sorted(course.paths.private_file.parent.rglob("*")) if patterns and path.is_file()]
        return cls(patterns, {digest(path.read_bytes()): course.shown(path) for path in files if path.stat().st_size})

    def names(self, name: str) -> bool:
        """Whether a pattern names this file."""
        return any(_fits(name.split("/"), pattern.split("/")) for pattern in self.patterns)

    def refuse_private(self, name: str, sha256: str, handed_out: Collection[str]) -> None:
        """Raise `UsageError` where a file is one of `solutions/`, by its place or by what it holds, or no file at all.

        `handed_out` are the sha256 of what students get anyway.
        """
        if not sha256:
            raise UsageError(f"{name} is a link: a handout holds files.", "Put the file itself there.")
        if name.split("/")[0].lower() == "solutions":
            raise UsageError(f"{name}: nothing called solutions/ stays in a handout.", "Move it away.")
        if sha256 in self.private and sha256 not in handed_out:
            raise UsageError(f"{name} is {self.private[sha256]}: students must not get it.", "Move it away.")


def digest(data: bytes) -> str:
    """Return the sha256 of a file's content."""
    return hashlib.sha256(data).hexdigest()


def _fits(parts: list[str], wanted: list[str]) -> bool:
    if wanted[-1] == "**":
        wanted = wanted[:-1]
        parts = parts[: len(wanted)] if len(parts) > len(wanted) else []
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))
