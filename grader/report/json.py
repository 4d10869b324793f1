"""A judgement as one JSON object: `grade/judgement/v1`."""

from __future__ import annotations

from typing import Any

import msgspec

from grader.judge.feedback import tell
from grader.model import Audience, Judgement

SCHEMA = "grade/judgement/v1"


def as_json(judgement: Judgement, audience: Audience, language: str) -> str:
    """Return the judgement as text: keys in a fixed order, and nothing but seconds and usage differs between two runs."""
    return msgspec.json.format(msgspec.json.encode(as_document(judgement, audience, language)), indent=2).decode()


def as_document(judgement: Judgement, audience: Audience, language: str) -> dict[str, Any]:
    """Return what the text holds."""
    load_error = judgement.load_error
    return {
        "schema": SCHEMA,
        "exercise": judgement.exercise,
        "submission": {"file": judgement.file, "sha256": judgement.sha256},
        "load_error": None
        if load_error is None
        else {
            "line": load_error.line,
            "column": load_error.column,
            "text": load_error.text,
            "message": f"{load_error.label}: {load_error.message}"
            if load_error.label.startswith("cell ")
            else load_error.message,
        },
        "notes": [{"kind": note.kind, "place": note.place, "text": note.text} for note in judgement.notes],
        "score": judgement.score,
        "pending_points": judgement.pending_points,
        "max_score": judgement.max_score,
        "criteria": [
            {"id": c.id, "title": c.title.in_language(language), "points": c.points, "max_points": c.max_points}
            for c in judgement.criteria
        ],
        "checks": [_check(told) for told in (tell(check, audience, language) for check in judgement.checks)],
        "seed": judgement.seed,
        "suite_digest": judgement.suite_digest,
        "versions": judgement.versions,
        "usage": msgspec.structs.asdict(judgement.usage),
    }


def _check(told: Any) -> dict[str, Any]:
    return {
        "id": told.id,
        "title": told.title,
        "criterion": told.criterion,
        "gate": told.gate,
        "visibility": told.visibility,
        "verdict": told.verdict,
        "message": told.message,
        "hint": told.hint,
        "example": told.example,
        "seconds": round(told.seconds, 4),
    }
