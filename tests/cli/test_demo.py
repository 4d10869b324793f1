"""`grade demo`: one command makes a class, grades it and writes its pages; it does nothing twice, and takes no folder over."""

import shutil
import sqlite3
from datetime import UTC, datetime

import msgspec
import pytest
from conftest import ROOT

from grader.cli.demo import _the_class
from grader.cli.options import Settings
from grader.course.exercise import Course


def judgements(folder):
    with sqlite3.connect(folder / "gradebook.db") as connection:
        return connection.execute("SELECT COUNT(*) FROM judgements").fetchone()[0]


@pytest.mark.slow
def test_a_class_is_made_graded_and_shown_and_the_second_time_used_again(grade, tmp_path):
    folder = tmp_path / "demo"
    run = grade("demo", str(folder), "--no-browser")
    assert run.returncode == 0, run.stdout + run.stderr
    page = folder / "pages" / "index.html"
    assert page.is_file() and str(page) in run.stdout
    first = judgements(folder)
    assert first > 80 and len(list((folder / "pages" / "students").glob("*.html"))) >= 29
    again = grade("demo", str(folder), "--no-browser")
    assert again.returncode == 0 and "already here" in again.stdout and judgements(folder) == first


def test_late_ones_are_promised_only_where_something_has_a_due_date(tmp_path, capsys):
    course = Course.around(ROOT)
    settings = Settings("en", "student", False)
    dates = {e.short: datetime(2026, 3, 2, 22, tzinfo=UTC) for e in course.exercises}
    for folder, due in (("open", {}), ("due", dates)):
        course.config = msgspec.structs.replace(course.config, due=due)
        _the_class(course, tmp_path / folder, "made up", settings)
        told = " ".join(capsys.readouterr().out.split())
        assert ("late ones" in told) == bool(due) and "right answers, mistakes, " in told
        _the_class(course, tmp_path / folder, "made up", settings)
        assert ("late ones" in capsys.readouterr().out) == bool(due)


def test_a_folder_of_others_is_left_alone(grade, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    run = grade("demo", str(tmp_path), "--no-browser")
    assert run.returncode == 2 and "did not make it" in run.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_copy_of_the_course_without_solutions_has_no_demo(grade, course_copy):
    shutil.rmtree(course_copy / "solutions")
    run = grade("demo", "demo", "--no-browser", cwd=course_copy)
    assert run.returncode == 2 and "solutions/" in run.stderr and not (course_copy / "demo").exists()
