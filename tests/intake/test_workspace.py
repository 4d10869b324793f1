"""A student's folder holds answers where the course says, or by their names; links, giants and starters are none."""

import os

import pytest
from conftest import ROOT

from grader.course.exercise import Course
from grader.intake.workspace import candidates, read_answers, unasked

COURSE = Course.around(ROOT)
EX03, EX04 = "ex03_stateless_layer", "ex04_linear_layer"


def lay(folder, *names, text="x = 1\n"):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def read(folder, only=(), times=None, assigned=False):
    found = candidates(COURSE, folder, only, assigned=assigned)
    return read_answers(
        COURSE, found, lambda exercise, file: "starter" in file.read_text(), lambda name: (times or {}).get(name, ""), only
    )


def test_in_a_copy_of_the_course_only_an_exercises_own_file_counts(tmp_path):
    lay(tmp_path, f"exercises/{EX03}/ex03.py", f"exercises/{EX03}/drafts/ex03.py", "ex04.py", f"exercises/{EX04}/ex04_old.py",
        f"exercises/{EX03}/test_visible.py", "exercises/ex99_none/ex99.py")  # fmt: skip
    answers = read(tmp_path)
    assert {e: s.file for e, s in answers.submissions.items()} == {EX03: f"exercises/{EX03}/ex03.py"} and not answers.left_out


def test_elsewhere_names_say_what_a_file_answers_and_of_an_assignment_the_only_one_is_it(tmp_path):
    lay(tmp_path, "ex03.py", "src/EX4_final.py", "notes.py")
    assert {e: s.file for e, s in read(tmp_path).submissions.items()} == {EX03: "ex03.py", EX04: "src/EX4_final.py"}
    alone = tmp_path / "alone"
    lay(alone, "my answer.py")
    assert read(alone, {EX03}).submissions[EX03].file == "my answer.py"


def test_of_a_script_and_a_notebook_the_last_one_counts_and_the_other_is_named(tmp_path):
    script, notebook = f"exercises/{EX03}/ex03.py", f"exercises/{EX03}/ex03.ipynb"
    lay(tmp_path, script, notebook)
    one = read(tmp_path, times={script: "2026-01-01T00:00:00+00:00", notebook: "2026-01-02T00:00:00+00:00"})
    assert one.submissions[EX03].file == notebook and one.left_out[0].file == script
    assert one.left_out[0].reason == "ex03.ipynb counts: it was changed last".replace("ex03.ipynb", notebook)


@pytest.mark.parametrize("time", ["", "2026-01-01T00:00:00+00:00"])
def test_where_nothing_says_which_was_changed_last_nothing_of_that_kind_is_claimed(tmp_path, time):
    script, notebook = f"exercises/{EX03}/ex03.py", f"exercises/{EX03}/ex03.ipynb"
    lay(tmp_path, script, notebook)
    answers = read(tmp_path, times=dict.fromkeys((script, notebook), time))
    assert answers.submissions[EX03].file == script
    assert [(s.file, s.reason) for s in answers.left_out] == [
        (notebook, f"{script} counts: an exercise has one answer, and nothing says which file was changed last")
    ]


@pytest.mark.parametrize(("starter", "solved"), [("ex03.py", "ex03.ipynb"), ("ex03.ipynb", "ex03.py")])
@pytest.mark.parametrize("only", [(), {EX03}])
def test_a_starter_beside_an_answer_neither_counts_nor_is_missed(tmp_path, starter, solved, only):
    lay(tmp_path, starter, text='{"cells": [], "metadata": {"starter": 1}, "nbformat": 4, "nbformat_minor": 4}')
    lay(tmp_path, solved, text='{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}')
    later = {starter: "2026-01-02T00:00:00+00:00", solved: "2026-01-01T00:00:00+00:00"}
    for times in ({}, later):
        answers = read(tmp_path, only, times)
        assert answers.submissions[EX03].file == solved and not answers.left_out


def test_a_starter_alone_is_graded_where_its_exercise_is_asked_for_and_nowhere_else(tmp_path):
    lay(tmp_path, "ex03.py", text="starter = 1\n")
    assert not read(tmp_path).submissions and not read(tmp_path).left_out
    asked = read(tmp_path, {EX03}).completed([COURSE.find("ex03")])
    assert asked.submissions[EX03].cells[0].source == "starter = 1\n" and not asked.left_out


def test_links_and_giants_are_left_out_with_the_reason(tmp_path):
    lay(tmp_path, f"exercises/{EX03}/README.md", "elsewhere/ex04.py")
    os.symlink("/etc/passwd", tmp_path / "exercises" / EX03 / "ex03.py")
    os.symlink(tmp_path / "elsewhere", tmp_path / "exercises" / EX04)
    lay(tmp_path, "exercises/ex01_linear_forward/ex01.py", text="x" * (2 << 20))
    answers = read(tmp_path)
    assert not answers.submissions
    assert {(s.file, s.reason) for s in answers.left_out} == {
        (f"exercises/{EX03}/ex03.py", "it is a link"),
        (f"exercises/{EX04}", "it is a link"),
        ("exercises/ex01_linear_forward/ex01.py", "it is larger than 1 MiB"),
    }


def test_a_linked_folder_of_exercises_is_told_once(tmp_path):
    os.symlink("/etc", tmp_path / "exercises")
    answers = read(tmp_path)
    assert not answers.submissions and [(s.file, s.reason) for s in answers.left_out] == [("exercises", "it is a link")]


def test_an_assigned_exercise_without_an_answer_gets_an_empty_one(tmp_path):
    answers = read(tmp_path, {EX03}).completed([COURSE.find("ex03")])
    assert answers.submissions[EX03].cells[0].source == "" and answers.left_out[0].file == "ex03.py"


# ---- assigned work -------------------------------------------------------------------------------------------------------


def is_starter(exercise, file):
    return "starter" in file.read_text()


ELSEWHERE = [
    "ex03.py",
    "exercises/ex03.py",
    "exercises/ex03/ex03.ipynb",
    f"exercises/{EX03}/my/ex03.py",
    "Übung/ex03_final.py",
]


@pytest.mark.parametrize("only", [(), {EX03}])
@pytest.mark.parametrize("beside", [(), (f"exercises/{EX03}/ex03.py", f"exercises/{EX04}/ex04.py")], ids=["alone", "starters"])
@pytest.mark.parametrize("name", ELSEWHERE)
def test_in_assigned_work_a_name_counts_where_an_exercises_own_file_holds_no_answer(tmp_path, name, beside, only):
    lay(tmp_path, f"exercises/{EX03}/test_visible.py", *beside, text="starter = 1\n")
    lay(tmp_path, name, text='{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}')
    answers = read(tmp_path, only, assigned=True)
    assert {e: s.file for e, s in answers.submissions.items()} == {EX03: name} and not answers.left_out
    assert not unasked(COURSE, tmp_path, only, is_starter)


def test_in_assigned_work_an_answer_in_its_own_place_counts_whenever_others_were_changed(tmp_path):
    own = f"exercises/{EX03}/ex03.py"
    lay(tmp_path, own, "drafts/ex03.py")
    answers = read(tmp_path, times={own: "2026-01-01T00:00:00", "drafts/ex03.py": "2026-01-02T00:00:00"}, assigned=True)
    assert answers.submissions[EX03].file == own
    assert [(s.file, s.reason) for s in answers.left_out] == [
        ("drafts/ex03.py", f"{own} counts: it lies where the course has this exercise")
    ]


def test_suites_of_a_copy_answer_nothing_by_their_folders_names(tmp_path):
    lay(tmp_path, f"exercises/{EX03}/test_visible.py", f"exercises/{EX03}/README.md")
    lay(tmp_path / "zipped", f"my work/exercises/{EX03}/test_visible.py")
    for folder in (tmp_path, tmp_path / "zipped"):
        assert not read(folder, assigned=True).submissions and not read(folder, {EX03}, assigned=True).submissions
        assert not unasked(COURSE, folder, {EX04}, is_starter)


def test_what_is_handed_in_with_an_answer_and_is_not_asked_for_is_named_and_starters_are_not(tmp_path):
    lay(tmp_path, "ex03.py", "notes.py", "ex01.py", f"exercises/{EX04}/ex04.py", "README.md")
    lay(tmp_path, "exercises/ex02_activation/ex02.py", text="starter = 1\n")
    assert {s.file: s.reason for s in unasked(COURSE, tmp_path, {EX03, "ex05_tensor_reduction"}, is_starter)} == {
        "notes.py": "no exercise has this name",
        "ex01.py": "ex01 is not asked for",
        f"exercises/{EX04}/ex04.py": "ex04 is not asked for",
    }
