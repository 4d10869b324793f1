"""Runs of `grade batch` as processes of their own: watched, killed, and asked what they left."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from grader.gradebook.book import open_gradebook
from grader.gradebook.dump import dump

ROOT = Path(__file__).parent.parent.parent
EXPORTS = ("csv", "json", "junit")
HAS_PROC = Path("/proc/self/task").is_dir()


def command(*words: str) -> list[str]:
    """The command line of `grade`."""
    return [sys.executable, "-m", "grader.cli", *words]


def environment() -> dict[str, str]:
    """This tree, whatever is installed."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}


def grade(*words: str, log: Path | None = None) -> str:
    """Run `grade` to its end; return what it printed. An exit code of our own fault is an error, 70 (unscored) is not."""
    run = subprocess.run(command(*words), cwd=ROOT, capture_output=True, text=True, env=environment())
    if log is not None:
        log.write_text(run.stdout + run.stderr, encoding="utf-8")
    if run.returncode not in (0, 70) or "Traceback" in run.stderr or "wrong inside grade" in run.stderr:
        raise RuntimeError(f"grade {' '.join(words)} ended with {run.returncode}:\n{run.stdout[-2000:]}{run.stderr[-4000:]}")
    return run.stdout


def begin(*words: str, log: Path, core: int | None = None) -> subprocess.Popen[bytes]:
    """Start `grade` at the head of a process group of its own; on one core alone, where one is named."""
    pin = None if core is None else (lambda: os.sched_setaffinity(0, {core}))
    with log.open("ab") as out:
        return subprocess.Popen(
            command(*words), cwd=ROOT, stdout=out, stderr=out, env=environment(), start_new_session=True, preexec_fn=pin
        )


def batch(handed_in: Path, book: Path, *more: str) -> tuple[str, ...]:
    """The words of a batch, with the roster that lies beside what was handed in."""
    return ("batch", str(handed_in), "--book", str(book), "--roster", str(handed_in.parent / "roster.csv"), *more)


def judged(book: Path) -> set[tuple[int, str, str, str]]:
    """All judgements that are committed at this moment: number, exercise, file, and a digest of the judgement itself."""
    return {(n, e, s, hashlib.sha256(j.encode()).hexdigest()) for n, e, s, j in rows(book, _JUDGED)}


_JUDGED = "SELECT id, exercise, sha256, judgement FROM judgements"


def count(book: Path) -> int:
    """How many judgements are committed at this moment."""
    found = rows(book, "SELECT COUNT(*) FROM judgements")
    return int(found[0][0]) if found else 0


def rows(book: Path, query: str) -> list[tuple]:
    """Ask a gradebook that may be written at this moment, or not be there yet."""
    if not book.is_file():
        return []
    try:
        with closing(sqlite3.connect(f"file:{book}?mode=ro", uri=True, timeout=30)) as connection:
            return connection.execute(query).fetchall()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error) or "unable to open" in str(error):
            return []
        raise


def left(book: Path) -> dict[str, bytes]:
    """What a gradebook holds and what it exports, as bytes: equal however it came about."""
    with open_gradebook(book, writing=False) as opened:
        found = {"dump": dump(opened).encode()}
    if importlib.util.find_spec("grader.cli.export") is None:
        return found
    for kind in EXPORTS:
        target = book.with_name(f"{book.stem}-export-{kind}")
        grade("export", kind, "-o", str(target), "--book", str(book))
        files = sorted(p for p in target.rglob("*") if p.is_file()) if target.is_dir() else [target]
        found |= {f"export {kind} {file.relative_to(target)}": file.read_bytes() for file in files}
    return found


def differences(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """What is not the same byte for byte."""
    return [name for name in sorted(one.keys() | other.keys()) if one.get(name) != other.get(name)]


def kill(process: subprocess.Popen[bytes], *, whole_group: bool) -> None:
    """SIGKILL, to the whole process group or to the parent alone."""
    with contextlib.suppress(ProcessLookupError):  # it has come to its end by itself
        (os.killpg if whole_group else os.kill)(process.pid, signal.SIGKILL)
    process.wait()


def survivors(session: int, within: float = 30.0) -> list[int]:
    """Processes of a session whose head is gone, once they have had time to notice."""
    end = time.monotonic() + within
    while (found := _of_session(session)) and time.monotonic() < end:
        time.sleep(0.1)
    return found


def _of_session(session: int) -> list[int]:
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                fields = Path("/proc", entry, "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == session and fields[0] != "Z":
                found.append(int(entry))
    return found
