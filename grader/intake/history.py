"""The history of a clone that a stranger may have set up: when a file was committed, what a commit holds, where branches part.

Nothing of a clone is believed but its commits. Git is run on a view of it that has these and settings of ours: those of a
clone may name programs to run.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import msgspec

from grader.intake.handed_in import in_utc

_SECONDS = 20
_SETTINGS = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
_OPTIONS = (
    "--no-pager", "--literal-pathspecs", "--no-replace-objects", "-c", "safe.directory=*", "-c", "core.fsmonitor=",
    "-c", "core.hooksPath=/dev/null", "-c", "log.showSignature=false", "-c", "log.mailmap=false",
)  # fmt: skip
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class _Folders(msgspec.Struct, frozen=True):
    """Where a history lies: `own` has its HEAD, `shared` the rest; they differ in a work tree that was added to a clone."""

    own: Path
    shared: Path


class History:
    """The commits of a clone, seen through a folder of ours. What cannot be told is empty."""

    def __init__(self, git: Path, view: Path) -> None:
        self._git = shutil.which("git")
        self._view = view
        if self._git is not None and not self._set_up(git):
            self._git = None

    @property
    def readable(self) -> bool:
        """Whether there is a history here, and a git to read it with."""
        return self._git is not None

    def time_of(self, file: str = "") -> str:
        """Return when a file was last committed, or anything where none is named."""
        said = self._run("log", "-1", "--no-show-signature", "--format=%cI", "HEAD", "--", *([file] if file else []))
        try:
            return in_utc(datetime.fromisoformat(said.decode("ascii").strip()))
        except (ValueError, OverflowError):
            return ""

    def commit(self, name: str) -> str:
        """Return the commit that a name or a number means."""
        if not name or name.startswith("-"):
            return ""
        said = self._run("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").decode("ascii", "replace").strip()
        return said if _COMMIT.fullmatch(said) else ""

    def parting(self, commit: str, other: str) -> str:
        """Return the last commit that two have in common."""
        said = self._run("merge-base", commit, other).decode("ascii", "replace").strip()
        return said if _COMMIT.fullmatch(said) else ""

    def files(self, commit: str) -> dict[str, str]:
        """Return the digest of each file that a commit holds, by its name from the top; links and the like are left out."""
        found = {}
        for entry in self._run("ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0"):
            about, _, name = entry.partition(b"\t")
            mode, _, rest = about.partition(b" ")
            kind, _, digest = rest.partition(b" ")
            if kind == b"blob" and mode.startswith(b"100"):
                found[os.fsdecode(name)] = digest.decode("ascii", "replace")
        return found

    def _run(self, *words: str) -> bytes:
        if self._git is None:
            return b""
        command = [self._git, f"--git-dir={self._view}", *_OPTIONS, *words]
        try:
            return subprocess.run(
                command, cwd=self._view, env=_environment(self._view), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                stdout=subprocess.PIPE, timeout=_SECONDS, check=True,
            ).stdout  # fmt: skip
        except (subprocess.TimeoutExpired, OSError):
            self._git = None
            return b""
        except subprocess.CalledProcessError:
            return b""

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
