"""`grade report`: a page for the class, and for each student a page and the same as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from grader.cli.adjust import known_student
from grader.cli.console import console, number_of
from grader.cli.copies import warn_of_settings
from grader.cli.options import Settings
from grader.cli.outdated import outdated, show_outdated
from grader.course.exercise import Course
from grader.errors import UsageError
from grader.gradebook.book import Gradebook, existing_gradebook, open_gradebook
from grader.gradebook.standing import ClassView, class_view
from grader.locale import mark, speaker
from grader.report.filenames import file_stem
from grader.report.folder import ReportFolder

STUDENTS, CLASS = "students", "index.html"


class Wanted(msgspec.Struct, frozen=True):
    """What `grade report` was asked to do. Without `students`, all of them and the class."""

    folder: str
    students: tuple[str, ...]
    book: str


def write_reports(settings: Settings, wanted: Wanted) -> int:
    """Write the pages; what an earlier call wrote is replaced, or removed where nobody has it any more. Returns 0."""
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
        pages = {student.id: f"{STUDENTS}/{file_stem(student.id)}" for student in students}
        planned = [f"{page}.{kind}" for page in pages.values() for kind in ("html", "md")] + ([] if named else [CLASS])
        try:
            target = ReportFolder(folder, planned)
            _write_students(settings, course, book, view, pages, target)
            if not named:
                _write_class(settings, course, book, view, target)
            removed = 0 if named else target.remove_others()
        except OSError as error:
            raise UsageError(f"{error.filename or folder} cannot be written: {error.strerror}.") from None
        by_other_checks = outdated(course, book)
    first = folder / STUDENTS / f"{file_stem(students[0].id)}.html" if named else folder / CLASS
    say = speaker(settings.language)
    number = say(mark("one student") if len(students) == 1 else mark("{count} students")).format(count=len(students))
    told = say(mark("Reports of {students} in {folder}. Open {first}."))
    told = told.format(students=number, folder=folder, first=first)
    console().print(told, soft_wrap=True)
    if removed:
        told = say(mark("Removed, for nobody in the gradebook has these pages any more: {files}."))
        console().print(told.format(files=number_of(removed, "file", say)), soft_wrap=True)
    show_outdated(console(), by_other_checks, say)
    return 0


def _write_students(
    settings: Settings, course: Course, book: Gradebook, view: ClassView, pages: Mapping[str, str], target: ReportFolder
) -> None:
    from grader.report.markdown import student_markdown
    from grader.report.student import Records
    from grader.report.student_page import student_page

    target.begin()  # not before the libraries that make pages are known to be there
    records = Records(book, view, course, settings.language)
    for student in (student for student in view.students if student.id in pages):
        report, page = records.report(student), pages[student.id]
        target.write(f"{page}.html", student_page(report, settings.language))
        target.write(f"{page}.md", student_markdown(report, settings.language))


def _write_class(settings: Settings, course: Course, book: Gradebook, view: ClassView, target: ReportFolder) -> None:
    from grader.report.class_page import class_page

    links = {student.id: f"{STUDENTS}/{file_stem(student.id)}.html" for student in view.students}
    target.write(CLASS, class_page(book, view, course, settings.language, links))
