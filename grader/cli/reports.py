"""`grade report`: a page for the class, and for each student a page and the same as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from grader.cli.adjust import known_student
from grader.cli.console import console
from grader.cli.copies import warn_of_settings
from grader.cli.options import Settings
from grader.cli.outdated import outdated, show_outdated
from grader.course.exercise import Course
from grader.errors import UsageError
from grader.gradebook.book import Gradebook, existing_gradebook, open_gradebook
from grader.gradebook.standing import ClassView, class_view
from grader.locale import mark, speaker
from grader.model import Student
from grader.report.filenames import file_stem

STUDENTS = "students"


class Wanted(msgspec.Struct, frozen=True):
    """What `grade report` was asked to do. Without `students`, all of them and the class."""

    folder: str
    students: tuple[str, ...]
    book: str


def write_reports(settings: Settings, wanted: Wanted) -> int:
    """Write the pages; what an earlier call wrote is replaced. Returns 0."""
    course = Course.around(Path.cwd())
    warn_of_settings(settings, course)
    folder = Path(wanted.folder)
    with open_gradebook(existing_gradebook(wanted.book), writing=False) as book:
        view = class_view(book, course.rules())
        everyone = [student.id for student in view.students]
        named = {known_student(everyone, word) for word in wanted.students}
        students = [student for student in view.students if not named or student.id in named]
        if not students:
            raise UsageError(f"There is nobody in {wanted.book} yet.", "`grade batch CLASS` fills a gradebook.")
        try:
            _write_students(settings, course, book, view, students, folder / STUDENTS)
            if not named:
                _write_class(settings, course, book, view, folder)
        except OSError as error:
            raise UsageError(f"{error.filename or folder} cannot be written: {error.strerror}.") from None
        by_other_checks = outdated(course, book)
    first = folder / STUDENTS / f"{file_stem(students[0].id)}.html" if named else folder / "index.html"
    say = speaker(settings.language)
    number = say(mark("one student") if len(students) == 1 else mark("{count} students")).format(count=len(students))
    told = say(mark("Reports of {students} in {folder}. Open {first}."))
    told = told.format(students=number, folder=folder, first=first)
    console().print(told, markup=False, soft_wrap=True)
    show_outdated(console(), by_other_checks, say)
    return 0


def _write_students(
    settings: Settings, course: Course, book: Gradebook, view: ClassView, students: Sequence[Student], folder: Path
) -> None:
    from grader.report.markdown import student_markdown
    from grader.report.student import Records
    from grader.report.student_page import student_page

    folder.mkdir(parents=True, exist_ok=True)
    records = Records(book, view, course, settings.language)
    for student in students:
        report, stem = records.report(student), file_stem(student.id)
        (folder / f"{stem}.html").write_text(student_page(report, settings.language), encoding="utf-8")
        (folder / f"{stem}.md").write_text(student_markdown(report, settings.language), encoding="utf-8")


def _write_class(settings: Settings, course: Course, book: Gradebook, view: ClassView, folder: Path) -> None:
    from grader.report.class_page import class_page

    links = {student.id: f"{STUDENTS}/{file_stem(student.id)}.html" for student in view.students}
    page = class_page(book, view, course, settings.language, links)
    (folder / "index.html").write_text(page, encoding="utf-8")
