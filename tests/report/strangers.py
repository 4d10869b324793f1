"""A made-up class whose names, files and failures try everything: formulas, markup, control characters, paths."""

import hashlib

from grader.gradebook.book import open_gradebook
from grader.model import (
    Cell,
    CheckResult,
    CriterionScore,
    Failure,
    Judgement,
    LoadError,
    Place,
    Student,
    Submission,
    Text,
    Usage,
)

EX03, EX04 = "ex03_stateless_layer", "ex04_linear_layer"
SECRET = "0.7312998"  # what a hidden check drew
STUDENTS = [
    Student("ada", "Ada Lovelace", "ada@x.edu", "Sec 1"),
    Student("20002", '=HYPERLINK("http://evil","x")', "+1@x.edu", "-1+1"),
    Student("1234", "王小明", "wang@x.edu", "＝1+1"),
    Student("eve", "Eve <script>alert(1)</script>\x1b[31m", "eve@x.edu", "Sec 1"),
    Student("../../etc", "Zoë, O'Neil; =cmd|' /C calc'!A0", "zoe@x.edu", ""),
    Student("fay", "Fay Way", "fay@x.edu", "Sec 2"),
    Student("gus", "Gus Grissom", "gus@x.edu", "Sec 2"),
]
HOSTILE = '=1+1 ]]> <b>&amp;\\" \x00\x1b[0m\n::error::x'


def sha(word):
    return hashlib.sha256(word.encode("utf-8", "surrogatepass")).hexdigest()


def check(name, verdict, visibility="visible", failure=None, **rest):
    return CheckResult(
        f"ex03/{visibility}/{name}", Text(f"Title of {name}", f"{name}的标题"), "values", name == "gate", visibility, verdict,
        failure, hint=Text("Look at <forward>.", "看看 <forward>。"), seconds=1.25, **rest,
    )  # fmt: skip


CHECKS = (
    check("gate", "accepted"),
    check("hostile", "run_time_error", failure=Failure("raised", name="Évil", builtin="RuntimeError", text=HOSTILE,
          places=(Place("ex03.py", 12, "raise Évil('=1+1')"),)), example="x = torch.ones(2)\nlayer(x)", output="=printed\x1b[2J"),
    check("secret", "wrong_answer", "hidden", Failure("values", Text("the output", "输出"), expected=SECRET, got="0.1",
          where="1/2@(0,)"), example=f"x = {SECRET}", output=SECRET),
    check("never", "skipped", "hidden", Failure("gate")),
)  # fmt: skip


def judgement(student, exercise, score, **changes):
    most = 6 if exercise == EX03 else 8
    values = {
        "load_error": None,
        "criteria": (
            CriterionScore("shapes", Text("Shapes", "形状"), None if score is None else min(score, 1.0), 0.0, 1),
            CriterionScore(
                "values", Text("Values <&>", "数值"), None if score is None else max(score - 1.0, 0.0), 0.0, most - 1
            ),
        ),
        "checks": CHECKS if exercise == EX03 else (),
        "pending_points": 0.0,
        "notes": (),
        **changes,
    }
    return Judgement(
        exercise=exercise, file="somebody/ex.py", sha256=sha(f"{student} {exercise}"), score=score, max_score=most,
        seed=7, suite_digest="digest", versions={"torch": "2.13.0"}, usage=Usage(1.0, 2.0, 3.0), **values,
    )  # fmt: skip


BROKEN = LoadError("ex03.py", 1, 5, "def <(", "invalid syntax\x00")
JUDGED = [
    ("ada", EX03, 4.5, {}),
    ("20002", EX03, 6.0, {}),
    ("1234", EX03, 3.0, {"pending_points": 2.0}),
    ("eve", EX03, None, {"fault": "the pipe broke"}),
    ("../../etc", EX03, 0.0, {"load_error": BROKEN, "checks": ()}),
    ("ada", EX04, 8.0, {}),
    ("1234", EX04, 7.25, {}),
]


def make_class(path, *, backwards=False):
    """Write the class into a gradebook, in one order or the other. gus' file is never judged, fay hands in nothing."""
    turn = reversed if backwards else list
    with open_gradebook(path) as book:
        book.add_students(list(turn(STUDENTS)))
        for student, exercise in turn([*((s, e) for s, e, _, _ in JUDGED), ("gus", EX03)]):
            cells = (Cell("ex.py", "x = 1\n"),)
            number = sha(f"{student} {exercise}")
            name = f"{student}/=ex.py"
            book.add_submissions([Submission(exercise, name, cells, number, student, "2026-03-01T12:00:00+00:00")])
        for student, exercise, score, changes in turn(JUDGED):
            book.add_judgement(judgement(student, exercise, score, **changes))
        book.add_adjustment("ada", EX03, 0.75, "the statement\nwas unclear")
    return path
