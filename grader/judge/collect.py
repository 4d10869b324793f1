"""Runs suites under pytest: collected once, from a private folder, and each item run as often as there are submissions."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, TypeVar

import pytest
from _pytest.runner import runtestprotocol

from grader.bridge.failures import BridgeFault
from grader.bridge.private_folder import PrivateFolder
from grader.course.pack import Pack
from grader.errors import CourseError
from grader.judge import suite_fixtures
from grader.model import Visibility
from grader.suite.criterion import CheckInfo

Result = TypeVar("Result")
QUIET = (
    "cacheprovider", "capture", "debugging", "doctest", "faulthandler", "junitxml", "legacypath", "logging", "pastebin",
    "recwarn", "setuponly", "setupplan", "stepwise", "terminal", "threadexception", "unittest", "unraisableexception",
    "warnings", "xdist", "benchmark",
)  # fmt: skip


class Check:
    """One collected check: an item of pytest's with the author's words about it."""

    def __init__(self, item: pytest.Function, visibility: Visibility) -> None:
        self.item = item
        self.visibility = visibility
        self.id = item.name.removeprefix("test_")
        self.info: CheckInfo = item.function.check_info


class Session:
    """A running pytest session with the checks of one exercise."""

    def __init__(self, checks: list[Check]) -> None:
        self.checks = checks
        self._caught: BaseException | None = None

    def run(self, check: Check) -> tuple[BaseException | None, float]:
        """Run one check; return what came out of it, and the seconds it took."""
        self._caught = None
        start = time.perf_counter()
        runtestprotocol(check.item, log=False, nextitem=check.item.session)  # type: ignore[arg-type]  # keeps session fixtures
        return self._caught, time.perf_counter() - start

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:
        """Keep the exception, and report no more than that: pytest would parse the suite for each line of a traceback."""
        if call.excinfo is not None and self._caught is None:
            error = call.excinfo.value
            self._caught = error if call.when == "call" else BridgeFault(f"{call.when} of {item.name}: {error!r}")
        outcome: Literal["passed", "failed"] = "passed" if call.excinfo is None else "failed"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, call.when)  # type: ignore[arg-type]  # no item is collected here


class _Loop:
    """Hands a collected session to its user in place of pytest's own loop."""

    def __init__(self, pack: Pack, work: Callable[[Session], Any]) -> None:
        self._pack = pack
        self._work = work
        self.result: Any = None
        self.error: BaseException | None = None
        self.faults: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a suite that cannot be collected."""
        if report.failed:
            self.faults.append(str(report.longrepr))

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Do the user's work with the collected checks."""
        try:
            self._refuse_faults()
            checks = [self._check(item) for item in session.items]
            running = Session(checks)
            session.config.pluginmanager.register(running)
            self.result = self._work(running)
        except BaseException as error:  # pytest would swallow it: carried out of the session, raised again there
            self.error = error
        return True

    def _refuse_faults(self) -> None:
        if self.faults:
            raise CourseError(f"{self._pack.exercise}: a suite cannot be collected.", self.faults[0][-1500:])

    def _check(self, item: pytest.Item) -> Check:
        if not isinstance(item, pytest.Function) or not hasattr(item.function, "check_info"):
            raise CourseError(f"{self._pack.exercise}: {item.name} has no @criterion.")
        visibility: Visibility = "hidden" if item.path.stem == "test_hidden" else "visible"
        check = Check(item, visibility)
        if check.info.criterion not in {c.id for c in self._pack.config.criteria}:
            raise CourseError(f"{self._pack.exercise}: {item.name} serves {check.info.criterion!r}, which is no criterion.")
        return check


def with_suites(pack: Pack, work: Callable[[Session], Result]) -> Result:
    """Collect a pack's suites and do `work` with them, inside one pytest session. What `work` raises comes out."""
    loop = _Loop(pack, work)
    with PrivateFolder() as folder:
        suites = folder / pack.exercise
        suites.mkdir()
        for visibility, text in pack.suites().items():
            (suites / f"test_{visibility}.py").write_text(text, encoding="utf-8")
        (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        try:
            _run_pytest(folder, [suites / f"test_{visibility}.py" for visibility in pack.suites()], [loop, suite_fixtures])
        finally:
            _forget_modules(suites)
    if loop.error is not None:
        raise loop.error
    return loop.result  # type: ignore[no-any-return]


def _forget_modules(folder: Path) -> None:
    """Drop the suites' modules, so that the same names in another session are other modules."""
    for name, module in list(sys.modules.items()):
        if (file := getattr(module, "__file__", None)) and Path(file).parent == folder:
            del sys.modules[name]


def _run_pytest(root: Path, files: list[Path], plugins: list[object]) -> None:
    arguments = [
        "--import-mode=importlib",
        "--noconftest",
        "--assert=plain",
        f"--rootdir={root}",
        "-c",
        str(root / "pytest.ini"),
    ]
    arguments += [word for name in QUIET for word in ("-p", f"no:{name}")]
    before, writes = os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD"), sys.dont_write_bytecode
    options = os.environ.pop("PYTEST_ADDOPTS", None)  # a user's own habits must not change a score
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.dont_write_bytecode = True
    try:
        code = pytest.main([*arguments, *map(str, files)], plugins=plugins)
    finally:
        sys.dont_write_bytecode = writes
        _put_back("PYTEST_DISABLE_PLUGIN_AUTOLOAD", before)
        _put_back("PYTEST_ADDOPTS", options)
    if code == pytest.ExitCode.INTERRUPTED:  # pytest keeps to itself what stopped it outside of its loop
        raise KeyboardInterrupt
    if code in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
        raise BridgeFault(f"pytest ended with {code!r}")


def _put_back(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value
