"""One submission's way through the checks: their order, the second look at a failure, what the author says of it."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import Any

import msgspec

from grader.bridge.connection import Connection
from grader.bridge.failures import Abort, NameMissing, StudentError
from grader.bridge.transcript import Transcript
from grader.course.pack import Pack
from grader.judge import fixtures
from grader.judge.collect import Check, Session
from grader.judge.load import Loader
from grader.judge.verdict import judge_outcome
from grader.model import LIMITS, CheckResult, Failure, Text, Verdict
from grader.suite import running
from grader.suite.company import Company

LIMITS_PER_NAME = 2

# What the assertions of `grader.suite` look at where an author names nothing.
_OUR_SUBJECTS = {"the output": "输出", "a parameter": "参数"}


class Grading:
    """One submission's way through the checks."""

    def __init__(self, pack: Pack, session: Session, loader: Loader, seed: int, explain: bool = True) -> None:
        self._explain = explain
        self._pack = pack
        self._session = session
        self._loader = loader
        self._seed = seed
        self._connection = loader.open()
        self._company = Company(loader.open)
        self._limits_met: Counter[str] = Counter()
        self._barred = find_barred(pack, loader)
        self._failed_gates: set[str] = set()
        fixtures.set_source(loader.source)

    def run(self) -> list[CheckResult]:
        """Run the gates first, then the rest; return the results in the order of the suites."""
        results: dict[str, CheckResult] = {}
        for check in self._gates_first():
            results[check.id] = self._one(check)
            if check.info.gate and results[check.id].verdict != "accepted":
                self._failed_gates.add(check.info.criterion)
        return [results[check.id] for check in self._session.checks]

    def first_failure(self) -> str | None:
        """Run checks until one does not pass; return its id."""
        return next((check.id for check in self._gates_first() if self._look(check)[0] is not None), None)

    def _gates_first(self) -> list[Check]:
        return sorted(self._session.checks, key=lambda check: not check.info.gate)

    def _one(self, check: Check) -> CheckResult:
        if check.info.criterion in self._failed_gates and not check.info.gate:
            return describe(check, self._pack, "skipped", Failure("gate"))
        error, seconds = self._look(check)
        if error is None:
            return describe(check, self._pack, "accepted", None, seconds=seconds)
        verdict, failure = judge_outcome(error, proven=self._pack.proven)
        if verdict in LIMITS:
            self._limits_met[failure.name] += 1
        if not self._explain or verdict in ("judge_error", "skipped", "missing", *LIMITS):
            return self._told(check, verdict, failure, seconds=seconds)
        return self._second_look(check, verdict, failure, seconds)

    def _look(self, check: Check) -> tuple[BaseException | None, float]:
        if not self._connection.alive or check.info.fresh:
            self._connection.close()
            self._connection = self._loader.open()
        return self._attempt(check, self._connection, shrink=False)

    def _attempt(self, check: Check, connection: Connection, *, shrink: bool) -> tuple[BaseException | None, float]:
        connection.given_up = frozenset(n for n, times in self._limits_met.items() if times >= LIMITS_PER_NAME)
        connection.barred = self._barred
        connection.name = ""
        seed = running.seed_of(self._seed, self._pack.exercise, check.id)
        company = Company(self._loader.open) if shrink else self._company
        running.enter(running.Run(connection, seed, shrink, company))
        try:
            connection.restore()
            connection.seed(seed % 2**31)
            return self._session.run(check)
        except Abort as error:  # the worker was dead before the check began
            return error, 0.0
        finally:
            running.enter(None)
            company.end_check()
            if company is not self._company:
                company.close()

    def _second_look(self, check: Check, verdict: Verdict, failure: Failure, seconds: float) -> CheckResult:
        """Run a failed check once more, alone in a fresh worker: for its smallest example, its transcript and its cause."""
        connection = self._loader.open()
        connection.transcript = transcript = Transcript(self._pack.exercise.partition("_")[0])
        error, _ = self._attempt(check, connection, shrink=True)
        if error is None:
            failure = msgspec.structs.replace(failure, repeats=False)
        else:
            again, reason = judge_outcome(error, proven=self._pack.proven)
            if again not in ("judge_error", "skipped", "missing"):
                verdict, failure = again, reason
        connection.transcript = None
        if not connection.alive:
            connection = self._loader.open()
        diagnosis, name = (None, "") if failure.kind == "died" else self._diagnose(check, connection, error)
        printed = connection.worker.channel.output.take() if check.visibility == "visible" and connection.alive else ""
        connection.close()
        if failure.kind == "detached":
            transcript.asks_for_gradient()
        code = transcript.code() if failure.kind != "died" or error is not None else ""
        return self._told(
            check, verdict, failure, diagnosis=diagnosis, diagnosed_by=name, example=code, output=printed, seconds=seconds
        )

    def _diagnose(self, check: Check, connection: Connection, error: BaseException | None) -> tuple[Text | None, str]:
        """Try the check's diagnoses in order; return the first that holds."""
        for diagnose in check.info.diagnoses:
            if slots := self._try(diagnose, connection, error):
                return self._sentence(diagnose, slots if isinstance(slots, dict) else {}), diagnose.__name__
            if not connection.alive:
                connection = self._loader.open()
        return None, ""

    def holds(self, diagnose: Callable[..., Any]) -> bool:
        """Whether a diagnosis holds of the submission, in a fresh worker, with no failure to explain."""
        connection = self._loader.open()
        try:
            return bool(self._try(diagnose, connection, None))
        finally:
            connection.close()

    def _try(self, diagnose: Callable[..., Any], connection: Connection, error: BaseException | None) -> dict[str, str] | bool:
        """Return the names and places that a diagnosis found, or only whether it holds."""
        connection.barred = self._barred
        company = Company(self._loader.open)
        running.enter(running.Run(connection, running.seed_of(self._seed, diagnose.__name__), False, company))
        values = {**fixtures.fixture_values(), "error": error, "names": self._pack.config.names}
        try:
            connection.restore()
            found = diagnose(**{name: values[name] for name in inspect.signature(diagnose).parameters})
            return found if isinstance(found, dict) else bool(found)  # a tensor of several numbers is neither true nor false
        except (StudentError, AssertionError, Abort, AttributeError, TypeError, ValueError, RuntimeError, LookupError):
            return False  # what the submission does when it is asked is no sign of this cause
        finally:
            running.enter(None)
            company.close()

    def _sentence(self, diagnose: Callable[..., Any], slots: dict[str, str]) -> Text:
        english = " ".join((inspect.getdoc(diagnose) or "").split())
        chinese = self._pack.messages.diagnoses.get(diagnose.__name__, "") or getattr(diagnose, "chinese", "")
        return Text(english.format(**slots), chinese.format(**slots))

    def _told(self, check: Check, verdict: Verdict, failure: Failure, **more: Any) -> CheckResult:
        return describe(check, self._pack, verdict, failure, **more)


def describe(check: Check, pack: Pack, verdict: Verdict, failure: Failure | None, **more: Any) -> CheckResult:
    """Return a check's result with the author's words in both languages."""
    name, words = check.item.originalname, pack.messages
    if failure is not None and failure.others:
        failure = msgspec.structs.replace(failure, others=_likely(failure, pack.config.names))
    if failure is not None and failure.subject.en:
        subject = Text(
            failure.subject.en, words.words.get(failure.subject.en, "") or _OUR_SUBJECTS.get(failure.subject.en, "")
        )
        failure = msgspec.structs.replace(failure, subject=subject)
    return CheckResult(
        id=check.id,
        title=Text(check.info.title, words.titles.get(name, "")),
        criterion=check.info.criterion,
        gate=check.info.gate,
        visibility=check.visibility,
        verdict=verdict,
        failure=failure,
        hint=Text(check.info.hint, words.hints.get(name, "")),
        **more,
    )


def _likely(failure: Failure, asked_for: Sequence[str]) -> tuple[str, ...]:
    """Return what the submission defines and the exercise does not ask for, the name most like the missing one first."""
    extra = [other for other in failure.others if other not in asked_for]
    return tuple(sorted(extra, key=lambda other: -SequenceMatcher(None, other.lower(), failure.name.lower()).ratio()))


def find_barred(pack: Pack, loader: Loader) -> dict[str, NameMissing]:
    """Return the names that are built from a part which the exercise bars, each with what to raise when it is asked for."""
    found: dict[str, NameMissing] = {}
    for name, parts in pack.config.barred.items():
        if hit := loader.source.barred(name, parts):
            part, where = hit
            found[name] = NameMissing(name, barred=part, line=where)
    return found
