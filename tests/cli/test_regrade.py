"""Regrading shows whose points would change, and by which checks, before it changes anything; a person's word stands."""

import hashlib
import shutil
import sqlite3

import pytest
from conftest import ROOT, answer

from grader.cli.adjust import Wanted, adjust_points
from grader.cli.options import Settings
from grader.errors import UsageError
from grader.gradebook.book import open_gradebook
from grader.model import Cell, Judgement, Submission

EX03 = "ex03_stateless_layer"


@pytest.fixture
def small_course(tmp_path):
    """A course of one exercise, which has a criterion that a person grades."""
    for name in ("exercises", "solutions"):
        shutil.copytree(ROOT / name / "ex03_stateless_layer", tmp_path / name / "ex03_stateless_layer")
        for extra in (ROOT / name).glob("*.*"):
            shutil.copy(extra, tmp_path / name)
    toml = tmp_path / "exercises" / "ex03_stateless_layer" / "exercise.toml"
    style = '[[criteria]]\nid = "style"\npoints = 2\nby = "hand"\ntitle = { en = "Style", zh = "风格" }\n\n[[hints]]'
    toml.write_text(toml.read_text(encoding="utf-8").replace("[[hints]]", style, 1), encoding="utf-8")
    for student, text in (("ada", answer("ex03")), ("bob", answer("ex03", "wrong_answer", "relu_with_a_ceiling"))):
        (tmp_path / "class" / student).mkdir(parents=True)
        (tmp_path / "class" / student / "ex03.py").write_text(text)
    return tmp_path


def judgements(course):
    with sqlite3.connect(course / "gradebook.db") as connection:
        return connection.execute("SELECT COUNT(*) FROM judgements").fetchone()[0]


def test_a_class_from_the_first_judging_to_a_changed_check(grade, small_course):
    def run(*words, **more):
        return grade(*words, cwd=small_course, **more)

    assert run("batch", "class").returncode == 0
    shown = run("book").stdout
    assert "6…" in shown, "the points of style are still to come"

    assert run("adjust", "ada", "ex03", "--points", "3", "--criterion", "style").returncode == 2
    assert "8" in run("adjust", "ada", "ex03", "--points", "2", "--criterion", "style").stdout
    sheet = small_course / "style.csv"
    sheet.write_text("student,exercise,criterion,points,because\nbob,ex03,style,1,short names\nada,ex03,style,x,\n")
    refused = run("adjust", "--csv", str(sheet))
    assert refused.returncode == 2 and "line 3" in refused.stderr and "Nothing was taken in" in refused.stderr
    sheet.write_text("student;exercise;criterion;points;because\nbob;ex03;style;1,0;short names\n")  # of a German spreadsheet
    assert run("adjust", "bob", "--csv", str(sheet)).returncode == 2, "a student beside a file would be passed over"
    assert "1 row taken in" in run("adjust", "--csv", str(sheet)).stdout
    before = run("book").stdout
    assert "…" not in before.split("Points of")[0]

    assert "nothing to judge again" in run("regrade").stdout
    suite = small_course / "exercises" / "ex03_stateless_layer" / "test_visible.py"
    text = suite.read_text(encoding="utf-8")
    assert "x = 16 * tensor(seed, rows, columns)" in text
    suite.write_text(text.replace("x = 16 * tensor(seed, rows, columns)", "x = tensor(seed, rows, columns)"), encoding="utf-8")
    unanswered = run("regrade", stdin="")
    assert unanswered.returncode == 0 and "no answer" in unanswered.stdout and "Nothing was written" in unanswered.stdout
    asked = run("regrade", stdin="n\n")
    assert "the checks have changed" in asked.stdout and "relu_leaves_large_values_alone" in asked.stdout
    assert "bob" in asked.stdout and "Nothing was written" in asked.stdout and judgements(small_course) == 2
    assert run("book").stdout == before

    assert run("regrade", "--yes").returncode == 0 and judgements(small_course) == 4
    after = run("book").stdout
    assert after != before and "8" in after


@pytest.fixture
def judged_course(small_course):
    """The same course and class, with a judgement made when nobody graded style."""
    sources = {student: (small_course / "class" / student / "ex03.py").read_text() for student in ("ada", "bob")}
    with open_gradebook(small_course / "gradebook.db") as book:
        for student, text in sources.items():
            digest = hashlib.sha256(text.encode()).hexdigest()
            file = f"{student}/ex03.py"
            book.add_submissions([Submission(EX03, file, (Cell("ex03.py", text),), digest, student)])
            book.add_judgement(Judgement(EX03, file, digest, None, (), 6.0, 0.0, 6, (), (), 7, "digest", {}))
    return small_course


def test_points_by_hand_that_are_worth_less_now_count_less_and_it_is_said(grade, judged_course):
    def run(*words):
        return grade(*words, cwd=judged_course).stdout

    assert "6…" in run("book")
    assert "8" in run("adjust", "ada", "ex03", "--points", "2", "--criterion", "style", "--because", "short")
    toml = judged_course / "exercises" / EX03 / "exercise.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("points = 2\nby", "points = 1\nby"), encoding="utf-8")
    shown = run("book")
    assert "ada, ex03: 2 points were given for style, of which 1 count." in shown and "7" in shown
    run("report")
    page = (judged_course / "reports" / "students" / "ada.md").read_text(encoding="utf-8")
    assert "A person gave 2 points, of which 1 count: short" in page


@pytest.fixture
def adjust(judged_course, monkeypatch, capsys):
    """`grade adjust` in that course: returns what it prints, and refuses as it would."""
    monkeypatch.chdir(judged_course)

    def run(student=None, exercise=None, points=None, because="", criterion="", sheet=None):
        adjust_points(
            Settings("en", "student", False), Wanted(student, exercise, points, because, criterion, sheet, "gradebook.db")
        )
        return capsys.readouterr().out

    return run


def test_a_correction_that_does_not_count_in_full_says_so(adjust):
    assert adjust("ada", "ex03", 2.0, "a good idea") == "ada, ex03: +2. Now: 8±…\n"
    above = adjust("ada", "ex03", 1.0, "another one")
    assert "Now: 8" in above and "it would be 9, and no more than 8 count" in above
    below = adjust("ada", "ex03", -12.0, "a copy")
    assert "Now: 0" in below and "it would be -3, and it counts as 0" in below
    assert "it would be -1" in adjust("ada", "ex03", 2.0, "half of it was hers"), "what was taken too much is made up first"
    assert "would be" not in adjust("ada", "ex03", 2.0, "all of it was")


def test_a_sheets_titles_may_be_written_with_capitals_and_blanks(adjust, judged_course):
    sheet = judged_course / "style.csv"
    sheet.write_text("Student, Exercise, Criterion ,POINTS,Because\nada, ex03, style,1,short names\n")
    assert adjust(sheet=str(sheet)) == "1 row taken in.\n"


@pytest.mark.parametrize(
    "text, hint", [("Name,Exercise,Points\nada,ex03,1\n", "It has: Name, Exercise, Points."), ("", "It is empty.")]
)
def test_a_sheet_without_a_column_is_told_which_ones_it_has(adjust, judged_course, text, hint):
    (judged_course / "style.csv").write_text(text)
    with pytest.raises(UsageError, match="student, exercise, criterion, points, because") as told:
        adjust(sheet=str(judged_course / "style.csv"))
    assert told.value.hint == hint


def test_the_line_of_a_wrong_row_is_the_one_that_an_editor_shows(adjust, judged_course):
    sheet = judged_course / "style.csv"
    sheet.write_text('student,exercise,criterion,points,because\nada,ex03,style,1,"two\nlines"\nbob,ex03,style,x,\n')
    with pytest.raises(UsageError, match="line 4: x is no number"):
        adjust(sheet=str(sheet))
