"""Clones of students' repositories: files as they lie in the work tree, with the time of the last commit that touched them.

Nothing of a clone is believed but its history. Git is run on a view of it that has its commits and settings of ours: those
of a clone may name programs to run.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from grader.intake.files import File, Skipped
from grader.intake.handed_in import HandedIn, in_utc
from grader.intake.names import composed, printable
from grader.locale import mark
from grader.model import Student

_SECONDS = 20
_SETTINGS = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
_OPTIONS = (
    "--no-pager", "--literal-pathspecs", "--no-replace-objects", "-c", "safe.directory=*", "-c", "core.fsmonitor=",
    "-c", "core.hooksPath=/dev/null", "-c", "log.showSignature=false", "-c", "log.mailmap=false",
)  # fmt: skip


def is_repositories(files: Sequence[File]) -> bool:
    """Whether these are the files of clones: most folders hold a history."""
    folders = {file.parts[0] for file in files if len(file.parts) > 1}
    return (len(_clones(files)) + len(_bare(files))) * 2 > len(folders)


def prefix_of(files: Sequence[File]) -> str:
    """Return what the names of all folders begin with, up to a dash: `ex03-` of `ex03-ada` and `ex03-bob`."""
    folders = {file.parts[0] for file in files if len(file.parts) > 1}
    shared = itertools.takewhile(
        lambda words: len(set(words)) == 1, zip(*(folder.split("-") for folder in folders), strict=False)
    )
    prefix = "".join(f"{words[0]}-" for words in shared) if len(folders) > 1 else ""
    return prefix if all(len(folder) > len(prefix) for folder in folders) else ""


def of_repositories(files: Sequence[File], scratch: Path) -> Iterator[HandedIn | Skipped]:
    """Yield what each file is. A clone is called as its student, but for what all are called."""
    prefix = prefix_of(files)
    histories = {folder: History(git, scratch / f"history-{i}") for i, (folder, git) in enumerate(_clones(files).items())}
    bare = _bare(files)
    for file in files:
        folder = file.parts[0]
        if file.name == f"{folder}/.git" and folder in histories:
            yield Skipped(file.shown, mark("it says when the files beside it were handed in"))
        elif folder in bare:
            if file.name == f"{folder}/HEAD":
                yield Skipped(printable(folder), mark("it is a bare repository: clone it with its files"))
        elif file.reason:
            yield file.skipped()
        elif len(file.parts) < 2:
            yield file.skipped(mark("it lies in no clone"))
        else:
            student = Student(composed(folder.removeprefix(prefix)))
            inside = "/".join(file.parts[1:])
            when = histories[folder].time_of(inside) if folder in histories else ""
            # The clone's own name may be what names the exercise.
            yield HandedIn(file, (student,), file.name, when or None)


def _clones(files: Sequence[File]) -> dict[str, Path]:
    return {file.parts[0]: file.path for file in files if len(file.parts) == 2 and file.parts[1] == ".git" and file.path}


def _bare(files: Sequence[File]) -> set[str]:
    """Return the folders that are a history and nothing else."""
    names = {file.name for file in files}
    tops = {file.parts[0] for file in files if len(file.parts) > 1}
    return {
        top
        for top in tops
        if {f"{top}/HEAD", f"{top}/config"} <= names and any(name.startswith(f"{top}/objects/") for name in names)
    }


class _Folders(msgspec.Struct, frozen=True):
    """Where a history lies: `own` has its HEAD, `shared` the rest; they differ in a work tree that was added to a clone."""

    own: Path
    shared: Path


class History:
    """The commits of a clone, seen through a folder of ours."""

    def __init__(self, git: Path, view: Path) -> None:
        self._git = shutil.which("git")
        self._view = view
        if self._git is not None and not self._set_up(git):
            self._git = None

    def time_of(self, file: str) -> str:
        """Return when a file was last committed, "" where that cannot be told."""
        if self._git is None:
            return ""
        command = [
            self._git,
            f"--git-dir={self._view}",
            *_OPTIONS,
            "log",
            "-1",
            "--no-show-signature",
            "--format=%cI",
            "--",
            file,
        ]
        try:
            run = subprocess.run(
                command, cwd=self._view, env=_environment(self._view), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                stdout=subprocess.PIPE, timeout=_SECONDS, check=True,
            )  # fmt: skip
            return in_utc(datetime.fromisoformat(run.stdout.decode("ascii").strip()))
        except (subprocess.TimeoutExpired, OSError):
            self._git = None
            return ""
        except (subprocess.CalledProcessError, ValueError, OverflowError):
            return ""

    def _set_up(self, git: Path) -> bool:
        try:
            folders = _found(git)
            self._view.mkdir()
            (self._view / "config").write_text(_SETTINGS, encoding="ascii")
            with (folders.own / "HEAD").open("rb") as head:
                (self._view / "HEAD").write_bytes(head.read(4096))
            for name in ("objects", "refs", "packed-refs", "shallow"):
                if (folders.shared / name).exists():
                    (self._view / name).symlink_to((folders.shared / name).resolve())
        except (OSError, ValueError):
            return False
        (self._view / "refs").mkdir(exist_ok=True)
        return (self._view / "objects").is_dir()


def _found(git: Path) -> _Folders:
    """Follow what `.git` is: a folder, or a file that names one. Raises `OSError` where it leads nowhere."""
    if not git.is_file():
        return _Folders(git, git)
    own = git.parent / git.read_text(encoding="utf-8")[:4096].removeprefix("gitdir:").strip()
    common = own / "commondir"
    return _Folders(own, own / common.read_text(encoding="utf-8")[:4096].strip() if common.is_file() else own)


def _environment(home: Path) -> dict[str, str]:
    """Return an environment in which git reads no settings but ours, asks nobody, and fetches nothing."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
    }
