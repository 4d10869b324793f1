"""nbgrader's `submitted/STUDENT/EXERCISE/`, with `timestamp.txt` for the time at which it was collected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from grader.intake.files import File, Skipped
from grader.intake.handed_in import HandedIn, in_utc
from grader.intake.names import composed
from grader.locale import filled, mark
from grader.model import Student

FOLDER, TIMESTAMP = "submitted", "timestamp.txt"
_TELLS = mark("it says when the files beside it were handed in")
_SILENT = mark("it says no time that can be read: when the files beside it were handed in is not known")
_PACKED = mark("a student may have packed it: the files beside it are as old as their archive")


def is_nbgraders(files: Sequence[File]) -> bool:
    """Whether these are the files of an nbgrader course, or those of its `submitted/`: most students' hold a time.

    One student alone does not make a course: the time may be of their own making.
    """
    if any(file.parts[0] == FOLDER and len(file.parts) >= 4 for file in files):
        return True
    students = {file.parts[0] for file in files if len(file.parts) >= 3}
    dated = {file.parts[0] for file in files if len(file.parts) == 3 and _is_collected(file)}
    return len(dated) > 1 and len(dated) * 2 > len(students)


def of_nbgrader(files: Sequence[File]) -> Iterator[HandedIn | Skipped]:
    """Yield what each file is. The files may be those of a course, or those of its `submitted/`."""
    whole = any(file.parts[0] == FOLDER and len(file.parts) > 1 for file in files)
    times = {
        file.name.rpartition("/")[0]: "" if file.path is None else received_at(file.path)
        for file in files
        if _is_collected(file)
    }
    for file in files:
        parts = file.parts[1:] if whole else file.parts
        assignment = "/".join(file.parts[: len(file.parts) - len(parts) + 2])
        if whole and file.parts[0] != FOLDER:
            yield file.skipped(filled(mark("it lies beside {folder}/"), folder=FOLDER))
        elif file.name == f"{assignment}/{TIMESTAMP}":
            yield Skipped(file.shown, (_TELLS if times[assignment] else _SILENT) if assignment in times else _PACKED)
        elif file.reason:
            yield file.skipped()
        elif len(parts) < 3:
            yield file.skipped(mark("it lies in no folder of a student's for an assignment"))
        else:
            yield HandedIn(file, (Student(composed(parts[0])),), "/".join(parts[1:]), times.get(assignment))


def _is_collected(file: File) -> bool:
    """Whether nbgrader itself put this time where it lies: what came out of a student's archive, the student wrote."""
    return file.parts[-1] == TIMESTAMP and not (file.packed and file.name.startswith(f"{file.packed}/"))


def received_at(path: Path) -> str:
    """Return the time that a `timestamp.txt` tells, "" where it tells none. Without a zone it is in UTC."""
    try:
        words = path.read_text(encoding="utf-8").split()
        moment = datetime.fromisoformat("T".join(words[:2]))
        return in_utc(moment if moment.tzinfo is not None else moment.replace(tzinfo=_zone(words[2:3])))
    except (OSError, ValueError, OverflowError):
        return ""


def _zone(words: Sequence[str]) -> tzinfo:
    """Return the zone of a name like America/Los_Angeles or an offset like -0800. `ValueError` where there is none of it."""
    word = words[0] if words else "UTC"
    if word in ("UTC", "GMT", "Z"):
        return UTC
    if word[:1] in ("+", "-"):
        digits = word[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4] or 0))
        return timezone(-offset if word[0] == "-" else offset)
    return ZoneInfo(word)
