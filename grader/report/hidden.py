"""What a student is told of hidden checks beside a score: how many points hang on them, and whether they were run."""

from __future__ import annotations

from collections.abc import Iterator

from grader.locale import Say, mark
from grader.model import Judgement

RUN = mark("{points} of the {most} points hang on {count} hidden checks; they were run here.")
NOT_RUN = mark("{points} of the {most} points hang on {count} hidden checks.")
WAITING = mark("{count} hidden checks were not run here; they can add up to {points} points.")


def about_hidden(judgement: Judgement, say: Say) -> Iterator[str]:
    """Yield the sentences; none where there are no hidden checks."""
    hidden = [check for check in judgement.checks if check.visibility == "hidden"]
    waiting = sum(check.verdict == "not_run" for check in hidden)
    held = sum(criterion.hidden for criterion in judgement.criteria)
    if waiting:
        yield say(WAITING).format(count=waiting, points=f"{judgement.pending_points:g}")
    if held and (waiting or judgement.load_error is None):
        text = say(NOT_RUN if waiting else RUN)
        yield text.format(points=f"{held:g}", most=judgement.max_score, count=len(hidden))
