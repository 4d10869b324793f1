"""`grade demo`: one command makes a class, grades it and writes its pages; it does nothing twice, and takes no folder over."""

import shutil
import sqlite3

import pytest


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


def test_a_folder_of_others_is_left_alone(grade, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    run = grade("demo", str(tmp_path), "--no-browser")
    assert run.returncode == 2 and "did not make it" in run.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_copy_of_the_course_without_solutions_has_no_demo(grade, course_copy):
    shutil.rmtree(course_copy / "solutions")
    run = grade("demo", "demo", "--no-browser", cwd=course_copy)
    assert run.returncode == 2 and "solutions/" in run.stderr and not (course_copy / "demo").exists()
