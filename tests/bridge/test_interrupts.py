"""Ctrl-C ends a grading whenever it is pressed, and leaves nothing half said to the template."""

import signal
import subprocess
import sys
import threading

import msgspec
import pytest
from conftest import ROOT

from grader.bridge import interrupts
from grader.bridge.launch import Limits

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals between processes are POSIX")


@pytest.fixture(autouse=True)
def heard():
    """SIGINT as a terminal's programs have it: a background job, in which tests may run, would ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    interrupts.watch()
    signal.signal(signal.SIGINT, before)


def press():
    signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)  # another test's thread must not be the one to get it


def test_one_that_is_held_back_comes_at_the_end_of_the_block():
    done = []
    with pytest.raises(KeyboardInterrupt), interrupts.held_back():
        press()
        done.append("the block")
    assert done
    with pytest.raises(KeyboardInterrupt):
        press()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_one_that_went_astray_is_heeded_before_the_next_request():
    class Stray:
        def __del__(self):
            press()

    interrupts.watch()
    interrupts.heed()
    thing = Stray()
    del thing  # Python prints the exception and goes on
    with pytest.raises(KeyboardInterrupt):
        interrupts.heed()


def test_where_it_is_ignored_it_stays_ignored():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    interrupts.watch()
    press()
    interrupts.heed()


def test_one_amid_an_order_to_the_template_mixes_up_no_answers(workers):
    with pytest.raises(KeyboardInterrupt), interrupts.held_back():
        worker = workers.start(Limits())
        press()
    assert worker.end().cpu_seconds >= 0


def test_one_while_pytest_collects_is_not_taken_for_an_empty_result():
    from grader.course.exercise import Course
    from grader.course.pack import build_pack
    from grader.judge.collect import with_suites

    course = Course.around(ROOT)
    pack = msgspec.structs.replace(build_pack(course, course.find("ex03")), visible="raise KeyboardInterrupt\n", hidden="")
    with pytest.raises(KeyboardInterrupt):
        with_suites(pack, lambda session: "judged")


def test_one_amid_a_text_that_is_executed_ends_with_130_too():
    """Python notes such a one as unhandled, even where it is handled, and kills itself by it at its end."""
    script = (
        "import os, signal, sys\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from grader.cli import main\n"
        "def show(settings):\n    exec('os.kill(os.getpid(), signal.SIGINT)', {'os': os, 'signal': signal})\n"
        "import grader.cli.student\ngrader.cli.student.show_list = show\nmain.main(['list'])\n"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 130 and run.stderr.split() == ["Stopped."], run.stderr
