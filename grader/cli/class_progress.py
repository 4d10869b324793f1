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
from grader.model import Submission

SECONDS = 5.0


def with_progress(pool: Pool, waiting: Sequence[Submission]) -> Iterator[Outcome]:
    """Yield the pool's outcomes, and show rate, time left and what is running while they come."""
    out = console()
    show = _bar if out.is_terminal else _lines
    if waiting:
        with show(out, pool, len(waiting)) as advance:
            for outcome in pool.judge(waiting):
                yield outcome
                advance()


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        """Show the rate."""
        return Text(f"{task.speed:.1f}/s" if task.speed else "")


class _Running(ProgressColumn):
    """What is being judged: asked anew whenever the bar is drawn, so that one that hangs is seen to hang."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        super().__init__()

    def render(self, task: Task) -> Text:
        """Show the files."""
        return Text(_running(self._pool), overflow="ellipsis", no_wrap=True)


@contextmanager
def _bar(out: Console, pool: Pool, total: int) -> Iterator[Callable[[], None]]:
    columns = (TextColumn("Judging"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn(), _Running(pool))
    with Progress(*columns, console=out, transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda: progress.advance(task)


@contextmanager
def _lines(out: Console, pool: Pool, total: int) -> Iterator[Callable[[], None]]:
    """Print from a thread of its own: a line is due also while nothing is finished."""
    begun, ended = time.monotonic(), threading.Event()
    done: list[float] = []  # when each was judged: the rate leaves out how long the processes took to start

    def line() -> str:
        told = f"{len(done)} of {total} judged"
        if len(done) > 1:
            rate = (len(done) - 1) / max(time.monotonic() - done[0], 1e-9)
            told += f", {rate:.1f}/s, about {_span((total - len(done)) / rate)} left"
        return f"{told}; running: {_running(pool)}"

    def tell() -> None:
        while not ended.wait(SECONDS):
            out.print(line(), markup=False, soft_wrap=True)

    def advance() -> None:
        done.append(time.monotonic())

    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield advance
    finally:
        ended.set()
        thread.join()
        out.print(f"{len(done)} of {total} judged in {_span(time.monotonic() - begun)}", markup=False, soft_wrap=True)


def _running(pool: Pool) -> str:
    return ", ".join(f"{short_name(s.exercise)} of {s.student}" for s in pool.running())


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
