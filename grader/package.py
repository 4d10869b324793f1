"""The grader as a package: what pip calls it, where its own repository lies, and how to get a library that it lacks.

Its command is `grade`. The package must not be: on the public index somebody else's package has that name.
"""

from __future__ import annotations

import shlex
import tomllib
from pathlib import Path

import grader

NAME = "grade-torch"
WHEELS = "wheels"  # where a handout carries it


def repository() -> Path | None:
    """Return the repository that this grader runs from; None where it was installed as a copy."""
    root = Path(grader.__file__).resolve().parents[1]
    return root if is_repository(root) else None


def is_repository(folder: Path) -> bool:
    """Whether a folder is the grader's own repository."""
    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8")).get("project", {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return False
    return isinstance(project, dict) and project.get("name") == NAME


def how_to_get(extra: str) -> str:
    """Return the command that brings the libraries of an extra, `teacher` or `keys`.

    It names what lies here, a repository or the wheel of a handout, and never a package of an index: who owns a name there
    is not for us to say.
    """
    here = Path.cwd()
    if (root := repository()) is not None:  # as it was installed: a copy would no longer follow the repository
        return f"pip install -e {_place(root, here, extra)}"
    for folder in (here, *here.parents):
        if is_repository(folder):
            return f"pip install {_place(folder, here, extra)}"
        if wheels := sorted((folder / WHEELS).glob(f"{NAME.replace('-', '_')}-*.whl")):
            return f"pip install {_place(wheels[-1], here, extra)}"
    return f"Install the grader again from where it came, with [{extra}] behind the name of its file or folder."


def _place(path: Path, here: Path, extra: str) -> str:
    inside = path.is_relative_to(here) and path != here
    shown = "." if path == here else f"./{path.relative_to(here).as_posix()}" if inside else str(path)
    return shlex.quote(f"{shown}[{extra}]")
