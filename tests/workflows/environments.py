"""Environments of their own for scripts that make one: what a script installs is there, and torch is borrowed from the tests'."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

# pip does all that a script asks of it, but for fetching torch and what else the tests' environment has; a thing to be built
# is built by what is installed (pip reads 0 as "no isolation": the variable is named for the option that it turns off).
WITHOUT_TORCH = {"PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_RETRIES": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
ONLY_LOOKING = {**WITHOUT_TORCH, "PIP_DRY_RUN": "1"}


def bare_environment(home: Path, *folders: Path) -> dict[str, str]:
    """Return the variables of a machine that nobody has set up: PATH with `folders` first, HOME, and how to reach a registry."""
    home.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if name.startswith("PIP_") or name.lower().endswith("_proxy")}
    path = os.pathsep.join([*map(str, folders), "/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"])
    return {**kept, "PATH": path, "HOME": str(home), "LANG": "C.UTF-8"}


def borrow(environment: Path) -> None:
    """Let an environment see the libraries of the tests' own, but not the grader that is installed there."""
    (packages,) = environment.glob("lib/python3*/site-packages")
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")


def install(environment: Path, wheel: Path) -> None:
    """Install a wheel, and nothing that it needs."""
    pip = [environment / "bin" / "python", "-I", "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run([str(word) for word in pip], check=True)


def python_first(folder: Path) -> Path:
    """Return a folder with this interpreter as `python`, for the front of PATH."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("python", "python3"):  # no links: an interpreter knows its environment by where it was started from
        (folder / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        (folder / name).chmod(0o755)
    return folder
