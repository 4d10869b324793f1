"""Judges submissions against one exercise's suites, one after another. A fault of ours leaves a judgement without a score."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence

from grader.bridge.connection import Connection
from grader.bridge.failures import BridgeFault
from grader.bridge.launch import Limits, Workers
from grader.course.pack import Pack
from grader.judge.collect import Check, Session
from grader.judge.conditions import versions, walls
from grader.judge.grading import Grading, describe
from grader.judge.load import Loader, Unloadable
from grader.judge.score import score, total
from grader.model import CheckResult, Failure, Judgement, LoadError, Submission, Usage, Verdict


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
            with contextlib.closing(loader):
                results = Grading(self._pack, self._session, loader, self._seed, self._explain).run()
        except Unloadable as error:
            load_error = error.error
            results = [self._result(check, "skipped", Failure("unloadable")) for check in self._session.checks]
        except BridgeFault as error:
            fault = str(error)
            results = [self._result(check, "judge_error", Failure("fault", text=fault)) for check in self._session.checks]
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
            versions=versions(greeting),
            walls=walls(greeting),
            fault=fault,
            usage=_usage(loader.spent, seconds),
        )


def _not_run(pack: Pack) -> tuple[CheckResult, ...]:
    return tuple(CheckResult(c.id, c.title, c.criterion, c.gate, "hidden", "not_run") for c in pack.absent)


def _usage(spent: Sequence[Connection], seconds: float) -> Usage:
    cpu = sum(connection.usage.cpu_seconds for connection in spent)
    peak = max((connection.usage.peak_memory_mib for connection in spent), default=0.0)
    return Usage(round(seconds, 3), round(cpu, 3), round(peak, 1))
