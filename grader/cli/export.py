"""`grade export`: points for another system, and a word on whoever's were left out."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
from rich.console import Console

from grader.cli.console import console
from grader.cli.copies import warn_of_settings
from grader.cli.options import Settings
from grader.cli.outdated import outdated, show_outdated
from grader.course.exercise import Course
from grader.course.paths import short_name
from grader.errors import UsageError
from grader.gradebook.book import Gradebook, existing_gradebook, open_gradebook
from grader.gradebook.standing import ClassView, class_view
from grader.locale import Filled, Say, mark, retold, speaker
from grader.model import ClassRules
from grader.report import canvas, class_json, csv, gradescope, junit, moodle, nbgrader
from grader.report.final import LeftOut, Written
from grader.report.harmless import legal
from grader.report.sheet import read_sheet
from grader.report.whole import whole_file, whole_folder

FILLED_IN = {"canvas": canvas.HOW, "moodle": moodle.HOW}
NAMES = {"canvas": "canvas{}.csv", "moodle": "moodle{}.csv", "nbgrader": "nbgrader{}.csv", "gradescope": "gradescope{}",
         "csv": "points{}.csv", "json": "class{}.json", "junit": "junit{}.xml"}  # fmt: skip

WRITTEN = {
    "points": (mark("{target}: 1 point written."), mark("{target}: {count} points written.")),
    "results": (mark("{target}: 1 result written."), mark("{target}: {count} results written.")),
    "rows": (mark("{target}: 1 row written."), mark("{target}: {count} rows written.")),
    "standings": (mark("{target}: 1 standing written."), mark("{target}: {count} standings written.")),
    "suites": (mark("{target}: 1 suite written."), mark("{target}: {count} suites written.")),
}


class Wanted(msgspec.Struct, frozen=True):
    """What `grade export` was asked to do."""

    kind: str
    sheet: str | None
    exercises: tuple[str, ...]
    output: str | None
    book: str


class Export(msgspec.Struct, frozen=True):
    """What all formats are written from."""

    settings: Settings
    wanted: Wanted
    book: Gradebook
    view: ClassView
    rules: ClassRules
    exercises: tuple[str, ...]


def export_points(settings: Settings, wanted: Wanted) -> int:
    """Write points in another system's format, say how many, and who was left out and why. Returns 0."""
    if (wanted.sheet is not None) != (wanted.kind in FILLED_IN):
        if wanted.sheet is None:
            raise UsageError(f"Say which sheet {wanted.kind.capitalize()} exported: it is filled in.", FILLED_IN[wanted.kind])
        raise UsageError(f"{wanted.kind} takes no sheet.", "Only canvas and moodle fill one in.")
    course = Course.around(Path.cwd())
    warn_of_settings(settings, course)
    with open_gradebook(existing_gradebook(wanted.book), writing=False) as book:
        rules = course.rules()
        view = class_view(book, rules)
        exercises, foreign = _exercises(course, view, wanted)
        export = Export(settings, wanted, book, view, rules, exercises)
        target = _target(export)
        written = _write(export, target)
        by_other_checks = outdated(course, book)
    _show(console(), target, written, foreign, speaker(settings.language))
    show_outdated(console(), by_other_checks, speaker(settings.language))
    return 0


def _exercises(course: Course, view: ClassView, wanted: Wanted) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the exercises to export, and those of the gradebook that this course does not know."""
    known = {exercise.id for exercise in course.exercises}
    asked = list(dict.fromkeys(course.find(word).id for word in wanted.exercises))
    for exercise in asked:
        if exercise not in view.exercises:
            raise UsageError(f"Nobody has handed in {short_name(exercise)}.", "`grade book` shows what there is.")
    exercises = tuple(asked or (e for e in view.exercises if e in known))
    if not exercises:
        raise UsageError("There is nothing to export: the gradebook is empty.", "`grade batch CLASS` fills it.")
    if wanted.kind == "moodle" and wanted.sheet is not None:
        exercises = _of_worksheet(exercises, Path(wanted.sheet))
    return exercises, tuple(e for e in view.exercises if e not in known)


def _of_worksheet(exercises: tuple[str, ...], sheet: Path) -> tuple[str, ...]:
    """Return the one exercise that a worksheet of Moodle is for: the only one, or the one that its file's name holds."""
    named = [e for e in exercises if short_name(e).casefold() in sheet.stem.casefold()]
    found = exercises if len(exercises) == 1 else named
    if len(found) != 1:
        raise UsageError("A worksheet of Moodle is for one exercise.", "Say which: -e ex03")
    return tuple(found)


def _target(export: Export) -> Path:
    """Return where to write. `UsageError` where that would overwrite what it reads, unless that was said."""
    wanted = export.wanted
    if wanted.output is not None:
        target = Path(wanted.output)
        if target.is_dir() and wanted.kind != "gradescope":
            raise UsageError(f"{target} is a folder.", "Name a file.")
    else:
        one = f"-{short_name(export.exercises[0])}" if len(export.exercises) == 1 else ""
        target = Path(NAMES[wanted.kind].format(one))
        if wanted.sheet is not None and _same(target, Path(wanted.sheet)):
            raise UsageError(f"{target} is the sheet itself.", f"Name another file with -o; -o {target} overwrites it.")
    if _same(target, Path(wanted.book)):
        raise UsageError(f"{target} is the gradebook.", "Name another file with -o.")
    return target


def _same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


def _write(export: Export, target: Path) -> Written:
    wanted, view, exercises, language = export.wanted, export.view, export.exercises, export.settings.language
    if wanted.sheet is not None:
        sheet = read_sheet(Path(wanted.sheet))
        if wanted.kind == "canvas":
            content, written = canvas.fill(sheet, view, exercises, asked_for=bool(wanted.exercises))
        else:
            content, written = moodle.fill(sheet, export.book, view, exercises[0], language)
        with whole_file(target) as file:
            file.write(content)
        return written
    if wanted.kind == "gradescope":
        with whole_folder(target) as folder:
            return gradescope.write(folder, export.book, view, exercises, language)
    writers: dict[str, Callable[[io.TextIOWrapper], Written]] = {
        "nbgrader": lambda out: nbgrader.write(out, view, export.rules, exercises),
        "csv": lambda out: csv.write(out, view, exercises),
        "json": lambda out: class_json.write(out, export.book, view, exercises, language),
        "junit": lambda out: junit.write(out, export.book, view, exercises, export.settings.audience, language),
    }
    # Spreadsheets take a CSV for UTF-8 where a mark says so; nbgrader's own has none.
    with _text_file(target, "utf-8-sig" if wanted.kind == "csv" else "utf-8") as out:
        return writers[wanted.kind](out)


@contextmanager
def _text_file(target: Path, encoding: str) -> Iterator[io.TextIOWrapper]:
    with whole_file(target) as file:
        out = io.TextIOWrapper(file, encoding=encoding, newline="")
        yield out
        out.flush()
        out.detach()


def _show(out: Console, target: Path, written: Written, foreign: Sequence[str], say: Say) -> None:
    def tell(text: str, style: str = "") -> None:
        out.print(legal(text).replace("\n", " "), style=style, soft_wrap=True)

    tell(say(WRITTEN[written.things][written.count != 1]).format(target=target, count=written.count))
    for remark in written.remarks:
        tell(say(mark("  note: {remark}")).format(remark=retold(remark, say)), "yellow")
    for line in _reasons(written.left_out, say):
        tell(say(mark("  left out: {line}")).format(line=line), "yellow")
    for exercise in foreign:
        tell(say(mark("  left out: {exercise}: not an exercise of this course")).format(exercise=exercise), "yellow")


def _reasons(notes: Sequence[LeftOut], say: Say) -> list[str]:
    """Return who was left out, a line for each exercise and reason."""
    groups: dict[tuple[str, str], list[str]] = {}
    for note in notes:
        groups.setdefault((note.exercise, note.reason), []).append(note.who)
    lines = []
    for (exercise, why), who in sorted(groups.items(), key=lambda group: group[0]):
        named = say(mark(", ")).join(retold(one, say) if isinstance(one, Filled) else one for one in who)
        line = say(mark("{exercise}, {reason}: {who}") if exercise else mark("{reason}: {who}"))
        lines.append(line.format(exercise=exercise, reason=retold(why, say), who=named))
    return lines
