"""A run as GitLab's code quality report: a list of findings at lines, which merge requests show beside the code.

GitLab keeps one finding for each fingerprint, and takes those that a run no longer has for fixed: lines are no part of it.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from grader.report.harmless import legal
from grader.report.run import GATE, REMARK, STOPPED, TO_DO, UNREADABLE, WRONG, Finding, Run, findings
from grader.report.visible import shortened

SEVERITIES = {UNREADABLE: "blocker", GATE: "critical", STOPPED: "major", WRONG: "major", TO_DO: "minor", REMARK: "info"}


def code_quality(run: Run) -> bytes:
    """Return the report's text, in UTF-8."""
    return msgspec.json.format(msgspec.json.encode([_issue(finding) for finding in findings(run)]), indent=1) + b"\n"


def _issue(finding: Finding) -> dict[str, Any]:
    return {
        "description": legal(f"{finding.title.rstrip('.。')}: {shortened(finding.message, 24, 400)}"),
        "check_name": legal(f"grade/{finding.key}"),
        "fingerprint": hashlib.sha256(f"{finding.path}\0{finding.key}".encode("utf-8", "surrogatepass")).hexdigest(),
        "severity": SEVERITIES[finding.gravity],
        "location": {"path": legal(finding.path), "lines": {"begin": finding.line or 1}},
    }
