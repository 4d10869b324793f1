"""Judges submissions against one exercise's suites: the order of checks, the second look at a failure, the judgement."""

from __future__ import annotations

import inspect
import platform
import time
from collections import Counter
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

import msgspec

from grader.bridge.connection import Connection
from grader.bridge.failures import Abort, BridgeFault, NameMissing, StudentError
from grader.bridge.launch import Limits, Workers
from grader.bridge.transcript import Transcript
from grader.course.pack import Pack
from grader.judge import fixtures
from grader.judge.collect import Check, Session
from grader.judge.load import Loader, Unloadable
from grader.judge.score import score, total
from grader.judge.verdict import judge_outcome
from grader.model import CheckResult, Failure, Judgement, LoadError, Submission, Text, Usage, Verdict
from grader.suite import running

LIMIT_VERDICTS = ("time_limit", "memory_limit", "output_limit")
LIMITS_PER_NAME = 2

# What the assertions of `grader.suite` look at where an author names nothing.
_OUR_SUBJECTS = {"the output": "输出", "a parameter": "参数"}


class Judge:
    """Judges one submission after another with the same collected checks. `seed` stands in for the course's own in tests.

    With `explain` off, a failed check is not looked at again: which checks fail and what is earned stays the same, and why
    is not found out.
    """

    def __init__(
        self, workers: Workers, pack: Pack, session: Session, seed: int | None = None, *, explain: bool = True
    ) -> None:
        self._workers = workers
        self._pack = pack
        self._session = session
        self._seed = pack.course_seed if seed is None else seed
        self._limits = Limits(**pack.limits.given())
        self._explain = explain

    def judge(self, submission: Submission) -> Judgement:
        """Return the judgement of a submission. A fault of ours makes it unscored; it never raises for one."""
        start = time.perf_counter()
        loader = Loader(self._workers, submission, self._limits, self._pack.props, self._pack.config.names)
        load_error: LoadError | None = None
        fault = ""
        results: list[CheckResult] = []
        try:
            grading = Grading(self._pack, self._session, loader, self._seed, self._explain)
            results = grading.run()
        except Unloadable as error:
            load_error = error.error
            results = [self._result(check, "skipped", Failure("unloadable")) for check in self._session.checks]
        except BridgeFault as error:
            fault = str(error)
            results = [self._result(check, "judge_error", Failure("fault", text=fault)) for check in self._session.checks]
        finally:
            loader.close()
        return self._judgement(submission, loader, load_error, fault, results, time.perf_counter() - start)

    def first_failure(self, submission: Submission) -> str | None:
        """Return the first check that a submission does not pass, None where it passes all: quick, nothing is explained."""
        loader = Loader(self._workers, submission, self._limits, self._pack.props, self._pack.config.names)
        try:
            return Grading(self._pack, self._session, loader, self._seed).first_failure()
        except Unloadable as error:
            return f"load: {error.error.message}"
        finally:
            loader.close()

    def diagnoses_that_hold(self, submission: Submission) -> set[str]:
        """Return the names of all diagnoses that hold of a submission, whatever it fails: none may hold of a right answer."""
        loader = Loader(self._workers, submission, self._limits, self._pack.props, self._pack.config.names)
        try:
            grading = Grading(self._pack, self._session, loader, self._seed)
            found = {d for check in self._session.checks for d in check.info.diagnoses}
            return {d.__name__ for d in found if grading.holds(d)}
        finally:
            loader.close()

    def _result(self, check: Check, verdict: Verdict, failure: Failure) -> CheckResult:
        return describe(check, self._pack, verdict, failure)

    def _judgement(
        self,
        submission: Submission,
        loader: Loader,
        load_error: LoadError | None,
        fault: str,
        results: list[CheckResult],
        seconds: float,
    ) -> Judgement:
        checks = (*results, *_not_run(self._pack))
        criteria = score(self._pack.config.as_criteria(), checks)
        greeting = loader.greeting
        return Judgement(
            exercise=submission.exercise,
            file=submission.file,
            sha256=submission.sha256,
            load_error=load_error,
            notes=tuple(loader.notes),
            score=total(criteria),
            pending_points=sum(c.pending for c in criteria),
            max_score=self._pack.config.max_score,
            criteria=criteria,
            checks=checks,
            seed=self._seed,
            suite_digest=self._pack.digest,
            versions={**versions(), **(greeting.versions if greeting else {})},
            walls=tuple((w.name, w.stands, w.detail) for w in greeting.walls) if greeting else (),
            fault=fault,
            usage=_usage(loader.spent, seconds),
        )


class Grading:
    """One submission's way through the checks."""

    def __init__(self, pack: Pack, session: Session, loader: Loader, seed: int, explain: bool = True) -> None:
        self._explain = explain
        self._pack = pack
        self._session = session
        self._loader = loader
        self._seed = seed
        self._connection = loader.open()
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
        if verdict in LIMIT_VERDICTS:
            self._limits_met[failure.name] += 1
        if not self._explain or verdict in ("judge_error", "skipped", "missing", *LIMIT_VERDICTS):
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
        run = running.Run(connection, seed, shrink, self._loader.open)
        running.enter(run)
        try:
            connection.restore()
            connection.seed(seed % 2**31)
            return self._session.run(check)
        except Abort as error:  # the worker was dead before the check began
            return error, 0.0
        finally:
            run.close()
            running.enter(None)

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
            slots = self._try(diagnose, connection, error)
            if slots:
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

    def _try(self, diagnose: Callable[..., Any], connection: Connection, error: BaseException | None) -> Any:
        connection.barred = self._barred
        run = running.Run(connection, running.seed_of(self._seed, diagnose.__name__), False, self._loader.open)
        running.enter(run)
        values = {**fixtures.fixture_values(), "error": error, "names": self._pack.config.names}
        try:
            connection.restore()
            return diagnose(**{name: values[name] for name in inspect.signature(diagnose).parameters})
        except (StudentError, AssertionError, Abort, AttributeError, TypeError, ValueError, RuntimeError, LookupError):
            return False  # what the submission does when it is asked is no sign of this cause
        finally:
            run.close()
            running.enter(None)

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
        failure = msgspec.structs.replace(failure, others=tuple(o for o in failure.others if o not in pack.config.names))
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


def find_barred(pack: Pack, loader: Loader) -> dict[str, NameMissing]:
    """Return the names that are built from a part which the exercise bars, each with what to raise when it is asked for."""
    found: dict[str, NameMissing] = {}
    for name, parts in pack.config.barred.items():
        if hit := loader.source.barred(name, parts):
            part, where = hit
            found[name] = NameMissing(name, barred=part, line=where)
    return found


def versions() -> dict[str, str]:
    """Return the versions that a judgement depends on."""
    names = ("grade", "torch", "pytest", "hypothesis", "nbformat")
    return {"python": platform.python_version(), **{name: version(name) for name in names}}


def _not_run(pack: Pack) -> tuple[CheckResult, ...]:
    return tuple(CheckResult(c.id, c.title, c.criterion, c.gate, "hidden", "not_run") for c in pack.absent)


def _usage(spent: Sequence[Connection], seconds: float) -> Usage:
    cpu = sum(connection.usage.cpu_seconds for connection in spent)
    peak = max((connection.usage.peak_memory_mib for connection in spent), default=0.0)
    return Usage(round(seconds, 3), round(cpu, 3), round(peak, 1))
