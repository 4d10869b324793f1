"""Work on several exercises at once: each process has warm workers of its own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.queues import SimpleQueue
from typing import TypeVar

from grader.bridge.launch import Workers
from grader.engine.processes import own_cores, stay_on, usable_cores

Item = TypeVar("Item")
Result = TypeVar("Result")

_workers: Workers | None = None


def side_by_side(
    start: Callable[[], Workers], task: Callable[[Workers, Item], Result], items: Sequence[Item], jobs: int = 0
) -> Iterator[Result]:
    """Yield `task(workers, item)` for each item, in order. `jobs` is the number of processes; 0 means one for each core.

    `start` and `task` must be importable by name: the processes begin anew, so that each forks its workers before it reads
    anything of the course. With one job, or one item, all happens here.
    """
    jobs = min(jobs or usable_cores(), len(items))
    if jobs <= 1:
        workers = start()
        try:
            yield from (task(workers, item) for item in items)
        finally:
            workers.close()
        return
    context = multiprocessing.get_context("spawn")
    cores = context.SimpleQueue()
    for core in own_cores(jobs):
        cores.put(core)
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(start, cores)) as pool:
        waiting = [pool.submit(_one, task, item) for item in items]
        try:
            for future in waiting:
                yield future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _begin(start: Callable[[], Workers], cores: SimpleQueue[int | None]) -> None:
    global _workers
    stay_on(cores.get())
    _workers = start()


def _one(task: Callable[[Workers, Item], Result], item: Item) -> Result:
    if _workers is None:
        raise RuntimeError("this process has no workers")
    return task(_workers, item)
