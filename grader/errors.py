"""What went wrong outside a submission, whose fault it is, and the exit code that says so.

The student's code is never an error here: it is a report. What is left: the caller, the course, the machine, ourselves.
"""

from __future__ import annotations


class GradeError(Exception):
    """Something that stops a command: a sentence for people, and what to do next."""

    exit_code = 70

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(GradeError):
    """The caller's words are off."""

    exit_code = 2


class CourseError(GradeError):
    """The course is at fault: an `exercise.toml`, a suite, a reference."""

    exit_code = 3


class MachineError(GradeError):
    """The machine lacks something."""

    exit_code = 4


class OurError(GradeError):
    """A fault of the grader's own. It never costs points."""

    exit_code = 70
