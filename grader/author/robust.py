"""What known answers do not show: mutants of the reference that pass, and right answers that fail under another seed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from grader.author.mutants import mutants
from grader.bridge.launch import Workers
from grader.course.pack import Pack
from grader.engine.here import judging
from grader.judge.collect import Session
from grader.judge.session import Judge
from grader.model import Submission


class Mutated(msgspec.Struct):
    """How many mutants there are, how many are told from the reference, and a sentence for each disagreement."""

    exercise: str
    mutants: int
    killed: int
    equivalent: int
    disagreements: list[str]


def try_mutants(workers: Workers, pack: Pack, reference: Submission, equivalent: dict[str, str]) -> Mutated:
    """Judge each mutant until a check fails. Those that pass must be listed as equivalent, and none else may be."""
    cell = reference.cells[0]
    tried = mutants(cell.source)

    def work(judge: Judge, _: Session) -> list[str]:
        def passes(source: str) -> bool:
            cells = (msgspec.structs.replace(cell, source=source),)
            return judge.first_failure(msgspec.structs.replace(reference, cells=cells)) is None

        return [mutant.name for mutant in tried if passes(mutant.source)]

    survivors = judging(workers, msgspec.structs.replace(pack, proven=True), work)
    wrong = [f"mutant passes: {name}" for name in survivors if name not in equivalent]
    stale = [f"expect.toml: equivalent: no such mutant passes: {name}" for name in equivalent if name not in survivors]
    listed = sum(name in equivalent for name in survivors)
    return Mutated(pack.exercise, len(tried), len(tried) - len(survivors), listed, wrong + stale)


def failing_seeds(
    workers: Workers,
    pack: Pack,
    submissions: Sequence[Submission],
    seeds: Iterable[int],
    passed: Callable[[int], None] = lambda _: None,
) -> list[str]:
    """Judge right answers under further course seeds; say which fail; tell `passed` of seeds that none does."""
    pack = msgspec.structs.replace(pack, proven=True)

    def work(_: Judge, session: Session) -> list[str]:
        found = []
        for seed in seeds:
            judge = Judge(workers, pack, session, seed)
            failures = [(s.file, check) for s in submissions if (check := judge.first_failure(s))]
            found += [f"{file}: fails {check} under the course seed {seed}" for file, check in failures]
            if not failures:
                passed(seed)
        return found

    return judging(workers, pack, work)
