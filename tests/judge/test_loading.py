"""A submission is graded by what it defines, whatever else stands in its file."""

import json

import pytest
from conftest import answer

from grader.course.submission import notebook_cells
from grader.gradebook.book import reusable

GOOD = answer("ex03")


def notes(judgement, kind):
    return [note for note in judgement.notes if note.kind == kind]


@pytest.mark.parametrize(
    "line",
    ["1 / 0", "import d2l_that_is_not_here", "raise SystemExit(0)", "raise KeyboardInterrupt", "raise NotImplementedError",
     "undefined_name", "open('/etc/passwd')",
     "assert False", "exit()", "import torch as _t; _t.set_grad_enabled(False); raise ValueError"],
)  # fmt: skip
def test_a_statement_that_raises_is_passed_over_wherever_it_stands(judge_source, line):
    before, after = judge_source("ex03", f"{line}\n{GOOD}", f"{GOOD}\n{line}\n")
    assert before.score == after.score == 6
    assert len(notes(before, "passed_over")) == 1


def test_a_statement_that_never_ends_is_passed_over_in_a_fresh_worker(judge_source):
    (judgement,) = judge_source("ex03", f"{GOOD}\nwhile True: pass\n", limits={"load_seconds": 0.5})
    assert judgement.score == 6
    assert [note.place for note in notes(judgement, "killed")] == [f"ex03.py:{GOOD.count(chr(10)) + 2}"]


def test_a_statement_that_ends_the_process_is_passed_over(judge_source):
    (judgement,) = judge_source("ex03", f"import os\nos._exit(0)\n{GOOD}")
    assert judgement.score == 6


@pytest.mark.parametrize(
    "line, again",
    [("import time; time.sleep(2)", True), ("bytearray(1 << 46)", True), ("import os; os._exit(0)", False), ("1 / 0", False)],
)
def test_what_met_a_limit_while_loading_is_judged_anew_next_time(judge_source, line, again):
    """A busy machine may have been why; what raises or ends its process does so whenever it is judged."""
    (judgement,) = judge_source("ex03", f"{line}\n{GOOD}", limits={"load_seconds": 0.5})
    assert judgement.score == 6
    assert reusable(judgement) is not again


def test_changed_globals_of_torch_are_put_back(judge_source):
    changes = "import torch\ntorch.set_default_dtype(torch.float64)\ntorch.set_grad_enabled(False)\n"
    changes += "torch.set_default_device('meta')\n"
    (judgement,) = judge_source("ex03", changes + GOOD)
    assert judgement.score == 6


def test_the_last_definition_of_a_name_wins(judge_source):
    bad = answer("ex03", "wrong_answer", "leaky_relu")
    first, second = judge_source("ex03", bad + "\n" + GOOD, GOOD + "\n" + bad)
    assert first.score == 6 and second.score < 6


def test_a_syntax_error_is_told_with_line_column_and_caret_and_scores_zero(judge_source):
    (judgement,) = judge_source("ex03", "import torch\nclass CustomReLU(nn.Module:\n    pass\n")
    assert judgement.score == 0
    error = judgement.load_error
    assert (error.line, error.text) == (2, "class CustomReLU(nn.Module:")
    assert error.column > 1
    assert {check.verdict for check in judgement.checks} == {"skipped"}
    assert notes(judgement, "syntax") == []  # it was not passed over: nothing of the file counts


@pytest.mark.parametrize(
    "text", ["", "\0", "x = " + "(" * 5000, "x = " + "-" * 40000 + "1", "\n".join(["x = 1"] * 60_000), "é = 1\n\tx\n  y"]
)
def test_odd_files_are_judged_and_never_a_fault_of_ours(judge_source, text):
    (judgement,) = judge_source("ex03", text)
    assert judgement.score == 0 and judgement.fault == ""


def test_what_is_printed_while_loading_is_shown_and_never_judged(judge_source):
    text = "import sys\nprint('hello')\nprint('warning', file=sys.stderr)\n" + GOOD
    (judgement,) = judge_source("ex03", text)
    assert judgement.score == 6
    (note,) = notes(judgement, "output")
    assert "hello" in note.text and "warning" in note.text


def test_control_characters_in_output_are_made_visible(judge_source):
    (judgement,) = judge_source("ex03", r"print('\x1b[31mred\x00')" + "\n" + GOOD)
    (note,) = notes(judgement, "output")
    assert "\x1b" not in note.text and "\0" not in note.text


def test_a_flood_while_loading_stops_that_statement_alone(judge_source):
    (judgement,) = judge_source("ex03", "for _ in range(10**9): print('x' * 1000)\n" + GOOD)
    assert judgement.score == 6


def test_another_name_of_the_same_kind_is_named(judge_source):
    (judgement,) = judge_source("ex04", answer("ex04").replace("CustomLinear", "MyLinear"))
    (failure,) = {check.failure for check in judgement.checks if check.verdict == "missing"}
    assert (failure.name, failure.others) == ("CustomLinear", ("MyLinear",))


def test_of_several_names_the_likeliest_comes_first(judge_source):
    others = "class CenteredLayer:\n    pass\n\nclass Net:\n    pass\n\n"
    (judgement,) = judge_source("ex04", others + answer("ex04").replace("CustomLinear", "MyLinear"))
    (failure,) = {check.failure for check in judgement.checks if check.verdict == "missing"}
    assert failure.others[0] == "MyLinear" and set(failure.others) == {"MyLinear", "CenteredLayer", "Net"}


# ---- notebooks ------------------------------------------------------------------------------------------------------


def notebook(*cells):
    made = [{"cell_type": "code", "metadata": {}, "source": c, "outputs": [], "execution_count": None} for c in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()


@pytest.fixture
def judge_notebook(workers):
    import msgspec
    from conftest import ROOT

    from grader.course.exercise import Course
    from grader.course.pack import build_pack
    from grader.engine.here import judge_all
    from grader.model import Submission

    course = Course.around(ROOT)
    exercise = course.find("ex03")
    pack = msgspec.structs.replace(build_pack(course, exercise), proven=True)

    def judge(data):
        return judge_all(workers, pack, [Submission(exercise.id, "ex03.ipynb", notebook_cells(data), "0")])[0]

    return judge


def test_magics_are_passed_over_and_the_rest_of_the_cell_counts(judge_notebook):
    cells = ["%matplotlib inline\n!pip install d2l\nx = !ls\n" + GOOD, "%%bash\necho hi", "%%time\ny = 1", "help?"]
    judgement = judge_notebook(notebook(*cells))
    assert judgement.score == 6
    assert [note.place for note in notes(judgement, "magic")] == [
        "cell 1, line 1", "cell 1, line 2", "cell 1, line 3", "cell 2, line 1", "cell 3, line 1", "cell 4, line 1",
    ]  # fmt: skip


def test_a_percent_sign_in_an_expression_is_no_magic(judge_notebook):
    judgement = judge_notebook(notebook("x = (7\n% 4)\nassert x == 3\n" + GOOD))
    assert judgement.score == 6 and judgement.notes == ()


def test_a_cell_that_is_not_python_costs_nothing_where_all_names_are_there(judge_notebook):
    judgement = judge_notebook(notebook("here is some prose", GOOD))
    assert judgement.score == 6
    assert [note.place for note in notes(judgement, "syntax")] == ["cell 1, line 1"]


def test_a_cell_that_is_not_python_is_the_load_error_where_a_name_is_lost(judge_notebook):
    judgement = judge_notebook(notebook("import torch", "class CustomReLU(:\n    pass"))
    assert judgement.load_error.label == "cell 2" and judgement.score == 0


@pytest.mark.parametrize("data", [b"", b"{}", b"[" * 100_000, b'{"cells": 3}', b"\xff\xfe"])
def test_a_damaged_notebook_could_not_be_loaded(judge_notebook, data):
    assert judge_notebook(data).load_error is not None
