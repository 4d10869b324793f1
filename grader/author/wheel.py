"""The grader itself, as a handout carries it, a wheel built from this repository with no network, or where it is to be had."""

from __future__ import annotations

import hashlib
import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from grader import __version__
from grader.errors import MachineError, OurError, UsageError
from grader.package import NAME, WHEELS, how_to_get, repository

BY_INDEX = "Or let students get it from an index of your own: --grader index --index-url URL"
SOURCES = ("pyproject.toml", "README.md", "LICENSE", ".gitignore", "grader")
PUBLIC = ("pypi.org", "test.pypi.org", "pypi.python.org", "files.pythonhosted.org")
_VERSION = re.compile(r'^__version__ = ".*"$', re.MULTILINE)


class Wheel(msgspec.Struct, frozen=True):
    """A built wheel: its file's name and its bytes."""

    name: str
    data: bytes

    @property
    def requirement(self) -> tuple[str, str]:
        """What pip is asked for, before and behind the name of an extra."""
        return f"./{WHEELS}/{self.name}", ""


class Index(msgspec.Struct, frozen=True):
    """A package index of the teacher's, for the grader and all that it needs."""

    url: str

    @property
    def requirement(self) -> tuple[str, str]:
        """What pip is asked for, before and behind the name of an extra."""
        return NAME, f"=={__version__.partition('+')[0]}"


def own_index(url: str) -> Index:
    """Return the index at `url`. `UsageError` where there is none, or one that the grader must not be looked for on."""
    if not url:
        raise UsageError(
            f"--grader index needs --index-url URL: on a public index, the name {NAME} may be anybody's.",
            "Name your own index, which has the grader and all that it needs; or leave --grader away: a wheel travels.",
        )
    parts = urlsplit(url) if re.fullmatch(r"[!-~]+", url) and "$" not in url else urlsplit("")
    if parts.scheme not in ("https", "http", "file") or not (parts.netloc or parts.scheme == "file"):
        raise UsageError(f"--index-url {url!r} is no address of an index.", "One begins with https:// and holds no space.")
    if "@" in parts.netloc:
        raise UsageError(
            "--index-url holds a name or a password: students would get it.", "Let pip find it elsewhere, as in a .netrc file."
        )
    if (parts.hostname or "") in PUBLIC:
        raise UsageError(
            f"{parts.hostname} is a public index: the name {NAME} may be anybody's there.", "Name your own index."
        )
    return Index(url)


def build_wheel() -> Wheel:
    """Build the wheel of the grader that is running. `MachineError` where its repository or the builder is not here.

    Its version names its content, as in 0.1.0+5f0c2a91: pip takes a wheel of the version that it has for the one that it has.
    """
    root = repository()
    if root is None:
        raise MachineError(
            "The grader's wheel can only be built where its own repository is, and this grade was installed without it.",
            f"In the repository: pip install -e .   {BY_INDEX}",
        )
    if importlib.util.find_spec("hatchling") is None:
        raise MachineError("Building the grader's wheel needs hatchling.", f"{how_to_get('teacher')}   {BY_INDEX}")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "grade"
        _copy(root, copy)
        plain = _build(copy, Path(folder) / "plain")
        label = hashlib.sha256(plain.data).hexdigest()[:8]
        _set_version(copy, f"{__version__}+{label}")
        return _build(copy, Path(folder) / "labelled")


def _copy(root: Path, folder: Path) -> None:
    """Copy what a wheel is made of: its version is written into it, and the repository stays as it is."""
    folder.mkdir()
    for name in SOURCES:
        if (root / name).is_dir():
            shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        elif (root / name).is_file():
            shutil.copy(root / name, folder / name)


def _set_version(copy: Path, version: str) -> None:
    file = copy / "grader" / "__init__.py"
    text, count = _VERSION.subn(f'__version__ = "{version}"', file.read_text(encoding="utf-8"))
    if count != 1:
        raise OurError("The grader's version is not where it is looked for.")
    file.write_text(text, encoding="utf-8")


def _build(root: Path, folder: Path) -> Wheel:
    command = [sys.executable, "-I", "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, errors="replace", timeout=300)
    built = list(folder.glob("*.whl"))
    if run.returncode or len(built) != 1:
        raise MachineError("The grader's wheel could not be built.", (run.stderr or run.stdout).strip()[-1500:])
    _refuse_strange_members(built[0])
    return Wheel(built[0].name, built[0].read_bytes())


def _refuse_strange_members(wheel: Path) -> None:
    """A wheel travels to students: it holds the engine and its metadata, whatever else lies in the repository."""
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    if strange := sorted(top for top in tops if top != "grader" and not top.endswith(".dist-info")):
        raise OurError(f"The grader's wheel holds what does not belong there: {', '.join(strange)}.")
