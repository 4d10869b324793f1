"""The autograder zip, run as Gradescope runs it, in a scratch folder that is laid out as its /autograder."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT, answer
from environments import ONLY_LOOKING, bare_environment, borrow, install

pytestmark = pytest.mark.slow
TOOLS = ("bash", "env", "grep", "sort", "tail", "mkdir")
# Brings what it is asked for, as far as a script looks at it.
APT = """#!/bin/sh
echo "$@" >> {folder}/apt.log
case "$*" in *" python3.11") /bin/ln -s {python} {folder}/python3.11;; esac
"""


@pytest.fixture(scope="module")
def autograder(tmp_path_factory):
    """Gradescope's folder after its image was built: the zip's files, and what setup.sh made of them."""
    root = tmp_path_factory.mktemp("gradescope") / "autograder"
    words = ["handout", str(root.parent / "handout"), "--gradescope", str(root.parent / "autograder.zip")]
    run = subprocess.run([sys.executable, "-m", "grader.cli", *words], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    unpack(root.parent / "autograder.zip", root / "source")
    run = subprocess.run(
        [root / "source" / "setup.sh"], cwd=root, env=variables(root) | ONLY_LOOKING, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout + run.stderr
    (wheel,) = (root / "source" / "wheels").glob("*.whl")
    borrow(root / "grade")
    install(root / "grade", wheel)
    return root


def unpack(archive, folder):
    """Unpack with the rights of each file, as `unzip` does."""
    with zipfile.ZipFile(archive) as opened:
        for member in opened.infolist():
            Path(opened.extract(member, folder)).chmod(member.external_attr >> 16)


def variables(root):
    """The image has no Python of its own, and nothing else that a script might come to lean on."""
    tools = root.parent / "tools"
    if not tools.exists():
        tools.mkdir()
        for name in TOOLS:
            (tools / name).symlink_to(next(p for p in (Path("/bin") / name, Path("/usr/bin") / name) if p.exists()))
        (tools / "apt-get").write_text(APT.format(folder=tools, python=sys.executable))
        (tools / "apt-get").chmod(0o755)
    return {**bare_environment(root.parent / "home"), "PATH": str(tools), "GRADE_AUTOGRADER": str(root)}


def grade(root, files, title="ex03 A layer without parameters"):
    """Lay out a submission and run the autograder; return results.json."""
    submission = root / "submission"
    for folder in (submission, root / "results"):
        shutil.rmtree(folder, ignore_errors=True)
    submission.mkdir()
    for name, text in files.items():
        (submission / name).write_text(text)
    metadata = {
        "id": 7, "created_at": "2026-03-01T14:22:32.365935-07:00", "submission_method": "upload", "previous_submissions": [],
        "assignment": {"id": 1, "title": title, "total_points": "6.0", "due_date": "2026-03-02T00:00:00-07:00"},
        "users": [{"email": "ada@example.org", "id": 1, "name": "Ada"}],
    }  # fmt: skip
    (root / "submission_metadata.json").write_text(json.dumps(metadata))
    run = subprocess.run([root / "source" / "run_autograder"], cwd=root, env=variables(root), capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    return json.loads((root / "results" / "results.json").read_text())


def test_the_zip_starts_two_scripts_that_are_executable(autograder):
    with zipfile.ZipFile(autograder.parent / "autograder.zip") as archive:
        for name in ("setup.sh", "run_autograder"):
            assert archive.getinfo(name).external_attr >> 16 & 0o111 == 0o111
            assert b"\r" not in archive.read(name)
    assert "libseccomp2" in (autograder.parent / "tools" / "apt.log").read_text()


def test_an_image_without_python_gets_one(autograder):
    assert "python3.11-venv" in (autograder.parent / "tools" / "apt.log").read_text()
    assert (autograder / "grade" / "bin" / "grade").exists()


def test_a_wrong_and_a_right_answer_get_their_points(autograder):
    wrong = grade(autograder, {"ex03.py": answer("ex03", "wrong_answer", "mean_detached")})
    assert 0 < wrong["score"] < 6 == sum(test.get("max_score", 0) for test in wrong["tests"])
    right = grade(autograder, {"ex03.py": answer("ex03")})
    assert right["score"] == 6 and "of 6" in right["output"]


SPY = """
import os
try:
    os.makedirs({folder!r}, exist_ok=True)
    open({folder!r} + "/results.json", "w").write('{{"score": 6}}')
except Exception:
    pass
"""


def test_nothing_that_is_uploaded_beside_an_answer_steers_the_grader(autograder, tmp_path):
    trap = f"open({str(tmp_path / 'trace')!r}, 'w').write(__file__)\n"
    modules = dict.fromkeys(("torch.py", "conftest.py", "sitecustomize.py", "grade.py", "json.py"), trap)
    settings = {"pytest.ini": "[pytest]\naddopts = -p evil\n", "results.json": '{"score": 6}'}
    wrong = answer("ex03", "wrong_answer", "mean_detached")
    honest = grade(autograder, {"ex03.py": wrong})["score"]
    spying = SPY.format(folder=str(autograder / "results")) + wrong
    assert grade(autograder, {**modules, **settings, "ex03.py": spying})["score"] == honest
    assert not (tmp_path / "trace").exists()
