"""The files of a source, each with its name there and the reason not to read it, where there is one.

Whose a file is, is read from its name alone: this list is all that the readers of learning systems' layouts are given.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import msgspec

from grader.intake.names import printable
from grader.locale import filled, mark

NEVER_READ = (".git", "__pycache__", ".ipynb_checkpoints", ".venv", "venv", "node_modules", "__MACOSX")
SUFFIXES = (".py", ".ipynb")
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
OTHER_ARCHIVES = (".7z", ".rar", ".gz", ".bz2", ".xz", ".zst")
TELLING = ("timestamp.txt", "submission_metadata.yml")
UNREAD = mark("a folder of this name is not read")
LINK = mark("it is a link")
IRREGULAR = mark("it is no regular file")
LARGE = mark("it is larger than {most} MiB")
UNREADABLE = mark("it cannot be read: {why}")


class Skipped(msgspec.Struct, frozen=True):
    """A file, or a whole folder, that is no submission, and why: a marked sentence, which `retold` says."""

    file: str
    reason: str


class File(msgspec.Struct, frozen=True):
    """A file of a source, or a folder that is not read.

    `name` is its path in the source, the same wherever that was unpacked. `path` is where its bytes are, None where
    they are not to be had. `reason` says why it is no submission, "" where it may be one. `packed` is the folder that stands
    for the archive it came out of, and `archive` is the name of that, both "" where it lay open in the source.
    """

    name: str
    path: Path | None = None
    reason: str = ""
    packed: str = ""
    archive: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """The folders on the way to it, and what it is called there."""
        return PurePosixPath(self.name).parts or (self.name,)

    @property
    def shown(self) -> str:
        """Its name for people."""
        return printable(self.name)

    def skipped(self, reason: str = "") -> Skipped:
        """Return it as one that is not read."""
        return Skipped(self.shown, self.reason or reason)

    def below(self, folder: str) -> File:
        """Return it as it is named from a folder that holds it."""
        name, packed, archive = (name.removeprefix(f"{folder}/") for name in (self.name, self.packed, self.archive))
        return msgspec.structs.replace(self, name=name, packed=packed, archive=archive)


def walk(folder: Path) -> Iterator[File]:
    """Yield each file below a folder; links are not followed, and folders that are not read come as one."""
    failed: list[OSError] = []
    for here, folders, files in os.walk(folder, onerror=failed.append):
        top = Path(here).relative_to(folder)
        for name in folders:
            if Path(here, name).is_symlink():
                yield File((top / name).as_posix(), None, LINK)
            elif name in NEVER_READ:
                yield File((top / name).as_posix(), Path(here, name), UNREAD)
        folders[:] = sorted(name for name in folders if name not in NEVER_READ and not Path(here, name).is_symlink())
        for name in files:
            path = Path(here, name)
            if path.is_symlink() or not path.is_file():
                yield File((top / name).as_posix(), None, LINK if path.is_symlink() else IRREGULAR)
            else:
                yield File((top / name).as_posix(), path, why_not(name))
        for error in failed:
            shown = Path(str(error.filename)).relative_to(folder).as_posix()
            yield File(shown, None, filled(UNREADABLE, why=error.strerror))
        failed.clear()
    for error in failed:
        shown = Path(str(error.filename)).relative_to(folder).as_posix()
        yield File(shown, None, filled(UNREADABLE, why=error.strerror))


def why_not(name: str) -> str:
    """Return why a file of this name is no submission, "" where it may be one, or hold some."""
    base = name.rpartition("/")[2].lower()
    if base.startswith("."):
        return mark("its name begins with a dot")
    if base.endswith((*SUFFIXES, *ARCHIVES)):
        return ""
    if base.endswith(OTHER_ARCHIVES):
        return mark("it is packed, and neither a zip nor a tar")
    return mark("it is neither a .py nor an .ipynb file")


def is_archive(name: str) -> bool:
    """Whether a file's name says that others are packed in it."""
    return name.lower().endswith(ARCHIVES)


def unpacked_name(name: str) -> str:
    """Return what an archive's folder is called: its name without what says how it is packed."""
    suffix = max((s for s in ARCHIVES if name.lower().endswith(s)), key=len, default="")
    return name[: len(name) - len(suffix)] if suffix else name
