"""What a student is told in a few lines, where there is room for no more: points by criterion, and what failed first."""

from __future__ import annotations

import re

from grader.course.paths import short_name
from grader.gradebook.standing import Standing
from grader.judge.feedback import tell
from grader.locale import mark, speaker
from grader.model import Judgement
from grader.report.harmless import legal
from grader.report.words import NOT_PYTHON, load_error_line

SHOWN = 3
PASSED = ("accepted", "skipped", "not_run")


def brief(judgement: Judgement, standing: Standing, language: str) -> list[str]:
    """Return the lines; the first begins with the exercise and its points."""
    say = speaker(language)
    points = "–" if standing.points is None else f"{standing.points:g}"
    lines = [f"{short_name(judgement.exercise)}: {points}/{standing.max_score}", *changes(standing, language)]
    if judgement.load_error is not None:
        error = judgement.load_error
        lines.append(say(NOT_PYTHON))
        lines.append(load_error_line(error, say))
        return [legal(line) for line in lines]
    for criterion in judgement.criteria:
        earned = standing.hand.get(criterion.id, criterion.points)
        shown = "–" if earned is None else f"{earned:g}"
        lines.append(f"{criterion.title.in_language(language)} {shown}/{criterion.max_points}")
    failed = [check for check in judgement.checks if check.verdict not in PASSED]
    for told in (tell(check, "student", language) for check in failed[:SHOWN]):
        first = next(iter(told.message.splitlines()), "")
        lines.append(f"✗ {told.title} {first}".rstrip())
    if len(failed) > SHOWN:
        lines.append(say(mark("{count} more checks did not pass.")).format(count=len(failed) - SHOWN))
    return [legal(line) for line in lines]


def changes(standing: Standing, language: str) -> list[str]:
    """Return what lies between the points that the judge gave and those that count: lateness, and a person's correction."""
    say = speaker(language)
    lines = []
    if standing.penalty:
        text = say(mark("Handed in late ({days} days): {share} less."))
        lines.append(text.format(days=standing.days_late, share=f"{100 * standing.penalty:g} %"))
    if standing.adjusted:
        lines.append(say(mark("Corrected by a person: {points}.")).format(points=f"{standing.adjusted:+g}"))
    return lines


def is_brief(text: str, exercise: str) -> bool:
    """Whether a comment begins as ours do, in a paragraph or not: then a new one may take its place."""
    return re.match(rf"(?:<p[^>]*>)?\s*{re.escape(short_name(exercise))}: [\d.,–]+/\d+", text) is not None
