"""The GitLab job that students receive, run for real: its commands in order, and its reports where it says that they are."""

import subprocess
import sys

import pytest
from conftest import ROOT, answer
from environments import ONLY_LOOKING, bare_environment, borrow, install, python_first
from github_machine import git
from workflow_files import GITLAB, gitlab_commands, read

pytestmark = pytest.mark.slow
EX03 = "exercises/ex03_stateless_layer"


def test_a_push_is_graded_and_its_reports_are_where_gitlab_looks_for_them(tmp_path):
    clone, place = tmp_path / "clone", tmp_path / "opt-grade"
    words = ["handout", str(clone), "--hidden", "keyed", "--key-file", str(tmp_path / "key")]
    run = subprocess.run([sys.executable, "-m", "grader.cli", *words], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    key = (tmp_path / "key").read_text().strip()
    git(clone, "init", "--quiet")
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message", "The course")
    before = git(clone, "rev-parse", "HEAD")
    (clone / EX03 / "ex03.py").write_text(
        "print(open('/proc/self/environ').read())\n" + answer("ex03", "wrong_answer", "mean_detached")
    )
    git(clone, "commit", "--quiet", "--all", "--message", "My answer")

    tools = python_first(tmp_path / "tools")
    (tools / "apt-get").symlink_to("/bin/true")
    variables = {**bare_environment(tmp_path / "home", tools), "CI": "true", "GITLAB_CI": "true", "CI_PROJECT_DIR": str(clone),
                 "CI_COMMIT_BEFORE_SHA": before, "GRADE_KEY": key}  # fmt: skip
    log = ""
    for command in gitlab_commands():
        lines = command.replace("/opt/grade", str(place))
        # pip is told by variables not to fetch torch; `env` shows what of the job's variables reaches it.
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", lines],
            cwd=clone,
            env={**variables, **ONLY_LOOKING},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        log += done.stdout + done.stderr
        if " pip install" in command:
            borrow(place)
            install(place, next((clone / "wheels").glob("*.whl")))
    artifacts = read(GITLAB)["grade"]["artifacts"]
    reports = [clone / file for file in artifacts["reports"].values()]
    assert all(file.is_file() for file in reports) and (clone / artifacts["paths"][0]).is_dir()
    assert "ex03" in reports[0].read_text() and "ex04" not in reports[0].read_text()
    assert key not in log + "".join(file.read_text() for file in (clone / "grade-reports").iterdir())
    assert git(clone, "status", "--porcelain") == "", ".gitignore knows what the job leaves"
