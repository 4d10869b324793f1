"""The template has done what every submission does, and is cheap to fork; what a child then finds is as if nothing had run."""

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from grader.bridge.connection import Connection
from grader.bridge.launch import Limits
from grader.wire import messages as m

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the template forks on Linux")


def in_a_new_process(source):
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", source], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_warming_up_draws_nothing_and_starts_no_thread():
    drawn, threads = in_a_new_process(
        "import os, torch\n"
        "from grader.worker.template import _warm_up\n"
        "torch.set_num_threads(1); torch.manual_seed(3)\n"
        "before = torch.get_rng_state(); _warm_up()\n"
        "print(torch.equal(before, torch.get_rng_state()))\n"
        "print(len(os.listdir('/proc/self/task')) if os.path.isdir('/proc/self/task') else 1)"
    )
    assert (drawn, threads) == ("True", "1")


def test_warming_up_differentiates_nothing_so_that_children_can():
    """Where torch knows an accelerator its autograd engine starts threads, and a fork of such a process cannot use it."""
    (asked,) = in_a_new_process(
        "import torch\n"
        "asked = []\n"
        "torch.autograd._engine_run_backward = lambda *a, **k: asked.append(1)\n"
        "from grader.worker.template import _warm_up\n"
        "_warm_up()\n"
        "print(len(asked))"
    )
    assert asked == "0"


@LINUX
def test_large_pages_hold_what_the_small_ones_held():
    same, large = in_a_new_process(
        "from grader.worker import pages\n"
        "kept = bytearray(range(256)) * (64 << 10)\n"
        "def large():\n"
        "    rollup = open('/proc/self/smaps_rollup').read().split()\n"
        "    return int(rollup[rollup.index('AnonHugePages:') + 1])\n"
        "before = large(); pages.join()\n"
        "print(kept == bytearray(range(256)) * (64 << 10)); print(large() - before)"
    )
    assert same == "True"
    assert int(large) > 0 or not can_join()


def can_join():
    """Whether this kernel joins pages when it is asked: Linux 6.1 with transparent huge pages that are not switched off."""
    import os

    enabled = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    release = tuple(int(part) for part in os.uname().release.split(".")[:2])
    return release >= (6, 1) and enabled.is_file() and "[never]" not in enabled.read_text()


@LINUX
def test_a_child_is_what_it_was_however_many_there_were_before():
    """After so many forks the template's memory has been rearranged: children know nothing of it."""
    from grader.bridge.launch import warm_workers
    from grader.worker.template import MANY

    workers = warm_workers()

    def child():
        connection = Connection(workers.start(Limits()), Limits())
        try:
            greeting = connection.ask(m.Hello(connection.number()), seconds=60)
            connection.seed(7)
            layer = connection.root("torch", "nn.Linear")
            made = connection.call(layer, (3, 2), {})
            return greeting.walls, connection.fetch(connection.get(made, "weight")).tolist()
        finally:
            connection.close()

    first = child()
    for _ in range(MANY):
        workers.start(Limits()).end()
    assert child() == first
    workers.close()
    assert all(wall.stands for wall in first[0])


@pytest.mark.parametrize("draw", ["torch.rand(2).tolist()", "random.random()"])
def test_what_is_drawn_without_a_seed_is_the_same_in_every_worker_of_every_process(draw):
    """Torch seeds its generator anew in each process: what a diagnosis asks of an answer must not hang on that."""
    source = (
        "import random, torch\n"
        "from grader.worker.state import TorchState\n"
        f"state = TorchState(); torch.rand(3); random.random(); state.restore(); print(*str({draw}).split())"
    )
    assert in_a_new_process(source) == in_a_new_process(source)
