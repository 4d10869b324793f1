"""What memory a batch holds while it runs: read from /proc each second, by the role of each process.

Counted is what a process has written. Pages of files, which are the libraries' code, come in as they are first used, are shared,
and are the kernel's to drop.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import runs

MARKS = (10, 100, 500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 4500)
ROLES = ("parent", "judges", "templates", "workers")  # by depth


def watch(process: subprocess.Popen[bytes], book: Path, log: Path, say: Callable[[str], None], every: float = 1.0) -> None:
    """Note memory until the process ends: a line of JSON each time, in MiB. Of several in a role, the largest is noted."""
    start, told = time.monotonic(), 0.0
    with log.open("a", encoding="utf-8") as out:
        while process.poll() is None:
            done, held = runs.count(book), _held(process.pid)
            seconds = time.monotonic() - start
            out.write(json.dumps({"seconds": round(seconds, 1), "judged": done, **held}) + "\n")
            out.flush()
            if seconds - told > 30:
                told = seconds
                say(f"  {seconds:6.0f} s: {done} judged; MiB: {', '.join(f'{r} {held[r]:.0f}' for r in ROLES)}")
            time.sleep(every)


def table(log: Path) -> list[str]:
    """What was held when the 100th, the 1000th, ... judgement had just been made, and a judge's peak of the moments up to then."""
    samples = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    samples = [sample for sample in samples if sample["templates"]]  # while it judges, not while it starts or ends
    lines = [f"{'judged':>8}{'seconds':>9}" + "".join(f"{role:>11}" for role in ROLES) + f"{'judge peak':>12}"]
    last = max((sample["judged"] for sample in samples), default=0)
    for mark in (*(m for m in MARKS if m < last), last):
        near = [s for s in samples if s["judged"] >= mark]
        if near:
            sample = near[0]
            held = "".join(f"{sample[role]:11.1f}" for role in ROLES)
            peak = max(s["judges"] for s in samples if s["judged"] <= sample["judged"])
            lines.append(f"{sample['judged']:8d}{sample['seconds']:9.0f}{held}{peak:12.1f}")
    return lines


def _held(parent: int) -> dict[str, float]:
    """Anonymous memory by role."""
    found = dict.fromkeys(ROLES, 0.0)
    for pid, depth in _tree(parent):
        role = ROLES[min(depth, len(ROLES) - 1)]
        found[role] = max(found[role], _anonymous(pid) / 1024)
    return {name: round(value, 1) for name, value in found.items()}


def _tree(parent: int) -> list[tuple[int, int]]:
    """A process and all below it, with their depths."""
    found, level = [], [parent]
    for depth in range(len(ROLES) + 1):
        found += [(pid, depth) for pid in level]
        level = [child for pid in level for child in _children(pid)]
    return found


def _children(pid: int) -> list[int]:
    found = []
    for tasks in Path("/proc", str(pid), "task").glob("*/children"):
        try:
            found += [int(word) for word in tasks.read_text().split()]
        except OSError:
            continue  # it has just ended
    return found


def _anonymous(pid: int) -> int:
    """Anonymous resident memory in KiB, 0 of a process that has just ended."""
    try:
        lines = Path("/proc", str(pid), "status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("RssAnon:")), 0)
