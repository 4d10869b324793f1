"""Large pages for the template: a fork copies one entry for each page, and a large one stands for 512 small ones."""

from __future__ import annotations

import contextlib
import ctypes
import sys
from collections.abc import Iterator

LARGE = 2 << 20  # bytes: what one entry of the middle level of the page table maps where a small page has 4 KiB
_MADV_COLLAPSE = 25  # madvise(2), since Linux 6.1: do now what the kernel would do at its leisure


def join() -> None:
    """Have this process's writable memory in large pages, as far as the kernel can. Elsewhere nothing happens.

    It takes about half a second, and each fork from then on is several milliseconds cheaper, its end included. A child
    that writes to a large page gets small ones there, as ever.
    """
    if not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(OSError, AttributeError):
        madvise = ctypes.CDLL(None).madvise
        madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
        for start, end in _anonymous():
            start, end = -(-start // LARGE) * LARGE, end // LARGE * LARGE
            if start < end:
                madvise(start, end - start, _MADV_COLLAPSE)  # a kernel that cannot answers EINVAL, and all stays as it was


def _anonymous() -> Iterator[tuple[int, int]]:
    """Yield where memory lies that may be written and is of no file: proc(5), /proc/PID/maps."""
    with open("/proc/self/maps", encoding="ascii", errors="replace") as maps:
        lines = maps.read().splitlines()
    for line in lines:
        span, rights, _offset, _device, inode, *name = line.split(maxsplit=5)
        if rights.startswith("rw") and inode == "0" and name in ([], ["[heap]"]):
            start, _, end = span.partition("-")
            yield int(start, 16), int(end, 16)
