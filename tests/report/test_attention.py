"""What a person should look at is named, also where it cost the submission nothing."""

import pytest

from grader.gradebook.attempts import Attempt
from grader.model import Judgement, Note
from grader.report.attention import concern

ATTEMPT = Attempt("ada", "ex03_stateless_layer", "ada/ex03.py", "a" * 64, "", False, (), 1, 6.0, 0.0, True)


def judged(*notes):
    return Judgement(ATTEMPT.exercise, ATTEMPT.file, ATTEMPT.sha256, None, notes, 6.0, 0.0, 6, (), (), 7, "digest", {})


@pytest.mark.parametrize(
    "note, detail",
    [
        (Note("killed", "ex03.py:1", "no answer within 5 seconds", "time_limit"), "time_limit"),
        (Note("killed", "ex03.py:1", "the process ended", "run_time_error"), "died"),
        (Note("passed_over", "ex03.py:1", "MemoryError", "memory_limit"), "memory_limit"),
        (Note("killed", "ex03.py:1", "the process ended"), "the process ended"),
    ],
)
def test_a_statement_that_had_to_be_stopped_is_named_with_its_line(note, detail):
    found = concern(ATTEMPT, judged(note))
    assert found is not None
    assert (found.kind, found.detail, found.check) == ("alarm", detail, "ex03.py:1")


def test_a_statement_that_raises_needs_nobodys_eye():
    assert concern(ATTEMPT, judged(Note("passed_over", "ex03.py:1", "ZeroDivisionError: division by zero"))) is None
