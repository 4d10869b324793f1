"""What `grade ci` writes where it stopped before it had a result: whose fault that is, and what to do, where people look.

No format has points then. A system that is given none says that grading failed, which is true, and gives no zero.
"""

from __future__ import annotations

import os
from contextlib import suppress

import msgspec

from grader.cli.ci_reports import FOLDER, append, write
from grader.cli.options import Settings
from grader.cli.surroundings import autograder, recognised
from grader.errors import CourseError, GradeError, MachineError, UsageError
from grader.locale import mark, speaker
from grader.report import github, gradescope
from grader.report.junit import refusal_junit
from grader.report.markdown import inline
from grader.report.words import NOT_SCORED

TITLE = mark("Nothing was graded, and no points are lost.")
FAULTS = {
    UsageError: mark("How grading is set up here is at fault, not your answer: please show this to your teacher."),
    CourseError: mark(
        "The course's files here are at fault, not your answer. If you changed one of them, put it back; "
        "otherwise please show this to your teacher."
    ),
    MachineError: mark("The machine that grades is at fault, not your answer: please show this to your teacher."),
}


class Refusal(msgspec.Struct, frozen=True):
    """Why nothing was graded: what happened, what to do, and whose fault it is."""

    title: str
    fault: str
    message: str
    hint: str

    @property
    def lines(self) -> list[str]:
        """All of it but the title."""
        return [line for line in (self.message, self.hint, self.fault) if line]


def tell_refusal(settings: Settings, kind: str, out: str | None, error: Exception) -> None:
    """Write why nothing was graded. That it cannot be written is not told: what stopped grading is, on standard error."""
    environment = os.environ
    kind = recognised(environment) if kind == "auto" else kind
    refusal = _refusal(error, settings.language)
    with suppress(OSError, GradeError):
        if kind in ("github", "classroom50"):
            print(github.error(refusal.title, "\n".join(refusal.lines)), flush=True)
            append(environment.get("GITHUB_STEP_SUMMARY", ""), _markdown(refusal))
        elif kind == "gitlab":
            report = refusal_junit(refusal.title, "\n".join(refusal.lines))
            write(out or FOLDER, {"junit.xml": report, "report.md": _markdown(refusal).encode()})
        elif kind == "gradescope":
            document = gradescope.refusal("\n\n".join([refusal.title, *refusal.lines]))
            write(out or str(autograder(environment) / "results"), {"results.json": gradescope.as_json(document)})


def _refusal(error: Exception, language: str) -> Refusal:
    """Return what is told. The words of an error that is none of ours may quote a student, and are left out."""
    say = speaker(language)
    fault = say(next((words for kind, words in FAULTS.items() if isinstance(error, kind)), NOT_SCORED))
    message, hint = (error.message, error.hint) if isinstance(error, GradeError) else ("", "")
    return Refusal(say(TITLE), fault, message, hint)


def _markdown(refusal: Refusal) -> str:
    return "\n\n".join([f"## {inline(refusal.title)}", *map(inline, refusal.lines)]) + "\n"
