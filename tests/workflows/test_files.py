"""Workflows are valid, pinned, and hold as few rights and secrets as they can: as their own linters read them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from dockerfile_parse import DockerfileParser
from workflow_files import CLASS, GITLAB, GRADE, TEST, TRAVELLING, WORKFLOWS, gitlab_commands, read, steps

SCRIPTS = {
    **{f"{file.stem}: {step['name']}": step["run"] for file in WORKFLOWS for step in steps(file) if "run" in step},
    "gitlab": "\n".join(gitlab_commands()),
    **{name: (TRAVELLING / "gradescope" / name).read_text() for name in ("setup.sh", "run_autograder")},
    ".ci/run": (ROOT / ".ci" / "run").read_text(),
}
# Publisher's commits of the releases that the comments name.
ACTIONS = {
    "actions/checkout": ("3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    "actions/setup-python": ("5fda3b95a4ea91299a34e894583c3862153e4b97", "v7.0.0"),
    "actions/cache": ("27d5ce7f107fe9357f9df03efb73ab90386fccae", "v5.0.5"),
    "actions/upload-artifact": ("bbbca2ddaa5d8feaa63e36b76fdaad77386f024f", "v7.0.0"),
}
every_workflow = pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)


def run(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_workflows_keep_to_the_schemas_of_github_and_gitlab():
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    run(*check, "vendor.github-workflows", *WORKFLOWS)
    run(*check, "custom.github-workflows-require-timeout", *WORKFLOWS)
    run(*check, "vendor.gitlab-ci", "--data-transform", "gitlab-ci", GITLAB)


def test_a_linter_for_the_security_of_workflows_finds_nothing():
    zizmor = Path(sys.executable).parent / "zizmor"
    run(zizmor, "--offline", "--no-config", "--persona", "pedantic", "--strict-collection", *WORKFLOWS)


@every_workflow
def test_every_action_is_pinned_to_a_known_commit_with_its_version_beside(file):
    used = re.findall(r"uses: (\S+)@([0-9a-f]{40}) # (\S+)\n", file.read_text())
    assert len(used) == sum("uses" in step for step in steps(file))
    assert all(ACTIONS["/".join(action.split("/")[:2])] == (commit, version) for action, commit, version in used)


@every_workflow
def test_a_workflow_may_read_and_nothing_else(file):
    workflow = read(file)
    assert workflow["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in workflow["jobs"].values())
    assert "pull_request_target" not in workflow[True] and "workflow_run" not in workflow[True]
    assert all("timeout-minutes" in job for job in workflow["jobs"].values())
    for step in steps(file):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@every_workflow
def test_no_expression_is_pasted_into_a_script(file):
    assert not any("${{" in step.get("run", "") for step in steps(file))


def test_the_key_is_in_the_environment_of_the_step_that_grades_and_of_no_other():
    workflow = read(GRADE)
    assert "env" not in workflow and not any("env" in job for job in workflow["jobs"].values())
    holders = {step["name"]: step["run"] for step in steps(GRADE) if "{{ secrets." in str(step)}
    assert list(holders) == ["Grade what was changed"]
    assert re.fullmatch(r'"\$RUNNER_TEMP/grade/bin/grade" ci --format github \|\| test \$\? -eq 1\n', holders.popitem()[1])
    assert "secrets" not in TEST.read_text()


def test_in_gitlab_where_a_variable_is_everywhere_the_key_is_taken_from_all_that_does_not_grade():
    *others, grading = gitlab_commands()
    assert grading.startswith("/opt/grade/bin/grade ci ")
    assert all(command.startswith(("env -u GRADE_KEY ", "apt-get ")) for command in others)


def test_no_run_that_grades_a_push_is_cancelled_or_dropped_for_a_later_push():
    """Each compares with what was pushed before it: what it does not grade, no later one does."""
    concurrency = read(GRADE)["concurrency"]
    assert "${{ github.sha }}" in concurrency["group"] and "${{ github.ref }}" in concurrency["group"]
    assert concurrency["cancel-in-progress"] is False
    assert not any("concurrency" in job for job in read(GRADE)["jobs"].values())
    gitlab = read(GITLAB)
    assert gitlab["workflow"]["auto_cancel"]["on_new_commit"] == "none" and gitlab["grade"]["interruptible"] is False


def test_gitlab_runs_the_image_that_ours_is_built_on():
    assert read(GITLAB)["grade"]["image"] == DockerfileParser(path=str(ROOT / "Dockerfile"), cache_content=True).baseimage


def test_the_class_s_gradebook_is_kept_however_grading_ended():
    """`actions/cache` alone saves nothing where a step has failed, as `grade batch` does for one submission without a score."""
    found = list(steps(CLASS))
    (fetch,) = (step for step in found if str(step.get("uses")).startswith("actions/cache/restore@"))
    (save,) = (step for step in found if str(step.get("uses")).startswith("actions/cache/save@"))
    (artifact,) = (step for step in found if str(step.get("uses")).startswith("actions/upload-artifact@"))
    (grading,) = (step for step in found if "grade batch" in step.get("run", ""))
    assert not any(str(step.get("uses")).startswith("actions/cache@") for step in found)
    assert found.index(fetch) < found.index(grading) < found.index(save)
    assert save["if"] == artifact["if"] == "always()"
    assert (save["with"]["path"], save["with"]["key"]) == (fetch["with"]["path"], fetch["with"]["key"])
    book = {"gradebook.db", "gradebook.db-wal"}  # where a run was stopped, rows of the last moments are in the second
    assert set(save["with"]["path"].split()) == book and book < set(artifact["with"]["path"].split("\n"))
    assert artifact["with"]["retention-days"] == 90 and "after 90" in CLASS.read_text()


def test_the_class_token_is_where_repositories_are_fetched_and_not_where_answers_run():
    assert [step["name"] for step in steps(CLASS) if "{{ secrets." in str(step)] == ["Fetch what students pushed"]


def test_no_environment_lies_where_a_student_could_have_put_one():
    for step in steps(GRADE):
        if str(step.get("uses")).startswith("actions/cache@"):
            assert step["with"]["path"] == "${{ runner.temp }}/grade"
            assert "hashFiles('requirements.txt', '**/*.whl')" in step["with"]["key"]
    for script in (SCRIPTS["grade: Make the environment"], SCRIPTS["gitlab"]):
        assert "python -I -m venv" in script and "python -I -m pip" in script.replace('python" -I', "python -I")


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_are_clean_to_shellcheck(name):
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not here (Debian: shellcheck)")
    done = subprocess.run(["shellcheck", "--shell=bash", "-"], input=SCRIPTS[name], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_what_gradescope_starts_is_executable_with_unix_line_ends():
    for name in ("setup.sh", "run_autograder"):
        file = TRAVELLING / "gradescope" / name
        assert file.stat().st_mode & 0o111 == 0o111
        assert file.read_bytes().startswith(b"#!/usr/bin/env bash\n") and b"\r" not in file.read_bytes()
        run("bash", "-n", file)


def test_our_own_workflow_installs_what_our_own_ci_does():
    """But for chromium, which GitHub's machines have."""
    (packages,) = re.findall(r'packages="(.+)"', SCRIPTS[".ci/run"])
    (installed,) = re.findall(r"apt-get install -y -qq (.+)", SCRIPTS["test: Install the system's packages"])
    assert set(packages.split()) - {"chromium", "chromium-driver"} == set(installed.split())


def test_our_own_workflow_tests_every_python_that_the_project_names():
    """Each has wheels of torch 2.13 on Linux, macOS and Windows."""
    assert read(TEST)["jobs"]["linux"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13", "3.14"]
    assert 'requires-python = ">=3.11"' in (ROOT / "pyproject.toml").read_text()
