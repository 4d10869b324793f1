"""Which files a caged process may open: the interpreter's libraries for reading, its scratch folder for writing. By Landlock.

Landlock does not decide who may ask whether a file exists, how large or how old it is (stat, access, readlink): that much of
the machine a submission can see. What else Landlock forgets (modes, owners, times, watches) is refused in `syscalls.py`.
"""

from __future__ import annotations

import contextlib
import functools
import os
import site
import sys
import sysconfig
from pathlib import Path
from typing import Any

from grader.worker.wall import CannotStand

LIBRARY_FOLDERS = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")
# What Python, glibc and torch read beyond libraries, by strace and by their sources. Each tells of hardware, time or words.
SYSTEM_FILES = (
    "/etc/ld.so.cache", "/etc/localtime", "/etc/timezone", "/usr/share/zoneinfo", "/usr/share/locale",
    "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/sys/vm/overcommit_memory",  # glibc's malloc reads the last
    "/sys/devices/system/cpu", "/sys/devices/system/node",
    "/dev/urandom",
)  # fmt: skip
OWN_FILES = ("/proc/self",)  # resolved by each child: a rule holds for the folder of one process
SINKS = ("/dev/null", "/dev/zero")
PACKAGE_FOLDERS = ("site-packages", "dist-packages")


@functools.cache
def library() -> Any:
    """The package landlockpy."""
    try:
        import landlockpy
    except ImportError:
        raise CannotStand("the package landlockpy is missing: pip install landlockpy") from None
    return landlockpy


@functools.cache
def readable() -> tuple[str, ...]:
    """Return the existing files and folders that may be read, none of them inside another.

    Folders are as narrow as can be: a virtual environment may lie inside the very repository that holds the solutions.
    """
    paths = sysconfig.get_paths()
    wanted = {paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")}
    wanted |= {os.path.join(sys.base_prefix, "lib"), *site.getsitepackages(), *_folder_of_torch()}
    wanted |= {*LIBRARY_FOLDERS, *SYSTEM_FILES}
    real = sorted({os.path.realpath(path) for path in wanted if os.path.exists(path)})
    return tuple(path for path in real if not any(Path(other) in Path(path).parents for other in real))


def _folder_of_torch() -> set[str]:
    """Torch may be where sysconfig does not look: in the user's own packages, or under an environment with the system's."""
    file = getattr(sys.modules.get("torch"), "__file__", None) or ""
    return {str(folder) for folder in Path(file).parents if folder.name in PACKAGE_FOLDERS}


@functools.cache
def prepare() -> None:
    """Do once what later calls find done: the first ruleset of a process takes 4 ms, the next ones 0.1 ms."""
    readable()
    _checkout_in_the_open()
    _ruleset().close()


def _ruleset() -> Any:
    landlock = library()
    return landlock.Ruleset(scoped=landlock.Scope.SIGNAL | landlock.Scope.ABSTRACT_UNIX_SOCKET)


def restrict(scratch: str) -> str:
    """Enter the Landlock domain, with the newest rights and scopes that kernel and library both know."""
    landlock = library()
    if not landlock.supported():
        raise CannotStand("this kernel has no Landlock (Linux 5.13 or newer, with landlock among its LSMs)")
    right = landlock.AccessFS
    in_scratch = (
        right.READ_FILE | right.READ_DIR | right.WRITE_FILE | right.TRUNCATE | right.REFER
        | right.MAKE_REG | right.MAKE_DIR | right.REMOVE_FILE | right.REMOVE_DIR
    )  # fmt: skip
    with _ruleset() as ruleset:
        for path in (*readable(), *OWN_FILES):
            with contextlib.suppress(FileNotFoundError, PermissionError):  # out of reach anyway
                ruleset.allow_path(path, right.READ_FILE | right.READ_DIR if os.path.isdir(path) else right.READ_FILE)
        for path in SINKS:
            with contextlib.suppress(FileNotFoundError):
                ruleset.allow_path(path, right.READ_FILE | right.WRITE_FILE)
        ruleset.allow_path(scratch, in_scratch)
        ruleset.restrict()
    course = _checkout_in_the_open()
    if course:
        raise CannotStand(f"{course} lies under a folder of libraries, which a submission reads: move it")
    scoped = "signals and sockets scoped" if ruleset.scoped else "without scopes"
    return f"Landlock ABI {ruleset.abi_version}, {scoped}"


@functools.cache
def _checkout_in_the_open() -> str:
    """Name the checkout that this file is part of, if it lies under what may be read: rules only give, none takes it out."""
    checkout = Path(__file__).resolve().parents[2]
    if checkout.name in PACKAGE_FOLDERS:  # installed: no course is here
        return ""
    return str(checkout) if any(Path(path) in (checkout, *checkout.parents) for path in readable()) else ""
