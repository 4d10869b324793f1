"""A run as GitHub Actions reads it: annotations at lines, and outputs of a step. Its summary is Markdown.

The runner takes commands from any line of a log: nothing that a student wrote may stand in one but escaped, or while the
runner is told not to listen. See `ActionCommand` in github.com/actions/runner for what it takes for a command.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Sequence

from grader.locale import mark, speaker
from grader.report.run import REMARK, TO_DO, Finding, Run, findings
from grader.report.visible import shortened, visible
from grader.report.words import NOT_SCORED

MOST = 10  # GitHub shows no more of a kind in a step
KINDS = {True: "warning", False: "error"}
MORE = mark("{count} more are in the summary.")


def commands(run: Run) -> list[str]:
    """Return a line of a log for each annotation, gravest first; what GitHub would not show is counted in a notice."""
    unscored = [graded.short for graded in run.graded if graded.judgement.score is None]
    lines = [error(", ".join(unscored), speaker(run.language)(NOT_SCORED))] if unscored else []
    cut = 0
    for kind, found in _by_kind(findings(run)):
        lines += [_command(kind, finding) for finding in found[:MOST]]
        cut += len(found[MOST:])
    notices = [*run.notes]
    if cut:
        notices.append(speaker(run.language)(MORE).format(count=cut))
    return lines + [f"::notice::{_data(notice)}" for notice in notices[:MOST]]


def error(title: str, message: str) -> str:
    """Return a line of a log for an error that is at no line of a file."""
    return f"::error title={_property(title)}::{_data(message)}"


def bracketed(text: str) -> str:
    """Return text for a log in which the runner takes no commands; nor do systems that know no brackets."""
    token = secrets.token_hex(16)
    return f"::stop-commands::{token}\n{tame(text)}\n::{token}::"


def tame(text: str) -> str:
    """Return text no line of which is a command to any system that reads logs: each begins with a bar, all signs are seen."""
    # `##[...]`, `##vso[...]` and `##teamcity[...]` are commands wherever they stand in a line.
    lines = re.sub(r"##(?=\w*\[)", "# #", visible(text.replace("\r", "\n"))).split("\n")
    return "\n".join(f"| {line}".rstrip() for line in lines)


def outputs(run: Run) -> str:
    """Return what is appended to `$GITHUB_OUTPUT`: each value between lines that nobody can guess."""
    values = {
        "score": "" if run.score is None else f"{run.score:g}",
        "max-score": str(run.max_score),
        "pending-points": f"{run.pending_points:g}",
        "passed": "true" if run.passed else "false",
    }
    delimiter = f"grade_{secrets.token_hex(16)}"
    return "".join(f"{name}<<{delimiter}\n{value}\n{delimiter}\n" for name, value in values.items())


def _by_kind(found: Sequence[Finding]) -> Iterator[tuple[str, list[Finding]]]:
    for mild in (False, True):
        yield KINDS[mild], [finding for finding in found if (finding.gravity in (TO_DO, REMARK)) is mild]


def _command(kind: str, finding: Finding) -> str:
    about = {"file": finding.path, **({"line": str(finding.line)} if finding.line else {}), "title": finding.title}
    properties = ",".join(f"{name}={_property(value)}" for name, value in about.items())
    return f"::{kind} {properties}::{_data(finding.message)}"


def _data(text: str) -> str:
    seen = visible(shortened(text, 24, 400))
    return seen.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
