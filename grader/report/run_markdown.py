"""A run in Markdown: the sums, a table, and what went wrong. GitHub's summary of a step, and a file for everybody else."""

from __future__ import annotations

from collections.abc import Iterator

from grader.judge.feedback import tell
from grader.locale import mark, speaker
from grader.report.hidden import about_hidden
from grader.report.markdown import CheckWriter, fenced, inline
from grader.report.run import LEFT_OUT, Graded, Run, about_edited
from grader.report.terminal import NOTES
from grader.report.visible import shortened
from grader.report.words import NOT_SCORED, load_error_line, words

MOST_BYTES = 1 << 20  # GitHub takes no more from a step
TOO_LONG = mark("What follows is left out: the summary would be too long. `grade EXERCISE` shows it.")
NOTHING = mark("No exercise was graded.")


def run_markdown(run: Run, most_bytes: int = MOST_BYTES) -> str:
    """Return the text. Beyond `most_bytes`, exercises are left out whole, and it says so."""
    say = speaker(run.language)
    parts = ["\n".join(_head(run)), *("\n".join(_part(graded, run.language)) for graded in run.graded)]
    room = most_bytes - len(say(TOO_LONG).encode()) - 2
    text = ""
    for part in parts:
        if len(text.encode()) + len(part.encode()) + 1 > room:
            return f"{text}{say(TOO_LONG)}\n"
        text += f"{part}\n"
    return text


def _head(run: Run) -> Iterator[str]:
    word, say = words(run.language), speaker(run.language)
    if not run.graded and not run.missing_points:
        title = say(NOTHING)
    elif run.score is None:
        title = say(NOT_SCORED)
    else:
        title = say(mark("Score: {score} of {most}")).format(score=f"{run.score:g}", most=run.max_score)
    yield from (f"## {inline(title)}", "")
    for note in run.notes:
        yield from (inline(note), "")
    told = [f"- {inline(one.path)}: {inline(say(LEFT_OUT).format(reason=one.reason))}" for one in run.left_out]
    told += [f"- {inline(file)}: {inline(say(about_edited(file)))}" for graded in run.graded for file in graded.edited]
    yield from (*told, "") if told else ()
    if run.graded:
        yield from (f"| {word['exercise']} | {word['points']} | {word['notes']} |", "|---|---:|---|")
        for graded in run.graded:
            hidden = " ".join(about_hidden(graded.judgement, say)) if graded.judgement.score is not None else say(NOT_SCORED)
            yield f"| {graded.short} {inline(graded.title)} | {_points(graded)} | {inline(hidden)} |"
        yield ""


def _part(graded: Graded, language: str) -> Iterator[str]:
    judgement, word, say = graded.judgement, words(language), speaker(language)
    yield from (f"### {graded.short} {inline(graded.title)}: {_points(graded)}", "", inline(graded.path), "")
    if judgement.load_error is not None:
        error = judgement.load_error
        yield from (f"**{word['not_loaded']}**", "", inline(load_error_line(error, say)), "")
        if error.text:
            yield from fenced(shortened(error.text, 1, 200))
        return
    for note in judgement.notes:
        if note.kind != "output":
            yield from (f"- {inline(say(NOTES[note.kind]).format(place=note.place, text=note.text))}", "")
    told = [tell(check, "student", language) for check in judgement.checks]
    for criterion in judgement.criteria:
        points = "–" if criterion.points is None or criterion.by == "hand" else f"{criterion.points:g}"
        yield from (f"#### {inline(criterion.title.in_language(language))}: {points} / {criterion.max_points}", "")
        yield from CheckWriter(language, level=5).lines([check for check in told if check.criterion == criterion.id])
    printed = "".join(note.text for note in judgement.notes if note.kind == "output")
    if printed.strip():
        yield from (word["printed_loading"], "", *fenced(shortened(printed, 24, 400)))


def _points(graded: Graded) -> str:
    score = graded.judgement.score
    return f"{'–' if score is None else f'{score:g}'} / {graded.judgement.max_score}"
