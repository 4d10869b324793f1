"""The workflow that students receive, run for real on what `grade handout` wrote: a bare remote, pushes, forks, and attacks."""

import hashlib
import re
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT, answer
from environments import ONLY_LOOKING, borrow, install
from github_machine import Event, Machine, git
from workflow_files import GRADE

pytestmark = pytest.mark.slow
EX03 = "exercises/ex03_stateless_layer"
WRONG = answer("ex03", "wrong_answer", "mean_detached")


def is_set_up(machine):
    """What pip looked up is installed: the handout's own wheel; torch and the rest come from the tests' environment."""
    (wheel,) = (machine.workspace / "wheels").glob("*.whl")
    borrow(machine.temp / "grade")
    install(machine.temp / "grade", wheel)
    machine.cached = True


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A keyed handout as its bare remote, with its first commit; and the key."""
    folder = tmp_path_factory.mktemp("course")
    words = ["handout", str(folder / "handout"), "--hidden", "keyed", "--key-file", str(folder / "key")]
    run = subprocess.run([sys.executable, "-m", "grader.cli", *words], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    git(folder / "handout", "init", "--quiet")
    git(folder / "handout", "add", "--all")
    git(folder / "handout", "commit", "--quiet", "--message", "The course")
    git(folder, "clone", "--quiet", "--bare", "handout", "remote.git")
    return folder


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    return Machine(
        tmp_path_factory.mktemp("machine"),
        fakes={"Make the environment": ONLY_LOOKING},
        after={"Make the environment": is_set_up},
    )


@pytest.fixture
def student(course, tmp_path):
    """A student's remote and clone."""
    shutil.copytree(course / "remote.git", tmp_path / "remote.git")
    git(tmp_path, "clone", "--quiet", "remote.git", "clone")
    return tmp_path


def push(student, files, branch="main"):
    """Commit files, push, and return what GitHub is told."""
    clone = student / "clone"
    before = git(clone, "rev-parse", "HEAD")
    for name, text in files.items():
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).write_text(text)
    git(clone, "add", "--all", "--force")
    git(clone, "commit", "--quiet", "--message", "My answer")
    git(clone, "push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")
    return Event("push", git(clone, "rev-parse", "HEAD"), before)


def perform(machine, student, event, **given):
    machine.secrets, machine.variables = given.get("secrets", {}), given.get("variables", {})
    return machine.perform(GRADE, student / "remote.git", event)


def test_a_wrong_answer_is_graded_told_at_its_line_and_no_failure_of_the_run(machine, student):
    done = perform(machine, student, push(student, {f"{EX03}/ex03.py": WRONG}))
    assert set(done.codes.values()) == {0}, done.log
    assert re.search(r"Score: [\d.]+ of 6", done.summary) and "ex04" not in done.summary, done.summary
    assert "passed<<" in done.outputs and "\nfalse\n" in done.outputs
    errors = [line for line in done.commands() if line.startswith("::error ")]
    assert errors and all(re.match(rf"::error file={EX03}/ex03.py,line=\d+,title=", line) for line in errors)


def test_a_right_answer_passes_where_the_key_is(machine, student, course):
    secrets = {"GRADE_KEY": (course / "key").read_text().strip()}
    done = perform(machine, student, push(student, {f"{EX03}/ex03.py": answer("ex03")}), secrets=secrets)
    assert set(done.codes.values()) == {0}, done.log
    assert "Score: 6 of 6" in done.summary and "\ntrue\n" in done.outputs


def test_a_fork_gets_no_key_and_its_summary_says_what_was_not_run(machine, student):
    event = push(student, {f"{EX03}/ex03.py": answer("ex03")}, branch="fork")
    done = perform(machine, student, Event("pull_request", event.sha, base="main"))
    assert set(done.codes.values()) == {0}, done.log
    assert "Score: 6 of 6" not in done.summary and "hidden" in done.summary and "\nfalse\n" in done.outputs


def test_a_push_without_an_answer_grades_nothing(machine, student):
    done = perform(machine, student, push(student, {"notes.md": "# Layers\n"}))
    assert set(done.codes.values()) == {0} and "Nothing to grade" in done.log


TRACE = "import pathlib; pathlib.Path({trace!r}).write_text(__file__)\n"
SPY = """
import os, sys
print("::set-output name=score::6")
print("::add-mask::the")
print("##[error]of a command")
print("\\r::error::after a return")
sys.stderr.write("::notice::KEY=" + repr(os.environ.get("GRADE_KEY")) + "\\n")
for place in [f"/proc/{p}/environ" for p in ["self", *range(1, 50), *range(os.getpid() - 2000, os.getpid() + 50)]] + sys.argv:
    try:
        print("KEY=" + open(place, "rb").read().decode("latin-1"))
    except Exception:
        pass
for place in (os.environ.get("GITHUB_OUTPUT", ""), "../github_output", %(trace)r):
    try:
        open(place, "a").write("score=6")
    except Exception:
        pass
"""


def hostile(trace):
    """Files that a student adds beside an answer, each of which would be read or run by a careless grader."""
    trap = TRACE.format(trace=str(trace))
    modules = ("torch.py", "venv.py", "pip.py", "sitecustomize.py", "usercustomize.py", "grader/__init__.py", "msgspec.py",
               "ensurepip/__init__.py", "conftest.py", f"{EX03}/conftest.py", f"{EX03}/torch.py", "hypothesis.py",
               "grader/worker/__main__.py", "solutions/conftest.py", f"solutions/{EX03.split('/')[1]}/props.py")  # fmt: skip
    ini = "[pytest]\naddopts = --deselect exercises -p evil\npython_files = nothing.py\n"
    suite = "def test_all():\n    '''Everything is right.'''\n"
    return {
        **dict.fromkeys(modules, trap),
        **dict.fromkeys(("pytest.ini", f"{EX03}/pytest.ini", "tox.ini", "setup.cfg"), ini),
        "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-p evil'\n",
        "pip.conf": "[global]\nindex-url = http://127.0.0.1:9/\n",
        ".gitattributes": "*.py filter=evil diff=evil\n",
        "evil.py": trap,
        f"{EX03}/test_visible.py": suite,
        f"{EX03}/exercise.toml": re.sub(r"points = \d+", "points = 6", (ROOT / EX03 / "exercise.toml").read_text()),
        "exercises/course.toml": (ROOT / "exercises" / "course.toml").read_text().replace("seconds = ", "seconds = 100"),
        f"solutions/{EX03.split('/')[1]}/test_hidden.py": suite,
        f"solutions/{EX03.split('/')[1]}/reference.py": WRONG,
        f"{EX03}/ex03.py": SPY % {"trace": str(trace)} + WRONG,
    }


def test_no_file_that_a_student_adds_changes_the_points_reads_the_key_or_speaks_to_github(machine, student, course, tmp_path):
    key = (course / "key").read_text().strip()
    honest = perform(machine, student, push(student, {f"{EX03}/ex03.py": WRONG}), secrets={"GRADE_KEY": key})
    score = re.search(r"Score: ([\d.]+) of 6", honest.summary)[1]
    machine.cached = False  # the environment is made anew, beside all of this
    shutil.rmtree(machine.temp)
    done = perform(machine, student, push(student, hostile(tmp_path / "trace")), secrets={"GRADE_KEY": key})
    assert set(done.codes.values()) == {0}, done.log
    assert f"Score: {score} of 6" in done.summary, done.summary
    assert not (tmp_path / "trace").exists(), (tmp_path / "trace").read_text()
    assert key not in done.log + done.summary + done.outputs
    assert "KEY=" in done.log, "the file did run"
    assert f"\n{score}\n" in done.outputs and "score=6" not in done.outputs
    assert all(
        line.startswith(("::error file=exercises/", "::warning file=exercises/", "::notice::")) for line in done.commands()
    )
    assert f"::warning file={EX03}/test_visible.py" in done.log, "that it was changed is said"


def test_other_checks_are_refused_where_the_digest_of_the_right_ones_is_known(machine, student):
    pack = student / "clone" / "exercises" / "course.pack"
    variables = {"GRADE_PACK_SHA256": hashlib.sha256(pack.read_bytes()).hexdigest()}
    done = perform(machine, student, push(student, {f"{EX03}/ex03.py": WRONG}), variables=variables)
    assert set(done.codes.values()) == {0}, done.log
    easier = pack.read_text().replace('"digest"', '"digest" ', 1)
    assert easier != pack.read_text()
    done = perform(machine, student, push(student, {"exercises/course.pack": easier}), variables=variables)
    assert done.codes["Grade what was changed"] == 1 and "GRADE_PACK_SHA256" in done.log
    assert done.summary.startswith("## Nothing was graded") and not done.outputs
