"""What a student is told of hidden checks beside a score: how many points hang on them, and whether they were run."""

from __future__ import annotations

from collections.abc import Iterator

from grader.locale import Say, mark
from grader.model import Judgement

RUN = mark("{points} of the {most} points hang on {count} hidden checks; they were run here.")
NOT_RUN = mark("{points} of the {most} points hang on {count} hidden checks; they were not run here.")
PARTLY_LOST = mark(
    "{points} of the {most} points hang on {count} hidden checks; they were not run here, and can still add up to {pending}."
)
UNTRIED = mark(
    "{points} of the {most} points hang on {count} hidden checks; none could be run: what they need is missing or wrong."
)
UNLOADABLE = mark("{points} of the {most} points hang on {count} hidden checks; none was run: your file could not be loaded.")


def about_hidden(judgement: Judgement, say: Say) -> Iterator[str]:
    """Yield the sentence; none where there are no hidden checks."""
    count = sum(check.visibility == "hidden" for check in judgement.checks)
    held = sum(criterion.hidden for criterion in judgement.criteria)
    if count and held:
        pending = sum(criterion.pending for criterion in judgement.criteria if criterion.by == "judge")
        sentence = say(_sentence(judgement, held, pending))
        yield sentence.format(points=f"{held:g}", most=judgement.max_score, count=count, pending=f"{pending:g}")


def _sentence(judgement: Judgement, held: float, pending: float) -> str:
    if judgement.load_error is not None:
        return UNLOADABLE
    verdicts = {check.verdict for check in judgement.checks if check.visibility == "hidden"}
    if "not_run" not in verdicts:
        return UNTRIED if verdicts <= {"skipped", "missing"} else RUN
    return PARTLY_LOST if 0 < pending < held else NOT_RUN
