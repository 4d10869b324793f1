"""Starting and ending workers: forks of a warm template where the system has `fork`, plain processes elsewhere."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from grader.bridge import interrupts, secret
from grader.bridge.channel import Channel, ProcessChannel, SocketChannel
from grader.bridge.failures import BridgeFault
from grader.bridge.private_folder import PrivateFolder

MAX_THREADS = 64


# Isolated, but for the one variable that is given: without a fixed seed a set's order would differ from run to run.
_PYTHON = (sys.executable, "-P", "-s")
_HASHES = {"PYTHONHASHSEED": "0"}


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a submission may use. Seconds are of wall time, but for `cpu_seconds`; memory is beyond what torch has mapped."""

    load_seconds: float = 5.0
    request_seconds: float = 10.0
    submission_seconds: float = 120.0
    cpu_seconds: int = 120
    memory_mib: int = 2048


class Usage(msgspec.Struct, frozen=True):
    """What a worker used, as the system counted it."""

    cpu_seconds: float = 0.0
    peak_memory_mib: float = 0.0
    status: int = 0


class Worker(Protocol):
    """A running worker."""

    channel: Channel
    scratch: Path

    def end(self) -> Usage:
        """Kill it, remove its scratch, and say what it used. A second call does nothing."""


class Workers(Protocol):
    """A source of workers. Once it has `ended`, no worker starts any more, and those that ran are gone."""

    ended: bool

    def start(self, limits: Limits) -> Worker:
        """Return a new worker with no submission loaded."""

    def close(self) -> None:
        """Let go of whatever is kept warm."""


def warm_workers(preimports: Sequence[str] = (), *, apart: bool = False) -> Workers:
    """Return the best source of workers that this system has. Torch must have been imported, and nothing of the course.

    With `apart` they are no forks of this process, and hold nothing that it has ever held.
    """
    return Template(preimports, apart=apart) if can_fork() else PlainProcesses()


def can_fork() -> bool:
    """Whether workers can be forked from a warm template here."""
    return sys.platform.startswith("linux") and hasattr(os, "fork") and hasattr(os, "pidfd_open")


class Template:
    """The warm process that children are forked from."""

    def __init__(self, preimports: Sequence[str] = (), *, apart: bool = False) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control = ours
        self.ended = False
        sys.stdout.flush()
        sys.stderr.flush()
        with interrupts.held_back():  # until the template has learnt to ignore them: it inherits this
            if apart or secret.key():  # then the template must not be a fork of this process
                self._pid = _exec_template(theirs, preimports)
            else:
                self._pid = os.fork()
                if self._pid == 0:
                    _fork_template(ours, theirs, preimports)
        theirs.close()

    def order(self, message: dict[str, object], descriptors: Sequence[int] = ()) -> dict[str, float]:
        """Ask the template for something and return its answer."""
        try:
            with interrupts.held_back():  # or the answer to this would be read as that to the next
                socket.send_fds(self._control, [json.dumps(message).encode()], list(descriptors))
                answer = self._control.recv(4096)
        except OSError as error:
            self.ended = True
            raise BridgeFault(f"the template does not answer: {error}") from error
        if not answer:
            self.ended = True
            raise BridgeFault("the template has ended")
        return json.loads(answer)  # type: ignore[no-any-return]

    def start(self, limits: Limits) -> ForkedWorker:
        """See `Workers`."""
        return ForkedWorker(self, limits)

    def close(self) -> None:
        """Hang up: the template ends when it sees that."""
        self._control.close()
        if self._pid:
            os.waitpid(self._pid, 0)
            self._pid = 0


def _fork_template(ours: socket.socket, theirs: socket.socket, preimports: Sequence[str]) -> None:
    try:
        ours.close()
        importlib.import_module("grader.worker.template").run_template(theirs, list(preimports))
    finally:
        os._exit(70)


def _exec_template(theirs: socket.socket, preimports: Sequence[str]) -> int:
    command = [*_PYTHON, "-m", "grader.worker", "template", str(theirs.fileno()), *preimports]
    process = subprocess.Popen(command, env=dict(_HASHES), pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
    process.returncode = 0  # reaped by `close`, not by the destructor
    return process.pid


class ForkedWorker:
    """A child of the template, held by a pidfd."""

    def __init__(self, template: Template, limits: Limits) -> None:
        self._template = template
        self._folder = PrivateFolder()
        self.scratch = self._folder.path
        protocol, theirs = socket.socketpair()
        output, their_output = os.pipe()
        order = {
            "do": "fork",
            "scratch": str(self.scratch),
            "memory_bytes": limits.memory_mib << 20,
            "cpu_seconds": limits.cpu_seconds,
        }
        self._pid = int(template.order(order, [theirs.fileno(), their_output])["pid"])
        self._pidfd = os.pidfd_open(self._pid)
        theirs.close()
        os.close(their_output)
        self.channel: Channel = SocketChannel(protocol, output, self._look)
        self._usage: Usage | None = None

    def _look(self) -> None:
        """Count threads from outside: no limit of the system's binds the administrator's processes."""
        with contextlib.suppress(OSError):
            if len(os.listdir(f"/proc/{self._pid}/task")) > MAX_THREADS:
                self._kill()

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    def end(self) -> Usage:
        """See `Worker`."""
        if self._usage is None:
            self._usage = Usage()
            self._kill()
            try:
                answer = self._template.order({"do": "reap", "pid": self._pid})
                self._usage = Usage(answer["cpu_seconds"], answer["peak_kib"] / 1024, int(answer["status"]))
            finally:
                os.close(self._pidfd)
                self.channel.close()
                self._folder.remove()
        return self._usage


class PlainProcesses:
    """Workers as plain processes: slower to start, and with what walls the system happens to have."""

    ended = False

    def start(self, limits: Limits) -> PlainWorker:
        """See `Workers`."""
        return PlainWorker(limits)

    def close(self) -> None:
        """See `Workers`."""


class PlainWorker:
    """A worker that is a child process of the judge's own."""

    def __init__(self, limits: Limits) -> None:
        self._folder = PrivateFolder()
        self.scratch = self._folder.path
        memory = str(limits.memory_mib << 20)
        command = [*_PYTHON, "-m", "grader.worker", str(self.scratch), memory, str(limits.cpu_seconds)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_plain_environment(), bufsize=0
        )
        self.channel: Channel = ProcessChannel(self._process)
        self._ended = False

    def end(self) -> Usage:
        """See `Worker`."""
        if not self._ended:
            self._ended = True
            self._process.kill()
            self._process.wait()
            self.channel.close()
            self._folder.remove()
        return Usage(status=self._process.returncode or 0)


def _plain_environment() -> dict[str, str]:
    """What an interpreter needs to start, and no more: Windows finds its own libraries through these."""
    wanted = ("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "TEMP", "TMP", "PATH") if sys.platform == "win32" else ()
    return {**_HASHES, **{name: os.environ[name] for name in wanted if name in os.environ}}
