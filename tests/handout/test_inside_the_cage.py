"""What a hostile submission finds of hidden suites and of their key while both are in use: nothing, in any of the ways."""

from __future__ import annotations

import json
import os
import sys

import msgspec
import pytest
from conftest import answer

from grader.course.exercise import Course
from grader.course.pack import packs_as_file
from grader.course.sealed import new_key
from grader.course.settings import LimitSettings

SPY = r"""
import ctypes, glob, json, os, re
NEEDLES = {
    "key": rb"grade1_[A-Za-z0-9_-]{43}",
    "suite": rb"canary[0-9]{4}Qz7",
    "pack": rb'"way":"(packed|keyed)","data":"[A-Za-z0-9_+/-]{40}',
}
report = {"read": [], "environment": sorted(os.environ), "memory": {}, "looked_through": 0, "control": 0}

def tried(path):
    try:
        if os.path.isdir(path):
            report["read"] += [path + "/" + name for name in os.listdir(path)]
        else:
            with open(path, "rb") as file:
                report["read"].append(path + ": " + str(len(file.read(1 << 16))))
    except OSError:
        pass

here = os.getcwd()
control = bytes([103]) + b"rade1_" + bytes([65 + n % 26 for n in range(43)])  # made here: the search must find it

def look_through(start, end):
    data = ctypes.string_at(start, end - start)
    report["looked_through"] += len(data)
    for name, needle in NEEDLES.items():
        for hit in re.finditer(needle, data):
            if hit[0] == control:
                report["control"] += 1
            else:
                report["memory"].setdefault(name, []).append(hit[0].decode())

for line in open("/proc/self/maps"):
    fields = line.split()
    start, end = (int(part, 16) for part in fields[0].split("-"))
    if fields[1].startswith("rw") and fields[-1] not in ("[vvar]", "[vsyscall]") and end - start < 1 << 30:
        look_through(start, end)

libc = ctypes.CDLL(None)
libc.getenv.restype = ctypes.c_char_p
report["getenv"] = str(libc.getenv(b"GRADE" + b"_KEY"))
report["born_with"] = open("/proc/self/environ").read().strip(chr(0))
for path in ("/tmp", TMP, os.path.dirname(here), os.path.dirname(os.path.dirname(here)), HANDOUT, HANDOUT + "/exercises/course.pack"):
    tried(path)
for number in (os.getppid(), 1, *JUDGES):
    for part in ("environ", "mem", "maps", "cmdline", "fd", "cwd/exercises/course.pack", "root/tmp"):
        tried("/proc/%d/%s" % (number, part))
for number in range(3, 64):
    try:
        report["read"].append("descriptor %d: %s" % (number, os.readlink("/proc/self/fd/%d" % number)))
    except OSError:
        pass
print("SPY" + json.dumps(report) + "YPS")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the cage is Linux's")
@pytest.mark.parametrize("way", ["packed", "keyed"])
def test_a_submission_finds_neither_suites_nor_key_while_both_are_in_use(grade, made, handout, tmp_path, way):
    key = new_key() if way == "keyed" else ""
    course = Course.around(made.teacher)
    course.config = msgspec.structs.replace(course.config, limits=LimitSettings(load_seconds=100))  # it looks through a lot
    hidden = {"ex03_stateless_layer": ()}
    (handout / "exercises" / "course.pack").write_bytes(packs_as_file(course, hidden, way, key))
    values = {"TMP": str(tmp_path / "tmp"), "HANDOUT": str(handout), "JUDGES": list(range(os.getpid(), os.getpid() + 60))}
    (tmp_path / "tmp").mkdir()
    file = tmp_path / "spy.py"
    head = "".join(f"{name} = {value!r}\n" for name, value in values.items())
    file.write_text(head + "def spy():\n" + "".join(f"    {line}\n" for line in SPY.splitlines()) + "spy()\n" + answer("ex03"))
    environment = {"GRADE_KEY": key} if key else {}
    run = grade("ex03", str(file), "--json", cwd=handout, TMPDIR=str(tmp_path / "tmp"), **environment)
    document = json.loads(run.stdout)
    assert run.returncode == 0 and document["score"] == 6, "hidden checks were run, and passed"
    assert len([check for check in document["checks"] if check["visibility"] == "hidden"]) > 10
    (printed,) = [note["text"] for note in document["notes"] if note["kind"] == "output"]
    report = json.loads(printed.partition("SPY")[2].partition("YPS")[0])
    assert report["control"] >= 1 and report["looked_through"] > 10 << 20, "the search works"
    assert report["memory"] == {} and report["getenv"] == "None" and report["born_with"] == ""
    assert report["environment"] == ["HOME", "LC_CTYPE", "OMP_NUM_THREADS", "TMPDIR"]
    assert not [line for line in report["read"] if not line.startswith("descriptor 3:")], report["read"]
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_command_takes_the_key_out_of_its_environment_before_any_child(tmp_path):
    """What it starts, git for one, is born without it; and a worker is never forked from a process that has it."""
    import subprocess

    script = (
        "import os, subprocess, sys\nfrom grader.bridge import launch, secret\nsecret.take()\n"
        "assert 'GRADE_KEY' not in os.environ and secret.key() == 'k'\n"
        "print(subprocess.run(['env'], capture_output=True, text=True).stdout)\n"
        "os.fork = lambda: sys.exit('forked')\n"
        "template = launch.Template()\nprint(open(f'/proc/{template._pid}/environ').read())\ntemplate.close()\n"
    )
    environment = {**os.environ, "GRADE_KEY": "k"}
    run = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert "GRADE_KEY" not in run.stdout


@pytest.mark.slow
def test_processes_side_by_side_have_the_key_and_their_workers_do_not(grade, made, tmp_path):
    """`grade batch` in a keyed handout: each judging process is told the key when its workers are there already."""
    key = new_key()
    folder = made.again(tmp_path / "keyed", "keyed", key)
    spy = "import os\nprint('KEY' if 'GRADE' + '_KEY' in os.environ else 'NONE')\n"
    for student in ("ada", "bo"):
        (tmp_path / "class" / student).mkdir(parents=True)
        (tmp_path / "class" / student / "ex03.py").write_text(f"# {student}\n{spy}{answer('ex03')}")
    run = grade("batch", str(tmp_path / "class"), "--jobs", "2", cwd=folder, GRADE_KEY=key)
    assert run.returncode == 0, run.stdout + run.stderr
    import sqlite3

    rows = (
        sqlite3.connect(folder / "gradebook.db").execute("SELECT score, pending_points, judgement FROM judgements").fetchall()
    )
    assert [row[:2] for row in rows] == [(6.0, 0.0)] * 2
    assert all("NONE" in row[2] and "KEY" not in row[2] for row in rows)
    without = grade("batch", str(tmp_path / "class"), "--jobs", "1", cwd=folder, GRADE_KEY="")
    assert without.returncode == 0
    rows = sqlite3.connect(folder / "gradebook.db").execute("SELECT pending_points FROM judgements ORDER BY id").fetchall()
    assert len(rows) == 4 and rows[-1][0] > 0, "judged by other checks: the judgements of before do not stand for these"
