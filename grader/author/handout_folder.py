"""A handout on disk: written once, updated later, and never on top of what is not its own.

A list of what was written, with digests, lies in it. What is not on the list, or was changed since, is somebody's work.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

import msgspec

from grader import __version__
from grader.author.handout_keep import Keep, digest
from grader.errors import UsageError

LIST = ".grade-handout.json"
SCHEMA = "grade/handout/v1"
NOT_LOOKED_AT = (".git", ".grade")  # a repository's own, and what `grade` keeps for a student
SHOWN = 5


class Written(msgspec.Struct, frozen=True):
    """What a handout wrote into a folder: the sha256 of each file, by its path."""

    schema: str
    grade: str
    files: dict[str, str]


class HandoutFolder:
    """The folder that a handout is written into."""

    def __init__(self, path: Path, keep: Keep | None = None) -> None:
        self._path = path
        self._keep = keep or Keep()
        self._before = self._read_list()

    def kept(self, files: Mapping[str, bytes]) -> list[str]:
        """Return the teacher's own files that may stay beside `files`. `UsageError` where one of them must not."""
        ours = {*files, *(self._before or {})}
        found = [name for name in self._present() if name not in ours and self._keep.names(name)]
        handed_out = {digest(data) for data in files.values()} if found else set()
        for name in found:
            self._keep.refuse_private(name, self._digest(name), handed_out)
        return found

    def refuse_strangers_work(self, files: Mapping[str, bytes]) -> None:
        """Raise `UsageError` where something lies in the folder that no handout wrote, or that was changed since."""
        known = self._before or {}
        kept = set(self.kept(files))
        strange = [p for p in self._present() if p not in known and p not in kept]
        if strange and self._before is None:
            raise UsageError(
                f"{self._path} holds something that `grade handout` did not write: {_few(strange)}.",
                "Name a new folder, or an empty one (a .git in it may stay).",
            )
        if strange:
            raise UsageError(
                f"{self._path} holds something that `grade handout` did not write: {_few(strange)}.",
                "Students would get it. Move it away, or let it stay: [handout] keep = [...] in solutions/course.toml.",
            )
        ours = [p for p in self._present() if p in known]
        changed = [p for p in ours if self._digest(p) not in (known[p], digest(files.get(p, b"")))]
        if changed:
            raise UsageError(
                f"{self._path}: changed since `grade handout` wrote it: {_few(changed)}.",
                "It would be overwritten. Move it away or remove it, then write the handout again.",
            )

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write the files, remove what an earlier handout wrote and this one does not have, and note it all."""
        self.refuse_strangers_work(files)
        try:
            for name, data in files.items():
                self._write_one(name, data)
            for name in sorted(set(self._before or {}) - set(files)):
                self._remove(name)
            written = Written(SCHEMA, __version__, {name: digest(data) for name, data in sorted(files.items())})
            self._write_one(LIST, msgspec.json.format(msgspec.json.encode(written), indent=1) + b"\n")
        except OSError as error:
            raise UsageError(f"{error.filename or self._path} cannot be written: {error.strerror}.") from None

    def _read_list(self) -> dict[str, str] | None:
        path = self._path / LIST
        if self._path.exists() and not self._path.is_dir():
            raise UsageError(f"{self._path} is a file; a handout is a folder.")
        if path.is_symlink() or not path.is_file():
            return None
        try:
            written = msgspec.json.decode(path.read_bytes(), type=Written)
        except msgspec.DecodeError as error:
            raise UsageError(f"{path} is damaged: {error}", "Write the handout into a new folder.") from None
        if written.schema != SCHEMA:
            raise UsageError(f"{path} was written by another version of grade.", "Write the handout into a new folder.")
        if any(PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts for name in written.files):
            raise UsageError(f"{path} is damaged: it names files elsewhere.", "Write the handout into a new folder.")
        return written.files

    def _present(self) -> Iterator[str]:
        """Yield the files, and links of any kind, that lie in the folder."""
        for folder, folders, names in os.walk(self._path):
            here = Path(folder)
            if here == self._path:
                folders[:] = [name for name in folders if name not in NOT_LOOKED_AT]
                names = [name for name in names if name not in (*NOT_LOOKED_AT, LIST)]
            folders[:] = [name for name in sorted(folders) if name != "__pycache__"]
            links = [name for name in folders if (here / name).is_symlink()]
            yield from ((here / name).relative_to(self._path).as_posix() for name in sorted([*names, *links]))

    def _digest(self, name: str) -> str:
        path = self._path / name
        return "" if path.is_symlink() or not path.is_file() else digest(path.read_bytes())

    def _write_one(self, name: str, data: bytes) -> None:
        path = self._path / PurePosixPath(name)
        if path.is_file() and path.read_bytes() == data:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.new")
        beside.write_bytes(data)
        os.replace(beside, path)

    def _remove(self, name: str) -> None:
        path = self._path / name
        path.unlink(missing_ok=True)
        for folder in path.parents:
            if folder == self._path or not folder.is_dir() or any(folder.iterdir()):
                break
            folder.rmdir()


def _few(names: list[str]) -> str:
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
