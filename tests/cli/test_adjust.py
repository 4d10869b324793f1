"""A person's points and corrections: what of them counts is said, and a sheet of them is read as people write sheets."""

import hashlib

import pytest
from test_regrade import small_course  # noqa: F401 (a fixture)

from grader.cli.adjust import Wanted, adjust_points
from grader.cli.options import Settings
from grader.errors import UsageError
from grader.gradebook.book import open_gradebook
from grader.model import Cell, Judgement, Submission

EX03 = "ex03_stateless_layer"


@pytest.fixture
def judged_course(small_course):  # noqa: F811
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
