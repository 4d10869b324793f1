"""The words around a student's report, whatever its format."""

from __future__ import annotations

import re

from grader.locale import Say, mark, retold, speaker
from grader.model import LoadError, place

# In a sentence of ours or of a course, what stands between backticks is code.
QUOTED = re.compile(r"`([^`\n]{1,200})`")
# What lies folded: a sentence for one check, and for several.
FOLDED = {
    "accepted": (mark("1 check passed"), mark("{count} checks passed")),
    "skipped": (mark("1 check not tried"), mark("{count} checks not tried")),
    "not_run": (mark("1 check not run yet"), mark("{count} checks not run yet")),
}

NOT_SCORED = mark("Not scored: something went wrong on our side. Nothing is lost; please tell your teacher.")
MORE_BY_HAND = mark("A person still gives up to {points} points.")
NOT_PYTHON = mark("Your file could not be loaded: it is not valid Python.")

_WORDS = {
    "exercise": mark("Exercise"),
    "points": mark("Points"),
    "state": mark("State"),
    "notes": mark("Notes"),
    "summary": mark("Summary"),
    "total": mark("{total} of {most} points"),
    "no_total": mark("No points yet"),
    "without": mark("Without points, which is not the same as 0: {exercises}."),
    "handed_in": mark("handed in {time} UTC"),
    "nothing": mark("Nothing has been handed in."),
    "hidden": mark("hidden"),
    "same_cause": mark("The same cause as above"),
    "expected": mark("expected"),
    "got": mark("got"),
    "in_your_file": mark("In your file:"),
    "try_it": mark("Try it yourself:"),
    "printed": mark("Printed by your code:"),
    "printed_loading": mark("Printed while your file was loaded:"),
    "hint": mark("Hint:"),
    "not_loaded": NOT_PYTHON,
    "your_code": mark("Your code"),
    "lines_at_fault": mark("the marked lines are named above"),
    "empty": mark("(nothing)"),
    "limit": mark("A time or memory limit was met: on another machine this may come out differently."),
    "to_summary": mark("Back to the summary"),
}


def load_error_line(error: LoadError, say: Say) -> str:
    """Return where a file could not be loaded, and why: in Python's own words, or in ours."""
    return f"{place(error.label, error.line)}: {retold(error.message, say)}"


def words(language: str) -> dict[str, str]:
    """Return the words by their keys, in `en` or `zh`."""
    say = speaker(language)
    return {key: say(word) for key, word in _WORDS.items()}
