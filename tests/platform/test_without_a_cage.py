"""Most students sit at Windows or macOS: grading works without `fork`, `resource`, `fcntl` and the cage's libraries."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, answer

# The worker, too, starts without them: its interpreter is this script, in place of `python -P -s -m grader.worker`.
WORKER = """#!/bin/sh
shift 4
exec {python} -c "
import os, runpy, sys
del os.fork
for name in ('resource', 'fcntl', 'landlockpy', 'pyseccomp'):
    sys.modules[name] = None
sys.argv[0] = 'grader.worker'
runpy.run_module('grader.worker', run_name='__main__')
" "$@"
"""
BARE = """
import os, sys
sys.executable = sys.argv.pop(1)
del os.fork
for name in ("resource", "fcntl", "landlockpy", "pyseccomp"):
    sys.modules[name] = None
from grader.cli.main import main
main(sys.argv[1:])
"""
SITE = "import sys\nfor name in ('resource', 'fcntl', 'landlockpy', 'pyseccomp'):\n    sys.modules[name] = None\n"


@pytest.fixture
def bare(tmp_path):
    script = tmp_path / "python"
    script.write_text(WORKER.format(python=sys.executable))
    script.chmod(0o755)

    def run(*words):
        return subprocess.run(
            [sys.executable, "-c", BARE, str(script), *words], cwd=ROOT, capture_output=True, text=True, timeout=200
        )

    return run


def test_a_right_and_a_wrong_answer_get_their_points(bare, tmp_path):
    for name, text, score in (("a", answer("ex03"), 6.0), ("b", answer("ex03", "wrong_answer", "mean_detached"), 5.0)):
        (tmp_path / f"{name}.py").write_text(text)
        run = bare("ex03", str(tmp_path / f"{name}.py"), "--json")
        assert json.loads(run.stdout)["score"] == score, run.stderr


def test_a_loop_and_an_exit_are_judged_there_too(bare, tmp_path):
    (tmp_path / "a.py").write_text("import os\nos._exit(3)\n" + answer("ex03"))
    assert json.loads(bare("ex03", str(tmp_path / "a.py"), "--json").stdout)["score"] == 6.0


def test_doctor_says_how_workers_are_started(bare):
    run = bare("doctor")
    assert run.returncode == 4
    assert "plain processes" in run.stdout and "landlockpy is missing" in run.stdout and "pyseccomp is missing" in run.stdout


def test_a_worker_without_the_libraries_says_which_package_is_missing(tmp_path):
    code = SITE + (
        "import os, tempfile\nfrom grader.worker import cage\nwalls = None\n"
        "walls = cage.enter(tempfile.mkdtemp(), {0, 1, 2}, cage.Limits(10, 1 << 30, 1 << 20, 64))\n"
        "print({w.name: (w.stands, w.detail) for w in walls})"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert "landlockpy is missing" in run.stdout and "pyseccomp is missing" in run.stdout and "'limits': (False" in run.stdout


def test_a_folder_that_cannot_be_locked_is_not_swept_by_others(tmp_path):
    program = (
        "import sys, tempfile; tempfile.tempdir = sys.argv[1]; sys.modules['fcntl'] = None\n"
        "from grader.bridge.private_folder import PrivateFolder\n"
        "folder = PrivateFolder(); print(folder.path, flush=True); sys.stdin.read(); folder.remove()"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        inside = Path(process.stdout.readline().strip())
        sweep = "import sys, tempfile; tempfile.tempdir = sys.argv[1]; from grader.bridge.private_folder import sweep; sweep()"
        subprocess.run([sys.executable, "-c", sweep, str(tmp_path)], cwd=ROOT, check=True)
        assert inside.is_dir()
    assert not list(tmp_path.iterdir())


def test_folders_of_others_are_left_alone_where_there_are_no_locks(tmp_path):
    program = (
        "import sys, tempfile; tempfile.tempdir = sys.argv[1]\n"
        "from grader.bridge.private_folder import PrivateFolder, sweep\n"
        "folder = PrivateFolder(); sys.modules['fcntl'] = None; print(sweep(), folder.path.is_dir())"
    )
    run = subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, capture_output=True, text=True)
    assert run.stdout == "[] True\n", run.stderr
