"""Programs that nobody here wrote read our exports, and find the points that the gradebook holds."""

import io
import json
import re
import subprocess
import sys
import venv
from datetime import UTC, datetime
from pathlib import Path

import pytest
from strangers import EX03, EX04, judgement, make_class, sha

from grader.gradebook.book import open_gradebook
from grader.gradebook.standing import class_view
from grader.model import ClassRules, ExerciseRules, LatePolicy, Student, Submission
from grader.report import canvas, csv, gradescope, nbgrader
from grader.report.sheet import Sheet

HERE = Path(__file__).parent
DUE = datetime(2026, 2, 28, 12, tzinfo=UTC)
RULES = ClassRules({EX03: ExerciseRules(6, due=DUE), EX04: ExerciseRules(8)}, LatePolicy(per_day=20), missing_is_zero=True)
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,ex03 (98765),ex04 (98766),Current Score\r\n"
    "    Points Possible,,,,,6.00,8.00,(read only)\r\n"
    '"Lovelace, Ada",77,ada,ada@x.edu,"Sec ""1""",,1.00,91.5\r\n'
    "王小明,78,1234,wang@x.edu,Sec 1,,,\r\n"
    '"=""=HYPERLINK(""http://evil"",""x"")""",79,20002,+1@x.edu,"Sec 1\nand 2",EX,,\r\n'
)


@pytest.fixture(scope="module")
def consumers(tmp_path_factory):
    """An environment with those programs. Skipped where there is no package index to get them from."""
    place = tmp_path_factory.mktemp("consumers")
    venv.create(place, with_pip=True)
    words = ["-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check", "-r", str(HERE / "consumers.txt")]
    run = subprocess.run([place / "bin" / "python", *words], capture_output=True, text=True)
    if run.returncode:
        pytest.skip(f"the programs cannot be installed: {run.stderr[-300:]}")
    return place / "bin" / "python"


@pytest.fixture
def small_class(tmp_path):
    """ada is a day late in ex03; bob handed in ex04 alone. All points are final: missing is zero here."""
    path = tmp_path / "small.db"
    with open_gradebook(path) as book:
        book.add_students([Student("ada", "Lovelace, Ada", "ada@x.edu"), Student("bob", "Byron, Bob")])
        for student, exercise, score in (("ada", EX03, 4.5), ("ada", EX04, 8.0), ("bob", EX04, 3.5)):
            received = "2026-03-01T11:00:00+00:00"
            book.add_submissions([Submission(exercise, "f.py", (), sha(f"{student} {exercise}"), student, received)])
            book.add_judgement(judgement(student, exercise, score))
    return path


def nbgraders_input():
    """The same class, for nbgrader's API."""
    received = "2026-03-01 11:00:00"
    return {
        "assignments": {"ex03": {"duedate": "2026-02-28 12:00:00 UTC", "max_score": 6}, "ex04": {"duedate": None, "max_score": 8}},
        "students": {"ada": {"last_name": "Lovelace", "first_name": "Ada", "email": "ada@x.edu"}, "bob": {"last_name": "Byron", "first_name": "Bob"}},
        "submissions": [["ex03", "ada", received, 4.5, 0.9], ["ex04", "ada", received, 8.0, 0.0], ["ex04", "bob", received, 3.5, 0.0]],
    }  # fmt: skip


@pytest.mark.slow
def test_other_peoples_programs_read_what_we_write(consumers, small_class, tmp_path):
    folder = tmp_path / "hand_over"
    folder.mkdir()
    with open_gradebook(small_class) as book:
        ours = io.StringIO()
        assert nbgrader.write(ours, class_view(book, RULES), RULES, (EX03, EX04)).left_out == ()
    (folder / "wanted.json").write_text(json.dumps(nbgraders_input()))
    with open_gradebook(make_class(tmp_path / "strangers.db")) as book:
        view = class_view(book, ClassRules({EX03: ExerciseRules(6), EX04: ExerciseRules(8)}))
        content, _ = canvas.fill(Sheet(CANVAS.encode(), "sheet"), view, (EX03, EX04), asked_for=False)
        (folder / "canvas.csv").write_bytes(content)
        gradescope.write(folder, book, view, (EX03, EX04), "en")
        (folder / "ex03" / "ada" / "results.json").rename(folder / "results.json")
        with (folder / "points.csv").open("w", encoding="utf-8-sig", newline="") as out:
            csv.write(out, view, (EX03, EX04))
    environment = {"PATH": str(consumers.parent), "HOME": str(folder)}
    run = subprocess.run([consumers, HERE / "consume.py", folder], capture_output=True, text=True, env=environment)
    assert run.returncode == 0, run.stderr
    told = json.loads((folder / "told.json").read_text())

    assert (folder / "theirs.csv").read_bytes() == ours.getvalue().encode()  # nbgrader's own plugin, byte for byte

    scores = {login: list(row.values()) for login, row in told["canvas"].items()}  # finalgrade takes a blank cell for 0
    assert scores == {"ada@x.edu": [5.25, 8.0], "wang@x.edu": [0.0, 7.25], "+1@x.edu": [None, 0.0]}

    text = re.sub(r"\x1b\[\d*m", "", told["gradescope"])
    assert "PASS  1.0/1" in text and "FAIL  3.5/5" in text and "Score: 4.50 / 6.00  (" in text
    assert "Corrected by a person: +0.75." in text

    points = {(row["student"], row["exercise"]): (row["state"], row["points"]) for row in told["table"]}
    assert points["ada", "ex03"] == ("scored", 5.25) and points["1234", "ex03"] == ("pending", 3.0)
    assert points["fay", "ex03"] == ("missing", None) and len(points) == 14


def test_the_list_of_programs_is_pinned():
    lines = [line for line in (HERE / "consumers.txt").read_text().splitlines() if not line.startswith("#")]
    assert len(lines) > 20 and all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
    assert sys.version_info >= (3, 11)
