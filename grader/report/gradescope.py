"""A judgement as Gradescope's autograders hand it in, `results.json`; and a folder of them for a class.

All text is plain (`text`): nothing of a student's is read as HTML or Markdown. Hidden checks are shown, in the words that a
student may read: where any test is hidden, Gradescope would hide the total, too.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from grader.course.paths import short_name
from grader.gradebook.book import Gradebook
from grader.gradebook.standing import ClassView, Standing
from grader.judge.feedback import Told, tell
from grader.locale import Say, mark, speaker
from grader.model import CriterionScore, Judgement, place
from grader.report.brief import changes
from grader.report.final import LeftOut, Written, final_points, in_order, left_out
from grader.report.harmless import cell, file_names, legal
from grader.report.hidden import about_hidden
from grader.report.run import LEFT_OUT, Run
from grader.report.words import MORE_BY_HAND, NOT_PYTHON, NOT_SCORED, load_error_line

STATUS = {"accepted": "passed", "skipped": None, "not_run": None, "judge_error": None}
_FORMATS = {
    "output_format": "text",
    "test_output_format": "text",
    "test_name_format": "text",
    "visibility": "visible",
    "stdout_visibility": "hidden",
}
# Gradescope shows no page without a score, and adds what a person gives there to it.
BY_HAND = mark("This score is not final: a person still gives up to {points} of the {most} points, which are not in it.")
NOT_RUN = mark("There is no score: what was not run here can still add up to {points} points. Please tell your teacher.")
UNSEEN = mark("Up to {points} more points hang on hidden checks that were not run here.")
NOTHING = mark("No answer was found. Hand in a file that is named like its exercise, as ex03.py or ex03.ipynb.")
INDEX = ("path", "student", "exercise", "score", "max_score")


def results(judgement: Judgement, language: str, standing: Standing | None = None) -> dict[str, Any]:
    """Return what `results.json` holds, without times. With a standing, its points are the score.

    A criterion is a test with points, its checks are tests without. An unscored judgement has no score anywhere, nor has one
    whose hidden checks were not run: Gradescope then says that the autograder failed, which is true, and gives no zero. Points
    that a person has still to give are no part of the score.
    """
    say = speaker(language)
    score = (None if _pending(judgement, "judge") else judgement.score) if standing is None else final_points(standing)
    told = [tell(check, "student", language) for check in judgement.checks]
    tests: list[dict[str, Any]] = []
    for number, criterion in enumerate(judgement.criteria, 1):
        given = standing.hand.get(criterion.id) if standing is not None else None
        points = criterion.points if given is None else given
        if criterion.pending and given is None:
            tests.append(_waiting(criterion, number, language))
        else:
            tests.append(_criterion(criterion, points if score is not None else None, number, language))
        own = (check for check in told if check.criterion == criterion.id)
        tests += [_check(check, f"{number}.{place}", say) for place, check in enumerate(own, 1)]
    document: dict[str, Any] = {} if score is None else {"score": _within(score, judgement.max_score)}
    return {
        **document,
        "output": legal("\n".join(_output(judgement, standing, language))),
        **_FORMATS,
        "tests": tests,
        "extra_data": {
            "exercise": judgement.exercise,
            "sha256": judgement.sha256,
            "suite": judgement.suite_digest,
            "seed": judgement.seed,
            "versions": judgement.versions,
        },
    }


def run_results(run: Run, notes: Sequence[str] = ()) -> dict[str, Any]:
    """Return `results.json` of one run of the autograder. One exercise without a score leaves the whole without any.

    Where points are still to come, the text begins with that. Where nothing was found to grade, the score is 0
    and the text says what to hand in: they can do so at once.
    """
    say = speaker(run.language)
    parts = [(graded, results(graded.judgement, run.language)) for graded in run.graded]
    alone = len(parts) == 1
    tests, output = (
        [],
        [
            *_still_to_come(run, say),
            *notes,
            *run.notes,
            *(f"{one.path}: {say(LEFT_OUT).format(reason=one.reason)}" for one in run.left_out),
        ],
    )
    for number, (graded, part) in enumerate(parts, 1):
        output.append(part["output"] if alone else f"{graded.short} {graded.title}\n{part['output']}")
        for test in part["tests"]:
            name = test["name"] if alone else f"{graded.short}: {test['name']}"
            tests.append({**test, "name": name, **({} if alone else {"number": f"{number}.{test['number']}"})})
    if not parts:
        output.append(say(NOTHING))
    score = run.score if all("score" in part for _, part in parts) else None
    if score is None:
        tests = [{key: value for key, value in test.items() if key != "score"} for test in tests]
    seconds = sum(graded.judgement.usage.wall_seconds for graded in run.graded)
    return {
        **({} if score is None else {"score": _within(score, run.max_score)}),
        "execution_time": round(seconds, 1),
        "output": legal("\n\n".join(output)),
        **_FORMATS,
        "tests": tests,
        "extra_data": {"exercises": [part["extra_data"] for _, part in parts]},
    }


def refusal(text: str) -> dict[str, Any]:
    """Return `results.json` of a run that graded nothing: no score anywhere, as of a judgement without one."""
    return {"output": legal(text), **_FORMATS, "tests": []}


def as_json(document: dict[str, Any]) -> bytes:
    """Return the text of a `results.json`, in UTF-8."""
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def write(folder: Path, book: Gradebook, view: ClassView, exercises: tuple[str, ...], language: str) -> Written:
    """Write EXERCISE/STUDENT/results.json for each final standing, and an index; one judgement in memory at a time."""
    named = file_names(student.id for student in view.students)
    count = 0
    notes: list[LeftOut] = []
    with (folder / "index.csv").open("w", encoding="utf-8", newline="") as file:
        index = csv.writer(file)
        index.writerow(INDEX)
        for student, standing in in_order(view, exercises):
            points, last = final_points(standing), standing.last
            if points is None or last is None or last.judgement is None:
                notes.append(left_out(standing))
                continue
            path = Path(short_name(standing.exercise), named[student.id], "results.json")
            (folder / path).parent.mkdir(parents=True)
            document = results(book.judgement(last.judgement), language, standing)
            (folder / path).write_bytes(as_json(document))
            index.writerow([cell(path.as_posix()), cell(student.id), path.parts[0], points, standing.max_score])
            count += 1
    return Written(count, "results", tuple(notes))


def _criterion(criterion: CriterionScore, points: float | None, number: int, language: str) -> dict[str, Any]:
    test: dict[str, Any] = {"number": str(number), "name": legal(criterion.title.in_language(language))}
    if points is not None:
        score = _within(points, criterion.max_points)
        test |= {"score": score, "status": "passed" if score == criterion.max_points else "failed"}
    return {**test, "max_score": criterion.max_points, "visibility": "visible", "extra_data": {"criterion": criterion.id}}


def _waiting(criterion: CriterionScore, number: int, language: str) -> dict[str, Any]:
    """Return the test of a criterion with points still to come: a score or a most would make Gradescope call it failed."""
    test = _criterion(criterion, None, number, language)
    del test["max_score"]
    text = speaker(language)(MORE_BY_HAND if criterion.by == "hand" else UNSEEN)
    return {**test, "output": legal(text.format(points=f"{criterion.pending:g}"))}


def _pending(judgement: Judgement, by: str) -> float:
    """Return the points still to come: from a person (`hand`), or from hidden checks that were not run (`judge`)."""
    return sum(criterion.pending for criterion in judgement.criteria if criterion.by == by)


def _still_to_come(run: Run, say: Say) -> Iterator[str]:
    not_run, by_hand = (sum(_pending(graded.judgement, by) for graded in run.graded) for by in ("judge", "hand"))
    if not_run:
        yield say(NOT_RUN).format(points=f"{not_run:g}")
    elif by_hand and run.score is not None:
        yield say(BY_HAND).format(points=f"{by_hand:g}", most=run.max_score)


def _check(told: Told, number: str, say: Say) -> dict[str, Any]:
    hidden = say(mark(" (hidden)")) if told.visibility == "hidden" else ""
    status = STATUS.get(told.verdict, "failed")
    return {
        "number": number,
        "name": legal(told.title + hidden),
        **({"status": status} if status else {}),
        "output": legal("\n".join(_words(told, say))),
        "visibility": "visible",
        "extra_data": {"check": told.id, "verdict": told.verdict},
    }


def _words(told: Told, say: Say) -> list[str]:
    """Return what a check tells, a part a line."""
    lines = [told.message]
    lines += [f"{say(label)}: {side}" for label, side in ((mark("expected"), told.expected), (mark("got"), told.got)) if side]
    lines += [f"{place(p.label, p.line)}  {p.text}".rstrip() for p in told.places]
    if told.example:
        lines += [say(mark("Try it yourself:")), told.example]
    if told.output.strip():
        lines += [say(mark("Printed by your code:")), told.output.rstrip()]
    if told.hint:
        lines.append(f"{say(mark('Hint:'))} {told.hint}")
    return [line for line in lines if line]


def _output(judgement: Judgement, standing: Standing | None, language: str) -> list[str]:
    say = speaker(language)
    if judgement.score is None:
        return [say(NOT_SCORED)]
    text = say(mark("Score: {score} of {most}"))
    lines = [text.format(score=f"{judgement.score:g}", most=judgement.max_score)]
    if standing is not None:
        lines += changes(standing, language)
    if judgement.load_error is not None:
        error = judgement.load_error
        lines.append(say(NOT_PYTHON))
        lines.append(load_error_line(error, say))
    return [*lines, *about_hidden(judgement, say)]


def _within(points: float, most: float) -> float:
    """Return points between 0 and the most. What is no finite number is refused: it would stop Gradescope's page."""
    if not math.isfinite(points):
        raise ValueError(points)
    return min(max(points, 0.0), float(most))
