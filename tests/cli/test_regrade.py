"""Regrading shows whose points would change, and by which checks, before it changes anything; a person's word stands."""

import sqlite3

import pytest
from conftest import answer, course_of_one


@pytest.fixture
def small_course(tmp_path):
    """A course of one exercise, which has a criterion that a person grades."""
    course_of_one(tmp_path)
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

    judged = run("batch", "class")
    assert judged.returncode == 0 and "other checks" not in judged.stdout
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
    other_checks = "2 judgements were made by other checks than today's: `grade regrade` says what would change.\n"
    for shown in (run("book"), run("export", "csv", "-o", "points.csv"), run("report", "pages")):
        assert shown.stdout.endswith(other_checks)
    (small_course / "new" / "cyd").mkdir(parents=True)
    (small_course / "new" / "cyd" / "ex03.py").write_text("x = (")
    part = run("batch", "new", "--lang", "zh", "--book", "gradebook.db")
    assert part.stdout.endswith("有 2 次评测不是用现在的检查做的：`grade regrade` 会说明哪些成绩将会改变。\n")
    before = run("book").stdout
    unanswered = run("regrade", stdin="")
    assert unanswered.returncode == 0 and "no answer" in unanswered.stdout and "Nothing was written" in unanswered.stdout
    asked = run("regrade", stdin="n\n")
    assert "the checks have changed" in asked.stdout and "relu_leaves_large_values_alone" in asked.stdout
    assert "bob" in asked.stdout and "Nothing was written" in asked.stdout and judgements(small_course) == 3
    assert run("book").stdout == before

    assert run("regrade", "--yes").returncode == 0 and judgements(small_course) == 5
    after = run("book").stdout
    assert after != before and "8" in after and "other checks" not in after
