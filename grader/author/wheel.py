"""The grader itself, as the file that a handout carries: built from this repository, with no network."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

import msgspec

import grader
from grader.errors import MachineError, OurError

FOLDER = "wheels"
BY_INDEX = "Or let students get it from a package index: --grader index"


class Wheel(msgspec.Struct, frozen=True):
    """A built wheel: its file's name and its bytes."""

    name: str
    data: bytes


def build_wheel() -> Wheel:
    """Build the wheel of the grader that is running. `MachineError` where its repository or the builder is not here."""
    root = _repository()
    if importlib.util.find_spec("hatchling") is None:
        raise MachineError("Building the grader's wheel needs hatchling.", f"pip install 'grade[teacher]'   {BY_INDEX}")
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-I", "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
        run = subprocess.run(command, cwd=root, capture_output=True, text=True, errors="replace", timeout=300)
        built = list(Path(folder).glob("*.whl"))
        if run.returncode or len(built) != 1:
            raise MachineError("The grader's wheel could not be built.", (run.stderr or run.stdout).strip()[-1500:])
        _refuse_strange_members(built[0])
        return Wheel(built[0].name, built[0].read_bytes())


def _repository() -> Path:
    root = Path(grader.__file__).resolve().parents[1]
    try:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8")).get("project", {})
    except (OSError, tomllib.TOMLDecodeError):
        project = {}
    if project.get("name") != "grade":
        raise MachineError(
            "The grader's wheel can only be built where its own repository is, and this grade was installed without it.",
            BY_INDEX,
        )
    return root


def _refuse_strange_members(wheel: Path) -> None:
    """A wheel travels to students: it holds the engine and its metadata, whatever else lies in the repository."""
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    if strange := sorted(top for top in tops if top != "grader" and not top.endswith(".dist-info")):
        raise OurError(f"The grader's wheel holds what does not belong there: {', '.join(strange)}.")
