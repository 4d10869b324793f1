"""`grade ci` in a scratch clone of a bare remote: what was pushed is graded by the pack, whatever else was pushed along."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import junitparser
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "report"))
from actions_runner import commands_of
from conftest import ROOT, answer
from student_repository import EX01, EX03, RIGHT, WRONG, Repository, git, grade_ci, handout

from grader.cli.ci_place import _asked
from grader.course.exercise import Course
from grader.course.pack import build_pack
from grader.course.sealed import new_key
from grader.course.starter import notebook_of

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not here")


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path)


# ---- without judging -----------------------------------------------------------------------------------------------------


def test_a_push_that_changes_no_answer_grades_nothing_and_is_no_failure(repository):
    repository.push(**{"README.md": "hello"})
    checkout = repository.checkout()
    run = grade_ci(checkout, environment=repository.github(checkout))
    assert run.returncode == 0, run.stderr
    assert "no exercise was changed" in repository.summary()
    assert repository.outputs() == {"score": "0", "max-score": "0", "pending-points": "0", "passed": "true"}


def test_in_a_students_repository_a_solutions_folder_of_their_own_is_no_course(repository):
    (repository.clone / "exercises" / "course.pack").unlink()
    repository.push(**{"solutions/ex03_stateless_layer/test_hidden.py": "", f"{EX03}/ex03.py": WRONG})
    checkout = repository.checkout()
    run = grade_ci(checkout, environment=repository.github(checkout))
    assert run.returncode == 3 and "no exercises/course.pack" in run.stderr


def test_a_pack_that_whoever_runs_this_does_not_expect_is_refused(repository):
    run = grade_ci(repository.clone, environment={"GRADE_PACK_SHA256": "0" * 64})
    assert run.returncode == 3 and "GRADE_PACK_SHA256" in run.stderr


def test_a_base_that_whoever_runs_this_names_must_be_there(repository):
    repository.push(**{f"{EX03}/ex03.py": WRONG})
    run = grade_ci(repository.clone, "--base", "nosuch", environment=repository.github(repository.clone))
    assert run.returncode == 2 and "there is no commit 'nosuch'" in run.stderr and "Score" not in run.stdout


def test_what_classroom_50_must_say_is_asked_for_before_anything_is_graded(repository):
    repository.push(**{f"{EX03}/ex03.py": WRONG})
    run = grade_ci(repository.clone, "--format", "classroom50", environment={"ASSIGNMENT": "ex03"})
    assert run.returncode == 2 and "CLASSROOM is not set" in run.stderr and "CustomReLU" not in run.stdout


# ---- nothing graded: told where people look ------------------------------------------------------------------------------

PIN = {"GRADE_PACK_SHA256": "0" * 64}
FAULT = "The course's files here are at fault, not your answer."


def test_github_shows_why_nothing_was_graded_at_the_run_and_in_its_summary(repository):
    run = grade_ci(repository.clone, environment=repository.github(repository.clone, **PIN))
    ((kind, about, message),) = commands_of(run.stdout)
    assert run.returncode == 3 and kind == "error" and about == {"title": "Nothing was graded, and no points are lost."}
    assert "GRADE_PACK_SHA256" in message and "Put the pack" in message and FAULT in message
    assert repository.summary().startswith("## Nothing was graded") and FAULT in repository.summary().replace("\\", "")
    assert not (repository.runner / "output").exists()


def test_each_fault_is_told_from_the_others_in_both_languages(repository):
    environment = repository.github(repository.clone)
    told = {
        grade_ci(repository.clone, "--base", "nosuch", environment=environment).stdout,
        grade_ci(repository.clone, environment={**environment, **PIN}).stdout,
        grade_ci(repository.clone, environment=environment, safe=False).stdout,
    }
    for fault in ("How grading is set up here is at fault", FAULT, "The machine that grades is at fault"):
        assert sum(fault in text for text in told) == 1
    run = grade_ci(repository.clone, "--lang", "zh", environment={**environment, **PIN})
    assert "没有评分" in run.stdout


def test_what_nobody_foresaw_is_our_fault_and_no_command_of_the_log(repository, tmp_path):
    os.symlink("/dev/full", repository.runner / "output")
    repository.push(**{"README.md": "hello"})
    run = grade_ci(repository.clone, environment=repository.github(repository.clone))
    assert run.returncode == 70 and "This is our fault" in run.stderr
    (*_, (kind, _, message)) = commands_of(run.stdout)
    assert kind == "error" and "something went wrong on our side" in message and commands_of(run.stderr) == []


def test_where_python_would_import_what_a_student_wrote_that_is_told_without_importing_it(repository, tmp_path):
    mark = tmp_path / "mark"
    names = ("rich.py", "markdown_it.py", "pygments.py", "xml.py", "junitparser.py", "nbformat.py", "html.py", "csv.py")
    repository.push(**dict.fromkeys(names, SPRUNG.format(mark=str(mark))))
    path = f"{os.environ.get('PYTHONPATH', '')}:{repository.clone}"
    run = grade_ci(repository.clone, environment=repository.github(repository.clone, PYTHONPATH=path))
    assert run.returncode == 4 and not mark.exists(), run.stderr
    assert [kind for kind, _, _ in commands_of(run.stdout)] == ["error"] and "python -P" in repository.summary()


def test_gitlab_shows_why_nothing_was_graded_among_its_tests(repository):
    run = grade_ci(repository.clone, environment={"GITLAB_CI": "true", **PIN})
    assert run.returncode == 3
    (suite,) = junitparser.JUnitXml.fromfile(str(repository.clone / "grade-reports" / "junit.xml"))
    (case,) = suite
    assert (suite.errors, suite.failures) == (1, 0) and "GRADE_PACK_SHA256" in case.result[0].text
    assert FAULT in (repository.clone / "grade-reports" / "report.md").read_text().replace("\\", "")
    assert not (repository.clone / "grade-reports" / "gl-code-quality-report.json").exists(), "nothing is said to be mended"


def test_gradescope_is_told_why_nothing_was_graded_and_given_no_zero(autograder):
    (autograder / "submission" / "ex03.py").write_text(RIGHT)
    (autograder / "results" / "results.json").write_text('{"score": 0}')
    run = grade_ci(autograder / "source", environment={"GRADE_AUTOGRADER": str(autograder), **PIN})
    assert run.returncode == 3
    document = json.loads((autograder / "results" / "results.json").read_text())
    assert "score" not in document and document["tests"] == []
    assert FAULT in document["output"] and "GRADE_PACK_SHA256" in document["output"]


def test_with_a_key_a_pack_of_a_students_own_making_is_refused(tmp_path):
    key = new_key()
    repository = Repository(tmp_path, "keyed", key)
    shutil.copy(handout(tmp_path / "theirs") / "exercises" / "course.pack", repository.clone / "exercises" / "course.pack")
    repository.push(**{f"{EX03}/ex03.py": WRONG})
    run = grade_ci(repository.clone, environment=repository.github(repository.clone, GRADE_KEY=key))
    assert run.returncode == 2 and "GRADE_KEY is set" in run.stderr and key not in run.stdout + run.stderr
    ((kind, _, message),) = commands_of(run.stdout + run.stderr)
    assert kind == "error" and "GRADE_KEY is set" in message


def test_an_errors_words_are_no_command_of_the_log(repository):
    field = '{"schema":"grade/pack/v2","exercises":{},"course":{"title":{"en":""},"seed":1,"\\n::error::x ##[add-mask]y":1}}'
    for text in ('{"schema":"\\n::error::x"}', '{"schema":"##[add-mask]y"}', field, "\n::error::x ##[add-mask]y\n"):
        repository.write({"exercises/course.pack": text})
        run = grade_ci(repository.clone, environment=repository.github(repository.clone))
        assert run.returncode == 3, run.stderr
        ((kind, about, message),) = commands_of(run.stdout + run.stderr)  # the one that tells of it
        assert kind == "error" and about == {"title": "Nothing was graded, and no points are lost."} and FAULT in message
        assert commands_of(run.stderr) == [] and "\n::" not in repository.summary()


def test_reports_are_not_written_through_a_link_that_a_student_made(repository, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    os.symlink(tmp_path / "elsewhere", repository.clone / "grade-reports")
    repository.push("x")
    run = grade_ci(repository.clone, environment={"GITLAB_CI": "true", "CI_COMMIT_BEFORE_SHA": repository.before})
    assert run.returncode == 2 and "is a link" in run.stderr and not list((tmp_path / "elsewhere").iterdir())


def test_it_does_not_run_where_python_would_import_what_a_student_wrote(repository, tmp_path):
    mark = tmp_path / "mark"
    repository.push(**dict.fromkeys(("torch.py", "nbformat.py", "pytest.py"), SPRUNG.format(mark=str(mark))))
    for run in (
        grade_ci(repository.clone, safe=False),
        grade_ci(repository.clone, environment={"PYTHONPATH": f"{os.environ.get('PYTHONPATH', '')}:{repository.clone}"}),
    ):
        assert run.returncode == 4 and "python -P" in run.stderr and not mark.exists(), run.stderr


def test_a_teachers_report_is_not_for_a_log(repository):
    assert grade_ci(repository.clone, "--as", "teacher").returncode == 2


# ---- graded --------------------------------------------------------------------------------------------------------------


def test_github_gets_annotations_a_summary_and_outputs_for_what_a_push_changed(repository):
    repository.push(**{f"{EX03}/ex03.py": WRONG})
    checkout = repository.checkout()
    run = grade_ci(checkout, environment=repository.github(checkout))
    assert run.returncode == 1, run.stderr
    ((kind, about, message),) = commands_of(run.stdout)
    assert kind == "error" and about["file"] == f"{EX03}/ex03.py" and about["title"].startswith("ex03: CustomReLU")
    assert WRONG.splitlines()[int(about["line"]) - 1].startswith("class CustomReLU")
    assert "max(x, 0)" in message and "Hint:" in message
    assert "## Score: 4 of 6" in repository.summary() and "hidden checks; they were run here" in repository.summary()
    assert repository.outputs() == {"score": "4", "max-score": "6", "pending-points": "0", "passed": "false"}
    assert not (checkout / ".grade").exists() and not git(checkout, "status", "--porcelain")


def test_gitlab_gets_files_and_a_shallow_clone_has_everything_graded(repository):
    repository.push(**{f"{EX03}/ex03.py": WRONG})
    repository.push("more")
    checkout = repository.checkout("shallow", "--depth", "1")
    run = grade_ci(checkout, environment={"GITLAB_CI": "true", "CI_COMMIT_BEFORE_SHA": repository.before, "CI_PROJECT_DIR": str(checkout)})  # fmt: skip
    assert run.returncode == 1, run.stderr
    assert "is it shallow?" in run.stdout and commands_of(run.stdout) == []
    folder = checkout / "grade-reports"
    (issue,) = json.loads((folder / "gl-code-quality-report.json").read_text())
    assert issue["location"]["path"] == f"{EX03}/ex03.py"
    (suite,) = junitparser.JUnitXml.fromfile(str(folder / "junit.xml"))
    assert suite.failures == 1 and suite.name == "ex03"
    assert json.loads((folder / "report.json").read_text())["score"] == 4


@pytest.mark.slow
def test_a_students_copies_of_settings_and_folders_change_nothing_and_are_named(repository):
    pushed = repository.clone / "exercises"
    shutil.copytree(pushed.parent / EX03, pushed / "ex03_backup")  # it sorts before the exercise itself
    (pushed / "course.toml").unlink()
    settings = (pushed.parent / EX03 / "exercise.toml").read_text().replace("points = 2", "points = 200")
    repository.push(
        **{f"{EX03}/ex03.py": WRONG, f"{EX03}/exercise.toml": f'preimports = ["torch.nonexistent"]\n{settings}',
           f"{EX01}/exercise.toml": "broken", "exercises/ex99/ex99.py": "", "exercises/ex03_backup/ex03.py": RIGHT},
    )  # fmt: skip
    checkout = repository.checkout()
    run = grade_ci(checkout, environment=repository.github(checkout))
    assert run.returncode == 1, run.stderr
    assert repository.outputs()["score"] == "4" and repository.outputs()["max-score"] == "6"
    found = commands_of(run.stdout)
    assert [(about["file"], message) for kind, about, message in found if kind == "warning"] == [
        (f"{EX03}/exercise.toml", "This file differs from the settings of the course. Those of the course were used.")
    ]
    ((kind, _, message),) = found[-1:]
    assert kind == "notice"
    assert message == "No exercise of this course, and not graded: exercises/ex03_backup, exercises/ex99."


@pytest.mark.skipif(sys.platform == "win32", reason="devices are elsewhere on Windows")
def test_settings_that_are_a_device_without_end_are_not_read_and_course_settings_that_differ_are_named(repository):
    for name in (f"{EX03}/exercise.toml", "exercises/course.toml"):
        (repository.clone / name).unlink()
        (repository.clone / name).symlink_to("/dev/zero")
    repository.push("devices", **{"README.md": "hello"})
    run = grade_ci(repository.clone, environment=repository.github(repository.clone))
    assert run.returncode == 0, run.stderr
    assert "exercises/course.toml differs from the settings of the course." in run.stdout


ATTACK = """
import os, sys
print("::error file=x::FORGED")
print("::set-output name=score::100")
print("::stop-commands::FORGED")
print("##[error]FORGED")
print("score<<EOF\\n6\\nEOF")
print(os.environ.get("GRADE_KEY"), dict(os.environ))
for name in ["/proc/self/environ", "/proc/1/environ", f"/proc/{os.getppid()}/environ"]:
    try:
        print(name, open(name, "rb").read())
    except OSError as error:
        print(name, error)
print("<script>alert(1)</script>\\n```\\n# Score: 6 of 6")
raise ValueError("::error::FORGED\\n::error::FORGED")
"""
SPRUNG = "import pathlib\npathlib.Path({mark!r}).write_text('sprung')\n"


@pytest.mark.slow
def test_what_else_is_pushed_is_not_run_and_what_a_submission_prints_is_no_command(tmp_path):
    key = new_key()
    repository = Repository(tmp_path, "keyed", key)
    mark = tmp_path / "mark"
    sprung = SPRUNG.format(mark=str(mark))
    modules = ["torch.py", "sitecustomize.py", "usercustomize.py", "conftest.py", "landlockpy.py", "nbformat.py", "evil.py",
               "numpy.py", f"{EX03}/conftest.py", f"{EX03}/torch.py", f"{EX03}/evil.py", "click.py", "msgspec.py",
               "hypothesis.py", "grader/__init__.py", "grader/cli/__init__.py", "grader/worker/__init__.py"]  # fmt: skip
    repository.push(
        **{f"{EX03}/ex03.py": WRONG + ATTACK, f"{EX03}/test_visible.py": sprung},
        **dict.fromkeys(modules, sprung),
        **{
            "pytest.ini": "[pytest]\naddopts = -p evil\n", "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-p evil'\n",
            "tox.ini": "[pytest]\naddopts = -p evil\n", "evil.pth": "import evil\n",
            "evil-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: evil\nVersion: 1\n",
            "evil-1.dist-info/entry_points.txt": "[pytest11]\nevil = evil\n[hypothesis]\nevil = evil\n",
            "solutions/ex03_stateless_layer/test_hidden.py": sprung,
            ".gitattributes": "* filter=evil\n",
        },
    )  # fmt: skip
    checkout = repository.checkout()
    hook = tmp_path / "hook"
    hook.write_text(f"#!/bin/sh\ntouch {mark}\n")
    hook.chmod(0o755)
    git(checkout, "config", "core.fsmonitor", str(hook))
    git(checkout, "config", "filter.evil.clean", str(hook))
    environment = repository.github(checkout, GRADE_KEY=key, PYTEST_ADDOPTS="-p evil", PYTEST_PLUGINS="")
    run = grade_ci(checkout, environment=environment)
    assert run.returncode == 1, run.stderr
    assert not mark.exists()
    found = commands_of(run.stdout + run.stderr)
    assert {(kind, about["file"]) for kind, about, _ in found} == {
        ("error", f"{EX03}/ex03.py"), ("warning", f"{EX03}/ex03.py"), ("warning", f"{EX03}/test_visible.py"),
    }  # fmt: skip
    assert not any(line.startswith(("::error file=x", "::set-output", "##[")) for line in run.stdout.splitlines())
    assert "FORGED" in run.stdout and key not in run.stdout + run.stderr + repository.summary()
    assert repository.outputs() == {"score": "4", "max-score": "6", "pending-points": "0", "passed": "false"}
    assert repository.summary().startswith("## Score: 4 of 6") and "\n# Score" not in repository.summary().split("```")[0]


@pytest.mark.slow
def test_links_and_giants_are_named_and_the_rest_is_graded(repository, tmp_path):
    repository.write({f"{EX03}/ex03.py": RIGHT})
    (repository.clone / EX01 / "ex01.py").unlink()
    os.symlink("/etc/passwd", repository.clone / EX01 / "ex01.py")
    repository.push("a link")
    checkout = repository.checkout()
    run = grade_ci(checkout, environment=repository.github(checkout))
    assert run.returncode == 1, run.stderr  # full marks in what was graded, but not everything was
    assert [(kind, about["file"]) for kind, about, _ in commands_of(run.stdout)] == [("error", f"{EX01}/ex01.py")]
    assert "root:" not in run.stdout + repository.summary() and repository.outputs()["score"] == "6"
    (repository.clone / EX01 / "ex01.py").unlink()
    repository.push("a giant", **{f"{EX01}/ex01.py": "x = 1\n" * (1 << 20), f"{EX03}/ex03.py": WRONG})
    checkout = repository.checkout("second")
    run = grade_ci(checkout, environment=repository.github(checkout))
    assert run.returncode == 1 and "larger than 1 MiB" in run.stdout and len(run.stdout) < 100_000


@pytest.mark.slow
def test_names_of_files_are_no_commands(repository, tmp_path):
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    names = ["ex03\n::error::FORGED.py", "ex01%0A::error::FORGED,line=1.py"]
    (theirs / names[0]).write_text(WRONG)
    (theirs / names[1]).write_text("def (\n")
    environment = repository.github(theirs)
    run = grade_ci(repository.clone, "--submission", str(theirs), environment=environment)
    assert run.returncode == 1, run.stderr
    found = commands_of(run.stdout)
    assert {about["file"] for kind, about, _ in found if kind == "error"} == set(names)
    assert not any(message.startswith("FORGED") for _, _, message in found)


# ---- Gradescope and Classroom 50 -----------------------------------------------------------------------------------------


CLASSROOM = {
    "CLASSROOM": "dl", "ASSIGNMENT_TYPE": "individual", "OWNER": "ada", "SUBMISSION_TAG": "submit/x", "COMMIT_URL": "https://c",
    "RELEASE_URL": "https://r", "REVIEW_URL": "https://v",
}  # fmt: skip


@pytest.fixture
def autograder(tmp_path):
    """Gradescope's container: the course in source/, the files in submission/."""
    root = tmp_path / "autograder"
    handout(root / "source")
    (root / "submission").mkdir()
    (root / "results").mkdir()
    about = {"id": 1, "assignment": {"title": "ex03: layers", "total_points": "20.0"}, "users": [{"name": "Ada"}]}
    (root / "submission_metadata.json").write_text(json.dumps(about))
    return root


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("ex03", "ex03"), ("ex03-layers", "ex03"), ("EX03: layers", "ex03"), ("ex03_stateless_layer", "ex03"),
        ("2026-ex03-stateless-layer", "ex03"), ("week 3: ex03", "ex03"),
        ("Homework 1 (ex01-ex03)", ""), ("ex01-03", ""), ("ex01, 2 and 3", ""), ("Ex 1, 2 and 3", ""), ("ex01 & Exercise 2", ""),
        ("Exercise 1: forward and activation", ""), ("Exercises 1-3", ""), ("Ex 1", ""), ("ex3", ""), ("ex03b", ""), ("ex99", ""),
        ("annex03", ""), ("homework", ""), ("", ""),
    ],
)  # fmt: skip
def test_an_assignments_name_asks_for_an_exercise_only_where_it_cannot_mean_another(words, asked):
    course = Course.around(ROOT)
    assert _asked(course, words) == ({course.find(asked).id} if asked else set())


def test_classroom50_where_nothing_was_handed_in_is_nothing_of_all_the_course_and_no_full_marks(repository, tmp_path):
    (tmp_path / "theirs").mkdir()
    environment = {**CLASSROOM, "ASSIGNMENT": "homework"}
    for folder in (repository.clone, tmp_path / "theirs"):  # starters alone, and nothing at all
        run = grade_ci(repository.clone, "--submission", str(folder), "--out", str(tmp_path), environment=environment)
        document = json.loads((tmp_path / "result.json").read_text())
        assert (run.returncode, document["score"], document["max-score"]) == (1, 0, 2 * (5 + 6)), run.stderr
        assert "ex01.py: Not graded" in run.stdout and "ex03.py: Not graded" in run.stdout
        assert "Score: 0 of 11" in (tmp_path / "release-body.md").read_text()


def test_an_exercise_that_is_asked_for_and_is_none_of_the_course_is_told(repository):
    run = grade_ci(repository.clone, "-e", "ex77", environment={})
    assert run.returncode == 2 and "no exercise or command named 'ex77'" in run.stderr


@pytest.mark.slow
def test_of_all_the_course_what_is_missing_counts_as_nothing(repository, tmp_path):
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "ex01.py").write_text(answer("ex01"))
    (theirs / "helper.py").write_text("")
    environment = {**CLASSROOM, "ASSIGNMENT": "homework"}
    run = grade_ci(repository.clone, "--submission", str(theirs), "--out", str(tmp_path), environment=environment)
    document = json.loads((tmp_path / "result.json").read_text())
    assert (run.returncode, document["score"], document["max-score"]) == (1, 10, 22), run.stderr
    assert "ex03.py: Not graded: there is no answer of this name." in run.stdout
    assert "helper.py: Not graded: no exercise has this name." in run.stdout


@pytest.mark.slow
def test_whoever_sets_gradescope_up_says_what_is_asked_for_whatever_the_title_says(autograder):
    submission = autograder / "submission"
    (submission / "exercises").mkdir()
    (submission / "exercises" / "ex03.py").write_text(RIGHT)
    environment = {"GRADE_AUTOGRADER": str(autograder)}
    about = {"assignment": {"title": "ex01", "total_points": "11.0"}}
    (autograder / "submission_metadata.json").write_text(json.dumps(about))
    run = grade_ci(autograder / "source", "-e", "ex01", "-e", "ex03", environment=environment)
    document = json.loads((autograder / "results" / "results.json").read_text())
    assert run.returncode == 1 and document["score"] == 6, run.stderr
    assert "ex01.py: Not graded: there is no answer of this name." in document["output"]
    assert "Gradescope counts" not in document["output"]
    (submission / "ex01.py").write_text("x = 1")
    (submission / "notes.py").write_text("x = 1")
    run = grade_ci(autograder / "source", "-e", "ex03", environment=environment)
    document = json.loads((autograder / "results" / "results.json").read_text())
    assert run.returncode == 0 and document["score"] == 6, run.stderr
    assert "ex01.py: Not graded: ex01 is not asked for." in document["output"]
    assert "notes.py: Not graded: no exercise has this name." in document["output"]
    assert "out of 11 points, and what is asked for gives 6" in document["output"]


@pytest.mark.slow
def test_a_sheets_number_in_gradescopes_title_loses_no_answer(autograder):
    about = {"assignment": {"title": "Exercise 1: layers", "total_points": "11.0"}}
    (autograder / "submission_metadata.json").write_text(json.dumps(about))
    for name in ("ex01", "ex03"):
        (autograder / "submission" / f"{name}.py").write_text(answer(name))
    run = grade_ci(autograder / "source", environment={"GRADE_AUTOGRADER": str(autograder)})
    document = json.loads((autograder / "results" / "results.json").read_text())
    assert run.returncode == 0 and document["score"] == 11, run.stderr


@pytest.mark.slow
def test_a_right_answer_at_the_top_counts_beside_a_tree_of_starters(repository, tmp_path):
    repository.push(**{"ex03.py": RIGHT})
    checkout = repository.checkout()
    environment = {**CLASSROOM, "ASSIGNMENT": "ex03"}
    run = grade_ci(repository.clone, "--submission", str(checkout), "--out", str(tmp_path), environment=environment)
    document = json.loads((tmp_path / "result.json").read_text())
    assert (run.returncode, document["score"], document["max-score"]) == (0, 12, 12), run.stderr
    assert "Not graded" not in run.stdout


@pytest.mark.slow
def test_gradescope_grades_files_at_the_top_and_says_where_points_differ(autograder):
    (autograder / "submission" / "my layer.py").write_text(WRONG)  # the only file, and the assignment's title names ex03
    (autograder / "submission" / "torch.py").write_text("raise SystemExit\n")
    (autograder / "submission" / "my layer.py").rename(autograder / "submission" / "ex03.py")
    environment = {"GRADE_AUTOGRADER": str(autograder)}
    run = grade_ci(autograder / "source", environment=environment)
    assert run.returncode == 1, run.stderr
    document = json.loads((autograder / "results" / "results.json").read_text())
    assert document["score"] == 4 and "out of 20 points" in document["output"] and document["stdout_visibility"] == "hidden"
    assert "history" not in document["output"]
    (autograder / "submission" / "ex03.py").unlink()
    (autograder / "submission" / "torch.py").unlink()
    run = grade_ci(autograder / "source", environment=environment)
    assert run.returncode == 1
    document = json.loads((autograder / "results" / "results.json").read_text())
    assert document["score"] == 0 and "there is no answer of this name" in document["output"]


@pytest.mark.slow
def test_classroom50_gets_a_result_beside_the_submission_from_a_course_that_lies_elsewhere(repository, tmp_path):
    repository.push(**{f"{EX03}/ex03.py": WRONG})
    checkout = repository.checkout()
    os.symlink("/etc/hostname", checkout / "result.json")
    bundle = handout(tmp_path / "bundle")
    environment = repository.github(
        checkout, CLASSROOM="dl", ASSIGNMENT="ex03-layers", ASSIGNMENT_TYPE="individual", OWNER="ada", SUBMISSION_TAG="submit/x",
        COMMIT_URL="https://c", RELEASE_URL="https://r", REVIEW_URL="https://v", GITHUB_ACTOR="ada", GITHUB_ACTOR_ID="7",
    )  # fmt: skip
    run = grade_ci(bundle, "--submission", str(checkout), "--out", str(checkout), environment=environment)
    assert run.returncode == 1, run.stderr
    document = json.loads((checkout / "result.json").read_text())
    assert not (checkout / "result.json").is_symlink()
    assert (document["score"], document["max-score"], document["owner"]) == (8, 12, "ada")
    committed = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=checkout, capture_output=True, text=True).stdout
    from datetime import UTC, datetime

    assert document["datetime"] == datetime.fromtimestamp(int(committed), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (checkout / "release-body.md").read_text().startswith("## Score: 4 of 6")


@pytest.mark.slow
@pytest.mark.parametrize("solved", ["ex03.py", "ex03.ipynb"])
def test_gradescope_takes_the_answer_where_a_starter_was_uploaded_beside_it(autograder, solved):
    for name, text in both(solved).items():
        (autograder / "submission" / name).write_text(text)
    run = grade_ci(autograder / "source", environment={"GRADE_AUTOGRADER": str(autograder)})
    document = json.loads((autograder / "results" / "results.json").read_text())
    assert run.returncode == 0 and document["score"] == 6, run.stderr
    assert "Not graded" not in document["output"] + run.stdout


@pytest.mark.slow
@pytest.mark.parametrize("commits", [1, 2])
@pytest.mark.parametrize("solved", ["ex03.py", "ex03.ipynb"])
def test_classroom50_takes_the_answer_that_was_pushed_with_or_after_its_template(repository, tmp_path, solved, commits):
    theirs = tmp_path / "theirs"
    files = both(solved)
    git(tmp_path, "init", "-q", "-b", "main", str(theirs))
    for number in range(commits):
        for name in files if number == 0 else (solved,):
            (theirs / name).write_text(both("")[name] if number < commits - 1 else files[name])
        git(theirs, "add", "-A")
        git(theirs, "commit", "-qm", "work")
    environment = repository.github(
        theirs, CLASSROOM="dl", ASSIGNMENT="ex03-layers", OWNER="ada", SUBMISSION_TAG="submit/x", COMMIT_URL="c", RELEASE_URL="r",
    )  # fmt: skip
    run = grade_ci(repository.clone, "--submission", str(theirs), "--out", str(tmp_path), environment=environment)
    assert run.returncode == 0 and "Not graded" not in run.stdout, run.stderr
    assert json.loads((tmp_path / "result.json").read_text())["score"] == 12


@pytest.mark.slow
@pytest.mark.parametrize("solved", ["ex03.py", "ex03.ipynb"])
def test_github_takes_the_answer_and_not_the_starter_beside_it(repository, solved):
    repository.push(**{f"{EX03}/{name}": text for name, text in both(solved).items()})
    run = grade_ci(repository.clone, environment=repository.github(repository.clone))
    assert run.returncode == 0 and repository.outputs() == {
        "score": "6",
        "max-score": "6",
        "pending-points": "0",
        "passed": "true",
    }, run.stderr


@pytest.mark.slow
def test_github_takes_the_answer_and_not_a_starter_that_an_editor_saved_anew(repository):
    files = both("ex03.ipynb")
    files["ex03.py"] = "\ufeff# my notes\n" + files["ex03.py"]
    repository.push(**{f"{EX03}/{name}": text.replace("\n", "\r\n") for name, text in files.items()})
    run = grade_ci(repository.clone, environment=repository.github(repository.clone))
    assert run.returncode == 0 and repository.outputs()["score"] == "6", run.stdout + run.stderr
    assert "Not graded" not in run.stdout


def both(solved):
    """An untouched script and notebook of ex03, of which one is solved."""
    course = Course.around(ROOT)
    starter = build_pack(course, course.find("ex03")).starter
    script, notebook = (RIGHT if solved == name else starter for name in ("ex03.py", "ex03.ipynb"))
    return {"ex03.py": script, "ex03.ipynb": notebook_of(notebook)}


# ---- workers -------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_an_exercise_needs_at_hand_is_imported_only_where_an_answer_to_it_is_graded(tmp_path):
    repository = Repository(tmp_path, words=("ex03", "ex12"))
    ask = "import sys\nprint('AT HAND', 'torch._dynamo' in sys.modules)\n"
    repository.push(**{f"{EX03}/ex03.py": ask + RIGHT})
    run = grade_ci(repository.clone, "--all", environment={})
    assert run.returncode == 0 and "AT HAND False" in run.stdout, run.stdout + run.stderr
    repository.push(**{"exercises/ex12_tying/ex12.py": answer("ex12")})
    run = grade_ci(repository.clone, "--all", environment={})
    assert run.returncode == 0 and "AT HAND True" in run.stdout, run.stdout + run.stderr


@pytest.mark.slow
def test_classroom50_gets_no_result_while_points_are_still_to_come_not_even_a_students_own(repository, tmp_path):
    repository.push(**{f"{EX03}/ex03.py": RIGHT, "result.json": '{"score": 12}'})
    checkout = repository.checkout()
    environment = repository.github(
        checkout, CLASSROOM="dl", ASSIGNMENT="ex03-layers", ASSIGNMENT_TYPE="individual", OWNER="ada", SUBMISSION_TAG="submit/x",
        COMMIT_URL="https://c", RELEASE_URL="https://r", REVIEW_URL="https://v",
    )  # fmt: skip
    bundle = handout(tmp_path / "bundle", "none", absent=True)
    run = grade_ci(bundle, "--submission", str(checkout), "--out", str(checkout), environment=environment)
    assert run.returncode == 2 and "points are still to come (ex03:" in run.stderr and "set GRADE_KEY" in run.stderr
    assert "hidden checks; they were not run here" in " ".join(run.stdout.replace("|", " ").split()), (
        "what was graded is in the log"
    )
    assert not (checkout / "result.json").exists() and not (checkout / "release-body.md").exists()


# ---- the cage ------------------------------------------------------------------------------------------------------------

BARE = """
import sys
from grader.bridge import launch
from grader.cli.main import main
without = "import runpy, sys; sys.modules.update(landlockpy=None, pyseccomp=None); del sys.argv[1:3]; "
launch._PYTHON = (*launch._PYTHON, "-c", without + "runpy.run_module('grader.worker', run_name='__main__', alter_sys=True)")
main(sys.argv[1:])
"""  # a template for `grade ci` is begun anew: it is there that the packages must be missing


@pytest.mark.slow
def test_without_the_cage_strangers_code_is_refused(repository):
    repository.push(**{f"{EX03}/ex03.py": RIGHT})
    checkout = repository.checkout()
    environment = {**os.environ, **repository.github(checkout)}
    run = subprocess.run(
        [sys.executable, "-P", "-c", BARE, "ci"], cwd=checkout, env=environment, capture_output=True, text=True, timeout=200
    )
    assert run.returncode == 4 and "cage does not stand" in run.stderr and "(missing: " in run.stderr
    assert "cage does not stand" in repository.summary() and "Score" not in repository.summary()
    assert not (repository.runner / "output").exists()


@pytest.mark.slow
def test_without_the_cage_gradescope_shows_the_wall_that_is_missing_and_the_way_out(autograder):
    (autograder / "submission" / "ex03.py").write_text(RIGHT)
    environment = {**os.environ, "GRADE_AUTOGRADER": str(autograder)}
    command = [sys.executable, "-P", "-c", BARE, "ci", "--all", "--format", "gradescope"]
    run = subprocess.run(command, cwd=autograder / "source", env=environment, capture_output=True, text=True, timeout=200)
    assert run.returncode == 4
    document = json.loads((autograder / "results" / "results.json").read_text())
    assert "score" not in document
    for text in (document["output"], run.stderr):
        assert "(missing: " in text and "`ci --unsafe`" in text and "run_autograder" in text


# ---- what a student's commit may leave, and what a student's code may find ---------------------------------------------------


@pytest.mark.parametrize(
    "kind, names",
    [
        ("files", ["grade-reports/report.json", "grade-reports/junit.xml", "grade-reports/report.md"]),
        ("gitlab", ["grade-reports/report.json", "grade-reports/gl-code-quality-report.json"]),
        ("classroom50", ["result.json"]),
    ],
)
def test_where_nothing_is_graded_no_report_of_a_students_own_is_left_to_be_taken_for_ours(repository, kind, names):
    repository.push(**dict.fromkeys(names, "forged"))
    checkout = repository.checkout()
    run = grade_ci(checkout, "--format", kind, environment=PIN)
    assert run.returncode in (2, 3)
    left = [checkout / name for name in names if (checkout / name).exists()]
    assert not [path for path in left if path.read_text() == "forged"]


def test_other_checks_are_a_reason_to_grade_everything(repository):
    """Else what was pushed along with a damaged pack, and refused, would be graded by nobody."""
    pack = (repository.clone / "exercises" / "course.pack").read_text()
    repository.push(**{f"{EX03}/ex03.py": WRONG, "exercises/course.pack": "damaged"})
    repository.push(**{"exercises/course.pack": pack})
    checkout = repository.checkout()
    run = grade_ci(checkout, environment=repository.github(checkout))
    assert "The course's checks were changed: all exercises are graded." in run.stdout
    assert "ex03" in repository.summary()


LOOKS = """
import re
found = 0
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
    for line in maps:
        span, rights = line.split()[:2]
        start, end = (int(place, 16) for place in span.split("-"))
        while rights.startswith("r") and start < end and "[v" not in line:
            memory.seek(start)
            data = memory.read(min(end - start, 1 << 24))
            found += len(re.findall(rb"T0KEN[-]OF-THE-RUNNER", data))
            start += len(data) or end
print("found in memory:", found)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read in /proc")
def test_nothing_of_the_runners_environment_is_in_the_memory_of_a_students_code(repository):
    repository.push(**{f"{EX03}/ex03.py": LOOKS + WRONG})
    checkout = repository.checkout()
    environment = repository.github(checkout, CI_JOB_TOKEN="T0KEN-OF-THE-RUNNER")
    run = grade_ci(checkout, environment=environment)
    assert "found in memory: 0" in run.stdout
