"""Gradescope's export: a folder for each submission, and `submission_metadata.yml`, which says who handed it in and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from grader.errors import MachineError, UsageError
from grader.intake.files import File, Skipped
from grader.intake.handed_in import HandedIn, in_utc
from grader.intake.names import composed
from grader.locale import filled, mark
from grader.model import Student
from grader.package import how_to_get

METADATA = "submission_metadata.yml"
_UNNAMED = mark("{list} does not name it")
_NOBODY = mark("{list} names nobody who handed it in")
_HISTORY = mark("{folder} (history)")
_EARLIER = mark("the export holds no files of what was handed in before: {count}")


def is_gradescopes(files: Sequence[File]) -> bool:
    """Whether these are the files of an export."""
    return any(file.name == METADATA for file in files)


def of_gradescope(files: Sequence[File]) -> Iterator[HandedIn | Skipped]:
    """Yield what each file is, and what the list names that is not there. Each member of a group gets the group's files."""
    path = next((file.path for file in files if file.name == METADATA), None)
    if path is None:
        raise UsageError(f"There is no {METADATA} here: this is no export of Gradescope's.", "`--from` may be left out.")
    listed = _listed(path)
    yield Skipped(METADATA, mark("it says who handed in the other files"))
    for file in files:
        record = listed.get(file.parts[0])
        if file.name == METADATA:
            continue
        if file.reason:
            yield file.skipped()
        elif record is None or len(file.parts) < 2:
            yield file.skipped(filled(_UNNAMED, list=METADATA))
        elif not (by := _submitters(record)):
            yield file.skipped(filled(_NOBODY, list=METADATA))
        else:
            yield HandedIn(file, by, "/".join(file.parts[1:]), _moment(_entry(record, "created_at")))
    present = {file.parts[0] for file in files}
    for folder, record in listed.items():
        history = _entry(record, "history")
        if folder not in present:
            yield Skipped(folder, mark("the export holds no files of it"))
        if isinstance(history, list) and history:
            yield Skipped(filled(_HISTORY, folder=folder), filled(_EARLIER, count=len(history)))


def _listed(path: Path) -> dict[str, dict[str, Any]]:
    """Return the submissions that the metadata names, by their folder."""
    try:
        import yaml
    except ImportError:
        raise MachineError("Gradescope's exports are written in YAML.", how_to_get("teacher")) from None
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        read = yaml.load(path.read_bytes(), Loader=loader)  # safe: the loader makes plain values alone
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise UsageError(f"{METADATA} cannot be read: {' '.join(str(error).split())}.") from None
    if not isinstance(read, dict):
        raise UsageError(f"{METADATA} names no submissions.")
    return {composed(str(folder)): record for folder, record in read.items() if isinstance(record, dict)}


def _entry(record: dict[Any, Any], key: str) -> Any:
    """Return a value by its key, which Gradescope writes as Ruby writes a symbol: `:key`."""
    return record.get(f":{key}", record.get(key))


def _submitters(record: dict[Any, Any]) -> tuple[Student, ...]:
    """Return who handed a submission in: known by student number, by e-mail where there is none, else by name."""
    found: dict[str, Student] = {}
    submitters = _entry(record, "submitters")
    for submitter in submitters if isinstance(submitters, list) else []:
        if isinstance(submitter, dict):
            number, email, name = (_word(_entry(submitter, key)) for key in ("sid", "email", "name"))
            if number or email or name:
                found.setdefault(number or email or name, Student(number or email or name, name, email))
    return tuple(found.values())


def _word(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else composed(str(value).strip())


def _moment(value: Any) -> str:
    """Return a time in UTC, "" where it is none: YAML reads some of Gradescope's times as such, and leaves others as text."""
    try:
        if isinstance(value, str):
            day, _, rest = value.strip().partition(" ")
            value = datetime.fromisoformat("T".join([day, *rest.split(" ", 1)]).replace(" ", "").replace("UTC", "Z"))
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day)
        return in_utc(value) if isinstance(value, datetime) else ""
    except (ValueError, OverflowError):
        return ""
