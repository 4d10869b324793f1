"""`grade doctor`."""

from __future__ import annotations

import platform
import sys

from grader import __version__
from grader.bridge.launch import can_fork
from grader.cli.console import console
from grader.cli.options import Settings
from grader.cli.warm import start_workers
from grader.engine.greeting import greet
from grader.judge.conditions import versions
from grader.locale import mark, speaker

WALLS = {
    "descriptors": mark("no open files but the pipe"),
    "environment": mark("empty environment"),
    "capabilities": mark("no privileges"),
    "limits": mark("limits on time, memory and files"),
    "files": mark("files: libraries to read, a scratch folder to write"),
    "syscalls": mark("no network, no new processes, no signals to others"),
}


def show_doctor(settings: Settings) -> int:
    """Show versions and walls. Returns 0 where every wall stands, 4 where one does not."""
    say = speaker(settings.language)
    out = console()
    workers = start_workers()
    try:
        greeting = greet(workers)
    finally:
        workers.close()
    for name, number in {**versions(), "grade": __version__, "torch": greeting.versions["torch"]}.items():
        out.print(f"{name:12} {number}")
    out.print(f"{'system':12} {platform.platform()}")
    warm = say(mark("forked from a warm process")) if can_fork() else say(mark("plain processes, each importing torch anew"))
    label = say(mark("workers"))
    out.print(f"{label:12} {warm}")
    out.print()
    for wall in greeting.walls:
        sign, style = ("✓", "green") if wall.stands else ("✗", "red")
        out.print(f"{sign} {say(WALLS.get(wall.name, wall.name))}: {wall.detail}", style=style)
    if all(wall.stands for wall in greeting.walls) and greeting.walls:
        out.print(say(mark("Every wall of the cage stands.")), style="bold green")
        return 0
    text = mark("Not every wall stands: grade your own code here, not that of strangers.")
    out.print(say(text), style="bold yellow")
    if sys.platform != "linux":
        out.print(say(mark("The cage needs Linux.")))
    return 4
