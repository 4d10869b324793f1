"""The proof of a suite: every known answer judged, and everything that disagrees with what it must get."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grader.author.known import Known
from grader.bridge.launch import Workers
from grader.course.pack import Pack
from grader.engine.here import judging
from grader.judge.collect import Check, Session
from grader.judge.feedback import tell
from grader.judge.session import Judge
from grader.model import Judgement

VISIBLE_SHARE = 2 / 3
FAILED = ("wrong_answer", "run_time_error", "time_limit", "memory_limit", "output_limit", "missing", "judge_error")


class Verified(msgspec.Struct):
    """What `verify` found for one exercise: each answer's judgement, and a sentence for each disagreement."""

    exercise: str
    judged: list[tuple[Known, Judgement]]
    disagreements: list[str]
    visible_share: float


def verify(workers: Workers, pack: Pack, known: Sequence[Known], *, quick: bool = False) -> Verified:
    """Judge the known answers and hold each against what it must get.

    A `quick` proof is one of verdicts and points: what the answers are told, and by which diagnosis, is left out.
    """
    pack = msgspec.structs.replace(pack, proven=True)

    def work(_: Judge, session: Session) -> Verified:
        judge = Judge(workers, pack, session, explain=not quick)
        judged, disagreements = [], []
        for answer in known:
            judged.append((answer, judge.judge(answer.submission)))
            disagreements += disagree(*judged[-1], words=not quick)
            if answer.kind == "reference" and not quick:
                names = judge.diagnoses_that_hold(answer.submission)
                disagreements += [f"diagnosis {name}: it holds of the reference" for name in sorted(names)]
        wrong = [(answer, judgement) for answer, judgement in judged if answer.kind == "wrong_answer"]
        bad = wrong + [(answer, judgement) for answer, judgement in judged if answer.kind == "hostile"]
        disagreements += _unfailed(session.checks, bad) + _uncovered(pack, session.checks)
        disagreements += [] if quick else _untold(session.checks, bad)
        share = _visible_share(wrong)
        if share < VISIBLE_SHARE:
            disagreements.append(f"the visible checks fail {share:.0%} of the wrong answers; at least two thirds are needed")
        return Verified(pack.exercise, judged, disagreements, share)

    return judging(workers, pack, work)


def failed_checks(judgement: Judgement) -> set[str]:
    """Return the checks that a submission failed; what was skipped was not failed."""
    return {check.id for check in judgement.checks if check.verdict in FAILED}


def disagree(answer: Known, judgement: Judgement, *, words: bool = True) -> list[str]:
    """Return a sentence for each way in which a judgement is not what the answer must get."""
    where = f"{answer.kind}/{answer.name}"
    found: list[str] = []
    if judgement.score is None:
        return [f"{where}: unscored: {judgement.fault or _faults(judgement)}"]
    failed = failed_checks(judgement)
    if answer.kind in ("reference", "accepted") and judgement.score != judgement.max_score:
        found.append(f"{where}: {judgement.score:g} of {judgement.max_score}; fails {_names(failed)}{_why(judgement)}")
    if answer.kind == "null":
        found += [f"{where}: earns {c.points:g} of {c.id}" for c in judgement.criteria if c.points]
    if answer.kind == "wrong_answer" and failed != set(answer.expected.fails):
        missing, extra = set(answer.expected.fails) - failed, failed - set(answer.expected.fails)
        if missing:
            found.append(f"{where}: must fail {_names(missing)}, and does not")
        if extra:
            found.append(f"{where}: fails {_names(extra)} as well")
    if answer.kind == "wrong_answer" and judgement.score == judgement.max_score:
        found.append(f"{where}: earns full marks")
    return found + _points(where, answer, judgement) + (_words(where, answer, judgement) if words else [])


def _points(where: str, answer: Known, judgement: Judgement) -> list[str]:
    points = answer.expected.points
    if points is None:
        return [f"{where}: expect.toml must say its points"] if answer.kind == "hostile" else []
    low, high = points if isinstance(points, tuple) else (points, points)
    if low <= (judgement.score or 0.0) <= high:
        return []
    return [f"{where}: earns {judgement.score:g}; {low:g} to {high:g} is right"]


def _words(where: str, answer: Known, judgement: Judgement) -> list[str]:
    told = " ".join(tell(check, "student", "en").message for check in judgement.checks)
    missing = [f"{where}: is not told {words!r}" for words in answer.expected.says if words not in told]
    subjects = {c.failure.subject for c in judgement.checks if c.failure is not None and c.failure.kind != "fault"}
    return missing + [f"{where}: no Chinese for {s.en!r}" for s in subjects if s.en and not s.zh]


def _unfailed(checks: Sequence[Check], wrong: Sequence[tuple[Known, Judgement]]) -> list[str]:
    """Return the checks that no wrong answer has shown to work."""
    failed = {name for _, judgement in wrong for name in failed_checks(judgement)}
    return [f"check {check.id}: no wrong answer fails it" for check in checks if check.id not in failed]


def _untold(checks: Sequence[Check], wrong: Sequence[tuple[Known, Judgement]]) -> list[str]:
    """Return the diagnoses that no wrong answer is told."""
    told = {result.diagnosed_by for _, judgement in wrong for result in judgement.checks}
    diagnoses = sorted({diagnose.__name__ for check in checks for diagnose in check.info.diagnoses})
    return [f"diagnosis {name}: no wrong answer is told it" for name in diagnoses if name not in told]


def _uncovered(pack: Pack, checks: Sequence[Check]) -> list[str]:
    """Return the criteria that lack a gate, or a check that students can read."""
    gates = {check.info.criterion for check in checks if check.info.gate}
    seen = {check.info.criterion for check in checks if check.visibility == "visible"}
    judged = [c for c in pack.config.criteria if c.by == "judge"]
    lacking = [f"criterion {c.id}: it has no gate" for c in judged if c.id not in gates]
    return lacking + [f"criterion {c.id}: it has no visible check" for c in judged if c.id not in seen]


def _visible_share(wrong: Sequence[tuple[Known, Judgement]]) -> float:
    def seen(judgement: Judgement) -> bool:
        return any(check.visibility == "visible" and check.verdict in FAILED for check in judgement.checks)

    return sum(seen(judgement) for _, judgement in wrong) / len(wrong) if wrong else 1.0


def _names(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def _faults(judgement: Judgement) -> str:
    return "; ".join(c.failure.text for c in judgement.checks if c.verdict == "judge_error" and c.failure)


def _why(judgement: Judgement) -> str:
    if judgement.load_error is not None:
        return f": {judgement.load_error.message}"
    reasons = [tell(c, "teacher", "en").message for c in judgement.checks if c.verdict in FAILED]
    return "".join(f"\n      {reason}" for reason in reasons[:3])
