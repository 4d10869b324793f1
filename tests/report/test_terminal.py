"""A report in a terminal reads well at any width: what belongs together hangs together."""

import io

import pytest
from rich.console import Console

from grader.model import CheckResult, CriterionScore, Failure, Judgement, Text
from grader.report.terminal import TerminalReport

TITLE = "With more dimensions, each sample gives what it gives in a batch of rows, in the same place."


def report(width):
    check = CheckResult("c", Text(TITLE), "shapes", False, "hidden", "skipped", Failure("gate"))
    criterion = CriterionScore("shapes", Text("Shapes"), 0.0, 0.0, 1)
    judgement = Judgement("ex04", "ex04.py", "", None, (), 0.0, 0.0, 1, (criterion,), (check,), 1, "", {})
    out = io.StringIO()
    TerminalReport(Console(file=out, width=width, highlight=False), "student", "en").write(judgement, "A layer")
    return out.getvalue()


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_a_long_title_hangs_under_its_first_word_and_its_verdict_is_not_broken(width):
    lines = report(width).splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("  · "))
    paragraph = lines[first : lines.index("", first)]
    assert all(line.startswith("    ") and len(line) <= width for line in paragraph[1:])
    assert " ".join(line.strip() for line in paragraph).split() == f"· {TITLE} (hidden) [not tried]".split()
    assert any("[not tried]" in line for line in paragraph)
