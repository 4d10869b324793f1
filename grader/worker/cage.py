"""The cage: what a child gives up before a line of the student's is read. Nothing here is imported outside the worker.

Two small libraries do the work that needs the kernel: landlockpy (files, network, scopes) and pyseccomp (system calls).
Where one is missing, or the kernel lacks what it needs, its wall does not stand, and the report says which and why.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import signal
import sys
import sysconfig
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.worker import syscalls

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 1, 4, 24, 38, 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
CAPABILITY_VERSION_3 = 0x20080522

# What Python and torch read beyond their own folders. Each is one file or one folder that tells of hardware, time or zones.
SYSTEM_FILES = (
    "/etc/ld.so.cache", "/etc/localtime", "/etc/timezone", "/usr/share/zoneinfo", "/usr/lib/locale",
    "/usr/share/locale", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/self", "/proc/sys/vm/overcommit_memory",
    "/proc/sys/kernel/cap_last_cap", "/sys/devices/system/cpu", "/sys/devices/system/node", "/sys/fs/cgroup",
    "/dev/null", "/dev/zero", "/dev/urandom", "/dev/random",
)  # fmt: skip
LIBRARY_FOLDERS = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")


@dataclass(frozen=True)
class Limits:
    """Limits that the system keeps; memory is beyond what is mapped already."""

    cpu_seconds: int
    memory_bytes: int
    file_bytes: int
    open_files: int


@dataclass(frozen=True)
class Wall:
    """One wall of the cage: whether it stands, and what it is made of or what it lacks."""

    name: str
    stands: bool
    detail: str


class _Prepared:
    """What the template builds once for all its children."""

    landlock: Any = None
    landlock_missing = ""
    seccomp: Any = None
    seccomp_missing = ""


def preload() -> None:
    """Import the libraries in the template, so that no child has to."""
    try:
        import landlockpy

        _Prepared.landlock = landlockpy
    except ImportError:
        _Prepared.landlock_missing = "the package landlockpy is missing: pip install landlockpy"
    try:
        import pyseccomp

        _Prepared.seccomp = pyseccomp
    except ImportError:
        _Prepared.seccomp_missing = "the package pyseccomp is missing: pip install pyseccomp"
    except (RuntimeError, OSError):
        _Prepared.seccomp_missing = "the library libseccomp.so.2 is missing: apt install libseccomp2"


def enter(scratch: str, keep: Collection[int], limits: Limits) -> list[Wall]:
    """Go in. Never raises for a wall that cannot stand: it says so."""
    if not (_Prepared.landlock or _Prepared.landlock_missing):
        preload()
    os.chdir(scratch)
    return [
        _close_descriptors(keep),
        _empty_environment(scratch),
        _limit(limits),
        _drop_capabilities(),
        _restrict_files(scratch),
        _filter_syscalls(),
    ]


def _close_descriptors(keep: Collection[int]) -> Wall:
    low = 0
    for descriptor in [*sorted(keep), 1 << 16]:
        if low < descriptor:  # an empty range would mean all: the kernel takes its end for -1
            os.closerange(low, descriptor)
        low = descriptor + 1
    return Wall("descriptors", True, f"{len(keep)} left open")


def _empty_environment(scratch: str) -> Wall:
    """The template was born with an empty one, or wiped the block it was born with; this is for what Python adds."""
    os.environ.clear()
    os.environ.update({"HOME": scratch, "TMPDIR": scratch, "OMP_NUM_THREADS": "1", "LC_CTYPE": "C.UTF-8"})
    return Wall("environment", True, "HOME and TMPDIR are the scratch folder")


def _limit(limits: Limits) -> Wall:
    try:
        import resource
    except ImportError:
        return Wall("limits", False, f"{sys.platform} has no resource limits")
    wanted = [
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files),
    ]
    mapped = _mapped_bytes()
    if mapped:
        wanted.append((resource.RLIMIT_AS, mapped + limits.memory_bytes))
    for kind, value in wanted:
        _, hard = resource.getrlimit(kind)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # writing too much is then an OSError, told to the student as one
    if not mapped:
        return Wall("limits", False, f"{sys.platform} does not say how much memory is mapped")
    return Wall("limits", True, f"{limits.cpu_seconds} s, {limits.memory_bytes >> 20} MiB beyond torch's own")


def _mapped_bytes() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _drop_capabilities() -> Wall:
    """Give up every privilege, for good: many graders run as root."""
    if not sys.platform.startswith("linux"):
        return Wall("capabilities", False, f"{sys.platform} has none to drop")
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    libc.capset(header, (ctypes.c_uint32 * 6)())
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    stands = _effective_capabilities() == 0
    return Wall("capabilities", stands, "all dropped, no_new_privs" if stands else "the kernel kept some")


def _effective_capabilities() -> int:
    header, data = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0), (ctypes.c_uint32 * 6)()
    if ctypes.CDLL(None).capget(header, data) != 0:
        return -1
    return int(data[0] | data[1] | data[3] | data[4])


def _restrict_files(scratch: str) -> Wall:
    landlock = _Prepared.landlock
    if landlock is None:
        return Wall("files", False, _Prepared.landlock_missing)
    if not landlock.supported():
        return Wall("files", False, "this kernel has no Landlock (Linux 5.13 or newer, with landlock among its LSMs)")
    access = landlock.AccessFS
    read = access.READ_FILE | access.READ_DIR | access.EXECUTE
    write = (
        read | access.WRITE_FILE | access.TRUNCATE | access.MAKE_REG | access.MAKE_DIR | access.REMOVE_FILE
        | access.REMOVE_DIR | access.REFER
    ) & ~access.EXECUTE  # fmt: skip
    scopes = landlock.Scope.SIGNAL | landlock.Scope.ABSTRACT_UNIX_SOCKET
    try:
        with landlock.Ruleset(scoped=scopes) as ruleset:
            for path in _readable():
                with contextlib.suppress(FileNotFoundError):
                    single = not os.path.isdir(path)
                    ruleset.allow_path(path, (access.READ_FILE | access.EXECUTE) if single else read)
            for path in ("/dev/null", "/dev/zero"):
                ruleset.allow_path(path, access.READ_FILE | access.WRITE_FILE)
            ruleset.allow_path(scratch, write)
            ruleset.restrict()
            scoped = ", signals and sockets scoped" if ruleset.scoped else ", without scopes"
            return Wall("files", True, f"Landlock ABI {ruleset.abi_version}{scoped}")
    except (landlock.LandlockError, OSError) as error:
        return Wall("files", False, f"Landlock refuses: {error}")


def _readable() -> list[str]:
    """The interpreter's libraries, the installed packages, the system's, and what tells of hardware and time.

    Folders are as narrow as can be: a virtual environment may lie inside the very repository that holds the solutions.
    """
    paths = sysconfig.get_paths()
    own = {paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")}
    base = Path(sys.base_prefix)
    own |= {str(base / "lib" / f"libpython{sys.version_info[0]}.{sys.version_info[1]}.so.1.0"), str(base / "lib")}
    own = {path for path in own if Path(path).name in ("site-packages", "dist-packages", "lib") or "python" in path}
    return [*sorted(own), *LIBRARY_FOLDERS, *SYSTEM_FILES]


def _filter_syscalls() -> Wall:
    seccomp = _Prepared.seccomp
    if seccomp is None:
        return Wall("syscalls", False, _Prepared.seccomp_missing)
    try:
        rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.ENOSYS))
        _add_rules(seccomp, rules)
        rules.load()
    except OSError as error:
        return Wall("syscalls", False, f"seccomp refuses: {error}")
    return Wall("syscalls", True, f"seccomp, {len(syscalls.ALLOWED)} calls allowed")


def _add_rules(seccomp: Any, rules: Any) -> None:
    refuse, me = seccomp.ERRNO(errno.EPERM), os.getpid()

    def rule(action: int, name: str, *arguments: Any) -> None:
        with contextlib.suppress(OSError, ValueError):  # a call that this architecture or this libseccomp does not know
            rules.add_rule(action, name, *arguments)

    for name in syscalls.ALLOWED:
        rule(seccomp.ALLOW, name)
    for name in syscalls.REFUSED:
        rule(refuse, name)
    thread = seccomp.Arg(0, seccomp.MASKED_EQ, syscalls.CLONE_THREAD, syscalls.CLONE_THREAD)
    process = seccomp.Arg(0, seccomp.MASKED_EQ, syscalls.CLONE_THREAD, 0)
    rule(seccomp.ALLOW, "clone", thread)
    rule(refuse, "clone", process)
    for name in syscalls.ON_ITSELF_ONLY:
        rule(seccomp.ALLOW, name, seccomp.Arg(0, seccomp.EQ, me))
        rule(refuse, name, seccomp.Arg(0, seccomp.NE, me))
    for name in syscalls.ON_ITSELF_OR_ZERO:
        rule(seccomp.ALLOW, name, seccomp.Arg(0, seccomp.EQ, me))
        rule(seccomp.ALLOW, name, seccomp.Arg(0, seccomp.EQ, 0))
        rule(refuse, name, seccomp.Arg(0, seccomp.GT, me))
        rule(refuse, name, seccomp.Arg(0, seccomp.LT, me), seccomp.Arg(0, seccomp.NE, 0))
