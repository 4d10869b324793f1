"""Loading a submission into workers: statement by statement, passing over what raises and what does not come back."""

from __future__ import annotations

import contextlib
import time

from grader.bridge import interrupts
from grader.bridge.connection import Connection
from grader.bridge.failures import Abort, BridgeFault, NameMissing, StudentError
from grader.bridge.launch import Limits, Workers
from grader.course.submission import DAMAGED
from grader.judge.verdict import judge_outcome
from grader.locale import mark
from grader.model import Cell, LoadError, Note, Submission, place
from grader.suite.running import seed_of
from grader.suite.source import Source
from grader.wire import messages as m

MAX_RESTARTS = 5
NOT_UTF8 = mark("the file is no text in UTF-8: it holds null bytes, as UTF-16 does. Save it as UTF-8.")
NO_NOTEBOOK = mark("the file is not a notebook that can be read. Save it in Jupyter again.")


class Unloadable(Exception):
    """The submission could not be loaded: it is not Python, or too much of it has to be passed over."""

    def __init__(self, error: LoadError) -> None:
        super().__init__(error.message)
        self.error = error


class Loader:
    """Opens workers with one submission loaded. What was found out the first time holds for every later worker."""

    def __init__(self, workers: Workers, submission: Submission, limits: Limits, props: str, names: tuple[str, ...]) -> None:
        self._workers = workers
        self._submission = submission
        self._limits = limits
        self._props = props
        self._names = names
        self._deadline = time.monotonic() + limits.submission_seconds
        self._skipped: set[int] = set()
        self.notes: list[Note] = []
        self.source = Source([])
        self.greeting: m.Greeting | None = None
        self.spent: list[Connection] = []

    def open(self, loaded: bool = True) -> Connection:
        """Return a connection to a new worker, with the submission loaded or blank. Raises `Unloadable`."""
        for _ in range(MAX_RESTARTS + 1):
            first = not self.spent
            with interrupts.held_back():  # a worker that nobody knows of would be ended by nobody
                connection = Connection(self._workers.start(self._limits), self._limits, deadline=self._deadline)
                self.spent.append(connection)
            self._greet(connection)
            killed = self._load(connection, note=first) if loaded else None
            if killed is None:
                connection.seed(self._seed("opened"))  # or what it draws next would be what every other worker draws
                return connection
            self._skipped.add(killed)
        raise Unloadable(LoadError(self._submission.cells[0].label, 1, 1, "", "too many statements had to be stopped"))

    def close(self) -> None:
        """End every worker. Raises `BridgeFault` where that fails, after it has tried with all."""
        with contextlib.ExitStack() as stack:
            for connection in self.spent:
                stack.callback(connection.close)

    def _greet(self, connection: Connection) -> None:
        """Wait for the worker to be ready: until now no line of the student's has run, so a failure is ours."""
        try:
            greeting = connection.ask(m.Hello(connection.number()), seconds=60)
        except (Abort, StudentError) as error:
            raise BridgeFault(f"a worker did not start: {error}; {connection.worker.channel.output.take()}") from error
        assert isinstance(greeting, m.Greeting)
        self.greeting = self.greeting or greeting

    def _load(self, connection: Connection, *, note: bool) -> int | None:
        """Load; return the number of the statement that the worker did not survive, if any."""
        connection.seed(self._seed("loading"))
        parsed = self._parse(connection)
        if note:
            self._note_parse(parsed)
        labels = [cell.label for cell in self._submission.cells]
        for index, statement in enumerate(parsed.statements):
            if index in self._skipped:
                continue
            where = place(labels[statement.cell], statement.line)
            try:
                connection.ask(m.Step(connection.number(), index), seconds=self._limits.load_seconds)
            except (StudentError, NameMissing) as error:
                if note:
                    text = str(error) if isinstance(error, StudentError) else "NotImplementedError"
                    self.notes.append(Note("passed_over", where, text[:300]))
            except Abort as error:
                verdict, _ = judge_outcome(error, proven=True)
                if connection.alive:
                    if note:
                        self.notes.append(Note("passed_over", where, str(error)[:300], verdict))
                    continue
                self.notes.append(Note("killed", where, str(error)[:300], verdict))
                return index
        connection.restore()
        if self._props:
            connection.ask(m.Props(connection.number(), self._props))
        printed = connection.worker.channel.output.take()
        if printed.strip() and not any(n.kind == "output" for n in self.notes):
            self.notes.append(Note("output", text=printed))
        return None

    def _seed(self, moment: str) -> int:
        """Return a seed for the newest worker: it draws the same whenever this is judged, and not what another one draws."""
        return seed_of(moment, self._submission.exercise, len(self.spent)) % 2**31

    def _parse(self, connection: Connection) -> m.Parsed:
        cells = tuple(m.Cell(cell.label, cell.source) for cell in self._submission.cells)
        request = m.Parse(connection.number(), self._submission.exercise.partition("_")[0], cells)
        try:
            parsed = connection.ask(request, seconds=self._limits.load_seconds)
        except (Abort, StudentError) as error:
            label = cells[0].label if cells else self._submission.file
            verdict, _ = judge_outcome(error, proven=True)
            raise Unloadable(LoadError(label, 1, 1, "", f"it could not be read: {error}", verdict)) from error
        if not isinstance(parsed, m.Parsed):
            raise BridgeFault("a worker did not answer `Parse`")
        return parsed

    def _note_parse(self, parsed: m.Parsed) -> None:
        """Note what is passed over, and judge whether what is left can be graded."""
        labels = [cell.label for cell in self._submission.cells]
        pairs = zip(labels, parsed.sources, strict=True)
        self.source = Source([(label, source) for label, source in pairs if source])
        for magic in parsed.magics:
            self.notes.append(Note("magic", place(labels[magic.cell], magic.line)))
        lost = not all(self.source.defines(name) for name in self._names)
        fatal = parsed.faults[0] if parsed.faults and (lost or len(labels) == 1) else None
        for fault in parsed.faults:
            if fault is not fatal:  # that one is told as what it is
                self.notes.append(Note("syntax", place(labels[fault.cell], fault.line), fault.message))
        if fatal is not None:
            raise Unloadable(_told(self._submission.cells[fatal.cell], fatal))


def _told(cell: Cell, fault: m.SyntaxFault) -> LoadError:
    """Return what Python says of a cell, or our own words where it was given what is no Python at all."""
    if not cell.label.startswith("cell ") and "\0" in cell.source:
        return LoadError(cell.label, 1, 1, "", NOT_UTF8)
    if cell.label == DAMAGED:
        return LoadError(cell.label, 1, 1, "", NO_NOTEBOOK)
    return LoadError(cell.label, fault.line, fault.column, fault.text, fault.message)
