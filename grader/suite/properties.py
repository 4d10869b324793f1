"""`given`: a property that holds for all drawn examples.

The examples of a check are the same for every submission: Hypothesis draws them once, they are replayed, and Hypothesis
wakes again only to shrink a failure.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable
from typing import Any

import hypothesis
from hypothesis.strategies import SearchStrategy

from grader.bridge.failures import BridgeFault, SuiteMisuse
from grader.suite import running

EXAMPLES = 20
SHRINK_CALLS = 150


class _Enough(BaseException):
    """Ends Hypothesis' search from within."""


def given(
    *, examples: int = EXAMPLES, **strategies: SearchStrategy[Any]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a check for `examples` examples drawn from `strategies`, each under a seed of its own."""

    def decorate(body: Callable[..., None]) -> Callable[..., None]:
        property_ = Property(body, strategies, examples)

        @functools.wraps(body)
        def check(**fixtures: Any) -> None:
            property_.run(fixtures)

        parameters = inspect.signature(body).parameters.values()
        kept = [parameter for parameter in parameters if parameter.name not in strategies]
        check.__signature__ = inspect.Signature(kept)  # type: ignore[attr-defined]
        del check.__wrapped__
        return check

    return decorate


class Property:
    """A check's body, what it draws, and the examples that were drawn, by seed."""

    def __init__(self, body: Callable[..., None], strategies: dict[str, SearchStrategy[Any]], examples: int) -> None:
        self._body = body
        self._strategies = strategies
        self._examples = examples
        self._recorded: dict[int, list[dict[str, Any]]] = {}

    def run(self, fixtures: dict[str, Any]) -> None:
        """Replay the examples; on a failure, where the run asks for it, find a smaller one and raise that."""
        run = running.current()
        if run.seed not in self._recorded:
            self._recorded = {run.seed: self._record(run.seed)}
        for drawn in self._recorded[run.seed]:
            try:
                self._example(run, fixtures, drawn)
            except Exception as failure:
                if run.shrink and not isinstance(failure, BridgeFault | SuiteMisuse):
                    self._raise_smallest(run, fixtures, drawn)
                raise

    def _example(self, run: running.Run, fixtures: dict[str, Any], drawn: dict[str, Any]) -> None:
        mark = run.connection.mark
        run.begin_example(drawn)
        self._body(**fixtures, **drawn)
        run.connection.forget(mark)

    def _record(self, seed: int) -> list[dict[str, Any]]:
        recorded: list[dict[str, Any]] = []
        self._hypothesis(seed, lambda drawn: recorded.append(drawn), shrink=False)
        return recorded

    def _raise_smallest(self, run: running.Run, fixtures: dict[str, Any], first: dict[str, Any]) -> None:
        smallest, calls = first, 0

        def attempt(drawn: dict[str, Any]) -> None:
            nonlocal smallest, calls
            calls += 1
            if calls > SHRINK_CALLS:
                raise _Enough
            try:
                self._example(run, fixtures, drawn)
            except Exception:
                smallest = drawn
                raise
            except KeyboardInterrupt:
                raise
            except BaseException:  # a limit or a death: its example is no smaller one, and there is nothing left to ask
                raise _Enough from None

        with contextlib.suppress(_Enough, Exception):  # how the search ended does not matter: `smallest` holds what it found
            self._hypothesis(run.seed, attempt, shrink=True)
        if run.connection.alive:
            self._example(run, fixtures, smallest)

    def _hypothesis(self, seed: int, attempt: Callable[[dict[str, Any]], None], *, shrink: bool) -> None:
        phases = [hypothesis.Phase.generate, *([hypothesis.Phase.shrink] if shrink else [])]
        profile = hypothesis.settings(
            max_examples=self._examples,
            database=None,
            deadline=None,
            derandomize=False,  # it would ignore the seed
            print_blob=False,
            report_multiple_bugs=False,
            phases=phases,
            suppress_health_check=list(hypothesis.HealthCheck),
            verbosity=hypothesis.Verbosity.quiet,
        )

        @profile
        @hypothesis.seed(seed)
        @hypothesis.given(**self._strategies)
        def search(**drawn: Any) -> None:
            attempt(drawn)

        search()
