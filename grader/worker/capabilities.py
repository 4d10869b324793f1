"""What a process may do beyond other processes of its user: given up for good. Many graders run as root, in containers.

libc does it all, by prctl(2) and capset(2); the kernel's numbers are from linux/prctl.h and linux/capability.h.
"""

from __future__ import annotations

import ctypes
import functools
import signal
import sys

from grader.worker.wall import CannotStand

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS, PR_CAP_AMBIENT = (
    1,
    4,
    24,
    38,
    39,
    47,
)
PR_CAP_AMBIENT_CLEAR_ALL = 4
CAPABILITY_VERSION_3 = 0x20080522
MOST_CAPABILITIES = 64  # the kernel's format has no room for more


@functools.cache
def libc() -> ctypes.CDLL:
    """The C library that is loaded already. Opened once, in the template."""
    return ctypes.CDLL(None, use_errno=True)


def give_up() -> str:
    """Drop every capability, and what could bring one back.

    Undumpable, a process is closed to its peers: its memory, descriptors and environment in /proc are the administrator's.
    Its own view of /proc/self stays whole, tried as root and as a plain user, but for `environ` and `mem` of a plain user's.
    """
    if not sys.platform.startswith("linux"):
        raise CannotStand(f"{sys.platform} has none to drop")
    call = libc().prctl
    for capability in range(MOST_CAPABILITIES):  # refused to whoever has none: then there is nothing to bound
        call(PR_CAPBSET_DROP, capability, 0, 0, 0)
    call(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    libc().capset(header, (ctypes.c_uint32 * 6)())
    call(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    call(PR_SET_DUMPABLE, 0, 0, 0, 0)
    call(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # last: a change of credentials clears it
    left = (ctypes.c_uint32 * 6)(*[1] * 6)
    if libc().capget(header, left) != 0 or any(left):
        raise CannotStand("the kernel kept some")
    if call(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1:
        raise CannotStand("the kernel has no no_new_privs")
    return "all dropped, no_new_privs"
