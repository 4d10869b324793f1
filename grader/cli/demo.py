"""`grade demo`: a class is made up, graded and shown, in a folder that may be deleted afterwards."""

from __future__ import annotations

import os
import sys
import time
import webbrowser
from pathlib import Path

import msgspec

from grader.author.made_up import Shares, make_class, read_manifest
from grader.cli.batch import STOPPED, grade_class
from grader.cli.batch import Wanted as Batch
from grader.cli.console import console
from grader.cli.options import Settings
from grader.course.exercise import Course
from grader.errors import UsageError
from grader.locale import mark, speaker

STUDENTS, EXERCISES, SEED = 30, 4, 2025
ABOUT, BOOK, PAGES, CLASS_PAGE = "made_by_grade_demo.txt", "gradebook.db", "pages", "index.html"
SLOW = frozenset({"never_returns", "floods_standard_output"})  # they run into limits, and a demo is to be quick

_ABOUT = mark("`grade demo` made this folder. Nothing in it is a real person's. It may be deleted.")
_MAKING = mark("1. A class of {students} students hands in {exercises}. Everyone, and everything they hand in, is made up.")
_THERE = mark("1. The made-up class of {students} students is already here; it is used again.")
_MADE = mark("   {files} files are in {folder}: right answers, mistakes, copies, broken files. Have a look.")
_MADE_LATE = mark("   {files} files are in {folder}: right answers, mistakes, late ones, copies, broken files. Have a look.")
_GRADING = mark("2. All of it is graded, each file in a cage of its own. For your own class this is")
_WRITING = mark("3. A page for the class is written, and one for each student. For your own class this is")
_TOOK = mark("That took {seconds} seconds.")
_PAGE = mark("The page of the class: {page}")
_STOPPED = mark("The same command goes on where this one stopped.")


class Wanted(msgspec.Struct, frozen=True):
    """What `grade demo` was asked to do."""

    folder: str
    no_browser: bool = False
    jobs: int = 0


def show_demo(settings: Settings, wanted: Wanted) -> int:
    """Make a class unless it is there, grade what is not yet graded, write pages and open the first. Returns 0, or 130."""
    say, start = speaker(settings.language), time.monotonic()
    course = Course.around(Path.cwd())
    if not course.paths.has_solutions:
        raise UsageError(
            "The demo's answers are made from solutions/, and this copy of the course has none.",
            "`grade demo` works in a teacher's copy.",
        )
    folder = Path(wanted.folder)
    handed_in = _the_class(course, folder, say(_ABOUT), settings)
    book, roster = folder / BOOK, folder / "roster.csv"
    _tell(f"\n{say(_GRADING)}\n   grade batch {handed_in} --roster {roster} --book {book}")
    batch = Batch((str(handed_in),), roster=str(roster), book=str(book), jobs=wanted.jobs)
    if grade_class(settings, batch) == STOPPED:
        _tell(say(_STOPPED))
        return STOPPED
    pages = folder / PAGES
    _tell(f"\n{say(_WRITING)}\n   grade report {pages} --book {book}")
    page = _write_pages(settings, pages, book)
    _tell(f"\n{say(_TOOK).format(seconds=round(time.monotonic() - start))}\n{say(_PAGE).format(page=page)}")
    if not wanted.no_browser and _has_display():
        webbrowser.open(page.resolve().as_uri())
    return 0


def _the_class(course: Course, folder: Path, about: str, settings: Settings) -> Path:
    """Make the class, unless it is there whole; return what is handed in. `UsageError` where the folder is not the demo's."""
    say, marker = speaker(settings.language), folder / ABOUT
    if folder.exists() and not marker.is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there already, and `grade demo` did not make it.", "Name another: grade demo FOLDER")
    exercises, rules = course.exercises[:EXERCISES], course.rules()
    due = {e.id: date for e in exercises if (date := rules.exercises[e.id].due) is not None}
    try:
        manifest = read_manifest(folder)
        _tell(say(_THERE).format(students=STUDENTS))
    except (FileNotFoundError, msgspec.DecodeError):  # not made yet, or not to its end
        names = ", ".join(exercise.short for exercise in exercises)
        _tell(say(_MAKING).format(students=STUDENTS, exercises=names))
        folder.mkdir(parents=True, exist_ok=True)
        marker.write_text(about + "\n", encoding="utf-8")
        shares = Shares(notebook=0.2, duplicate=0.03)
        manifest = make_class(course, folder, STUDENTS, exercises, SEED, shares=shares, due=due, avoid=SLOW)
    handed_in = folder / manifest.top
    late = any(file.late and file.exercise in due for file in manifest.files)  # without a due date nobody is late
    _tell(say(_MADE_LATE if late else _MADE).format(files=len(manifest.files), folder=handed_in))
    return handed_in


def _write_pages(settings: Settings, pages: Path, book: Path) -> Path:
    """Write the pages of the class; return the first."""
    from grader.cli.reports import Wanted as Reports
    from grader.cli.reports import write_reports

    write_reports(settings, Reports(folder=str(pages), students=(), book=str(book)))
    return pages / CLASS_PAGE


def _has_display() -> bool:
    """Whether a browser has a window to open in: a browser of the terminal is not what was meant."""
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _tell(text: str) -> None:
    console().print(text, soft_wrap=True)
