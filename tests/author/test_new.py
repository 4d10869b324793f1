"""A teacher adds an exercise without reading the engine's source: `grade new`, `grade verify`."""

import shutil

import pytest
from conftest import ROOT


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course of one exercise, in a folder of its own."""
    root = tmp_path_factory.mktemp("course")
    for part in ("exercises", "solutions"):
        shutil.copytree(ROOT / part / "ex03_stateless_layer", root / part / "ex03_stateless_layer")
    shutil.copy(ROOT / "exercises" / "course.toml", root / "exercises")
    shutil.copy(ROOT / "solutions" / "proven.json", root / "solutions")
    return root


@pytest.fixture(scope="module")
def ex15(course, grade):
    made = grade("new", "ex15_scale", cwd=course)
    assert made.returncode == 0, made.stderr
    return course / "exercises" / "ex15_scale", course / "solutions" / "ex15_scale"


def test_a_new_exercise_is_accepted_as_a_draft(ex15, course, grade):
    run = grade("verify", "ex15", cwd=course)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "ex15 is a draft" in run.stdout and "still to do" not in run.stdout


def test_a_new_exercise_grades_its_starter_with_zero_and_its_reference_in_full(ex15, course, grade):
    starter = grade("ex15", cwd=course)
    assert starter.returncode == 1 and "ex15" in starter.stdout
    reference = grade("ex15", str(ex15[1] / "reference.py"), cwd=course)
    assert reference.returncode == 0, reference.stdout + reference.stderr


def test_what_a_draft_lacks_is_told_and_fails_nothing(ex15, course, grade):
    extra = ex15[1] / "wrong_answer" / "halves.py"
    extra.write_text((ex15[1] / "reference.py").read_text().replace("x * self.weight", "x * self.weight / 2"))
    try:
        run = grade("verify", "ex15", cwd=course)
        assert run.returncode == 0
        assert "still to do: wrong_answer/halves: fails" in " ".join(run.stdout.split())
    finally:
        extra.unlink()


def test_without_the_mark_of_a_draft_the_skeleton_is_a_proven_exercise(ex15, course, grade):
    config = ex15[0] / "exercise.toml"
    text = config.read_text()
    config.write_text(text.replace("draft = true\n", ""))
    try:
        run = grade("verify", "ex15", cwd=course)
        assert run.returncode == 0 and "ex15_scale" in (course / "solutions" / "proven.json").read_text()
    finally:
        config.write_text(text)


def test_no_mutant_of_the_skeleton_passes_unnoticed(ex15, course, grade):
    run = grade("verify", "ex15", "--mutants", cwd=course)
    assert run.returncode == 0, run.stdout
    expectations = ex15[1] / "expect.toml"
    text = expectations.read_text()
    expectations.write_text(text[: text.index("[equivalent]")])
    try:
        run = grade("verify", "ex15", "--mutants", cwd=course)
        assert run.returncode == 3 and "mutant passes: Scale.forward" in run.stdout
    finally:
        expectations.write_text(text)


def test_seeds_that_passed_are_not_tried_again(ex15, course, grade):
    assert grade("verify", "ex15", "--seeds", "10", cwd=course).returncode == 0
    (done,) = (course / ".grade").glob("seeds-*")
    assert '":10' in done.read_text() and '":1' in done.read_text()
    (ex15[1] / "reference.py").rename(ex15[1] / "reference.bak")
    try:
        wrong = (ex15[1] / "reference.bak").read_text().replace("x * self.weight", "x + self.weight")
        (ex15[1] / "reference.py").write_text(wrong)
        run = grade("verify", "ex15", "--seeds", "10", cwd=course)
        assert run.returncode == 3 and "under the course seed 0" in run.stdout, "another answer is tried from the start"
    finally:
        (ex15[1] / "reference.bak").replace(ex15[1] / "reference.py")


@pytest.mark.parametrize(
    ("name", "why"),
    [("ex03_other", "ex03 is taken"), ("convolution", "no name for an exercise"), ("../ex16_x", "no name for an exercise")],
)
def test_a_name_that_does_not_fit_is_refused(course, grade, name, why):
    run = grade("new", name, cwd=course)
    assert run.returncode == 2 and why in run.stderr


def test_several_exercises_are_verified_side_by_side_and_shown_in_order(ex15, course, grade):
    run = grade("verify", "--jobs", "2", cwd=course)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.index("ex03_stateless_layer:") < run.stdout.index("ex15_scale:")
