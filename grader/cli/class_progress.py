"""How far the judging of a class is: a bar in a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from grader.cli.console import console
from grader.course.paths import short_name
from grader.engine.pool import Outcome, Pool
from grader.locale import Say, mark
from grader.model import Submission

SECONDS = 5.0


def with_progress(pool: Pool, waiting: Sequence[Submission], say: Say = str) -> Iterator[Outcome]:
    """Yield the pool's outcomes, and show rate, time left and what is running while they come."""
    out = console()
    show = _bar if out.is_terminal else _lines
    if waiting:
        with show(out, pool, len(waiting), say) as advance:
            for outcome in pool.judge(waiting):
                yield outcome
                advance()


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        """Show the rate."""
        return Text(f"{task.speed:.1f}/s" if task.speed else "")


class _Running(ProgressColumn):
    """What is being judged: asked anew whenever the bar is drawn, so that one that hangs is seen to hang."""

    def __init__(self, pool: Pool, say: Say) -> None:
        self._pool = pool
        self._say = say
        super().__init__()

    def render(self, task: Task) -> Text:
        """Show the files."""
        return Text(_running(self._pool, self._say), overflow="ellipsis", no_wrap=True)


@contextmanager
def _bar(out: Console, pool: Pool, total: int, say: Say) -> Iterator[Callable[[], None]]:
    known = (BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    columns = (TextColumn(say(mark("Judging")), markup=False), *known, _Running(pool, say))
    with Progress(*columns, console=out, transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda: progress.advance(task)


@contextmanager
def _lines(out: Console, pool: Pool, total: int, say: Say) -> Iterator[Callable[[], None]]:
    """Print from a thread of its own: a line is due also while nothing is finished."""
    begun, ended = time.monotonic(), threading.Event()
    done: list[float] = []  # when each was judged: the rate leaves out how long the processes took to start

    def line() -> str:
        told = say(mark("{count} of {total} judged")).format(count=len(done), total=total)
        if len(done) > 1:
            rate = (len(done) - 1) / max(time.monotonic() - done[0], 1e-9)
            left = _span((total - len(done)) / rate, say)
            told += say(mark(", {rate}/s, about {time} left")).format(rate=f"{rate:.1f}", time=left)
        running = _running(pool, say)
        return told + (say(mark("; running: {files}")).format(files=running) if running else "")

    def tell() -> None:
        while not ended.wait(SECONDS):
            out.print(line(), soft_wrap=True)

    def advance() -> None:
        done.append(time.monotonic())

    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield advance
    finally:
        ended.set()
        thread.join()
        told = say(mark("{count} of {total} judged in {time}"))
        took = _span(time.monotonic() - begun, say)
        out.print(told.format(count=len(done), total=total, time=took), soft_wrap=True)


def _running(pool: Pool, say: Say) -> str:
    one = say(mark("{exercise} of {student}"))
    return say(mark(", ")).join(one.format(exercise=short_name(s.exercise), student=s.student) for s in pool.running())


def _span(seconds: float, say: Say) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    long = mark("{hours} h {minutes} min") if hours else mark("{minutes} min {seconds} s") if minutes else mark("{seconds} s")
    return say(long).format(hours=hours, minutes=minutes, seconds=rest)
