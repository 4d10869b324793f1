"""A run as one JSON object, `grade/run/v1`: each judgement as `grade EXERCISE --json` writes it, and the sums."""

from __future__ import annotations

import msgspec

from grader.report.json import as_document
from grader.report.run import Run

SCHEMA = "grade/run/v1"


def run_json(run: Run) -> bytes:
    """Return the text, in UTF-8."""
    document = {
        "schema": SCHEMA,
        "score": run.score,
        "max_score": run.max_score,
        "pending_points": run.pending_points,
        "passed": run.passed,
        "judgements": [as_document(graded.judgement, "student", run.language) for graded in run.graded],
        "not_graded": [msgspec.structs.asdict(left_out) for left_out in run.left_out],
        "edited_files": [file for graded in run.graded for file in graded.edited],
        "notes": list(run.notes),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
