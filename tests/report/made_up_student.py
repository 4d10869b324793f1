"""A gradebook made up by hand: what no judge would say of an honest file, too."""

import hashlib
from pathlib import Path

from conftest import ROOT

from grader.course.exercise import Course
from grader.course.paths import CoursePaths
from grader.gradebook.book import open_gradebook
from grader.gradebook.standing import class_view
from grader.model import (
    Cell,
    CheckResult,
    CriterionScore,
    Failure,
    Judgement,
    LoadError,
    Note,
    Place,
    Student,
    Submission,
    Text,
)
from grader.report.markdown import student_markdown
from grader.report.student import Records
from grader.report.student_page import student_page

EX01, EX02, EX03, EX04, EX05 = (
    "ex01_linear_forward",
    "ex02_activation",
    "ex03_stateless_layer",
    "ex04_linear_layer",
    "ex05_tensor_reduction",
)


def course_in(folder: Path, **edits: str) -> Course:
    """This repository's course, with lines added to `course` (course.toml) or to an exercise's settings by its id."""
    for source in sorted((ROOT / "exercises").glob("*/exercise.toml")):
        target = folder / "exercises" / source.parent.name / source.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source.read_text("utf-8") + edits.get(source.parent.name, ""), "utf-8")
    (folder / "exercises" / "course.toml").write_text(
        (ROOT / "exercises" / "course.toml").read_text("utf-8") + edits.get("course", ""), "utf-8"
    )
    return Course(CoursePaths(folder))


def check(name, criterion="values", verdict="accepted", *, hidden=False, gate=False, **rest):
    """A check's result; what is left out is nothing."""
    title = Text(f"Title of {name}.")
    return CheckResult(name, title, criterion, gate, "hidden" if hidden else "visible", verdict, **rest)


def submission(student, exercise, source="x = 1\n", *, cells=None, file="", **rest):
    """What a student handed in: a script, or the cells of a notebook."""
    cells = cells or (Cell(f"{exercise[:4]}.py", source),)
    digest = hashlib.sha256(repr((exercise, cells)).encode("utf-8", "surrogatepass")).hexdigest()
    return Submission(exercise, file or f"{student}/{exercise[:4]}.py", cells, digest, student, **rest)


def judgement(handed_in, *checks, score=1.0, most=3, points=1.0, pending=0.0, load_error=None, notes=(), by_hand=()):
    """A judgement of it with one criterion, `values`, and those that a person grades."""
    criteria = [CriterionScore("values", Text("Values"), points, 0.0, most)]
    criteria += [CriterionScore(name, Text(f"Title of {name}"), 0.0, 2.0, 2, "hand") for name in by_hand]
    return Judgement(
        handed_in.exercise, handed_in.file, handed_in.sha256, load_error, tuple(notes), score, pending, most, tuple(criteria),
        tuple(checks), 1, "sha256:suite", {"torch": "2"},
    )  # fmt: skip


def fill(file: Path, students, judged, *, alone=()):
    """Write a gradebook: students, pairs of submission and judgement, and submissions that were not judged."""
    with open_gradebook(file) as book:
        book.add_students(list(students))
        book.add_submissions([*(handed_in for handed_in, _ in judged), *alone])
        for _, verdict in judged:
            book.add_judgement(verdict)
    return file


def reports(course: Course, file: Path, student: str, language: str = "en"):
    """A student's page and Markdown."""
    with open_gradebook(file, writing=False) as book:
        view = class_view(book, course.rules())
        report = Records(book, view, course, language).report(next(s for s in view.students if s.id == student))
    return student_page(report, language), student_markdown(report, language)


def told_wrong(word: str) -> dict:
    """A failed check's fields, each with this word in it."""
    return {
        "verdict": "run_time_error",
        "failure": Failure(
            "raised", Text(f"the output {word}"), name=f"Error{word}", builtin="ValueError", expected=word, got=word,
            where=word, text=word, places=(Place("ex04.py", 2, word),),
        ),
        "example": f"print('{word}')",
        "output": word,
        "hint": Text(f"A hint {word}"),
    }  # fmt: skip


def hostile_class(file: Path, word: str) -> Path:
    """Students who put `word` wherever a student's words can come from, in one gradebook."""
    one = submission(
        "eve", EX04, f"x = '''{word}'''\n# {word}\n{word}\n", file=f"eve/{word}", together=("eve", word), marked_late=True
    )
    two = submission("eve", EX02, word)
    three = submission("eve", EX03, cells=(Cell("cell 1", word), Cell("cell 2", f"{word}\n{word}")))
    failed = told_wrong(word)
    values = {
        **failed,
        "verdict": "wrong_answer",
        "failure": Failure("values", Text("y"), expected=word, got=word, where="1/4@0"),
    }
    judged = [
        (
            one,
            judgement(
                one, check("first", **failed), check("second", **failed), check("third", **values),
                check("fourth", hidden=True, **failed),
                notes=(Note("passed_over", "ex04.py:1", word), Note("output", "", word), Note("killed", "ex04.py:2", word)),
            ),
        ),
        (two, judgement(two, score=0.0, load_error=LoadError("ex02.py", 1, 3, word, word))),
        (three, judgement(three, check("fifth", diagnosis=Text(f"See cell 2, line 1: {word}"), **failed))),
    ]  # fmt: skip
    fill(file, [Student("eve", f"Eve {word}", word, word)], judged)
    with open_gradebook(file) as book:
        book.add_adjustment("eve", EX04, 1.0, f"because {word}")
    return file
