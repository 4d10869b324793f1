"""The template, which forks a child per submission, and the child's way from the fork to its first request."""

from __future__ import annotations

import ctypes
import functools
import gc
import importlib
import io
import json
import os
import signal
import socket
import sys
import sysconfig
import tempfile
import traceback

import torch

from grader.wire.messages import WallReport
from grader.worker import cage, pages, serve

FILE_BYTES = 64 << 20
OPEN_FILES = 64
MANY = 50  # forks after which large pages have paid for themselves, about


def run_template(control: socket.socket, preimports: list[str]) -> None:
    """Serve forks until the judge hangs up. Never returns to the caller's code."""
    _become_nobody(control.fileno())
    cage.preload()
    for name in preimports:
        importlib.import_module(name)
    _warm_up()
    server = prepare()
    gc.collect()
    gc.freeze()
    forks = 0
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 4096, 4)
        if not message:
            os._exit(0)
        order = json.loads(message)
        if order["do"] == "reap":
            control.send(json.dumps(_reap(order["pid"])).encode())
            continue
        forks += 1
        if forks == MANY:
            pages.join()
        pid = os.fork()
        if pid == 0:
            protocol, output = descriptors
            os.dup2(output, 1)
            os.dup2(output, 2)
            run_child(server, protocol, protocol, order["scratch"], order["memory_bytes"], order["cpu_seconds"])
        for descriptor in descriptors:
            os.close(descriptor)
        control.send(json.dumps({"pid": pid}).encode())


def _warm_up() -> None:
    """Do once what nearly every submission does: what torch sets up at its first use is then there for all children.

    Nothing is drawn, no thread starts, and nothing is differentiated: where torch knows an accelerator, its autograd
    engine starts threads, which no fork survives.
    """
    with torch.no_grad():
        layer = torch.nn.utils.skip_init(torch.nn.Linear, 2, 2)
        layer.load_state_dict({"weight": torch.eye(2), "bias": torch.zeros(2)})
        result = torch.relu(layer(torch.ones(3, 2)))
        repr(result)
        file = io.BytesIO()
        torch.save(layer.state_dict(), file)
        file.seek(0)
        torch.load(file, weights_only=True)
    with torch.autograd.profiler.record_function("grade"):  # every optimiser's step is recorded
        traceback.format_stack()  # so does `torch.manual_seed`, over the source of all that called it


def _become_nobody(control: int) -> None:
    """Forget the user: environment, descriptors, terminal signals, and the path to anything but libraries."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the judge's to handle
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    _wipe_environment()
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.closerange(3, control)
    os.closerange(control + 1, 4096)


def _wipe_environment() -> None:
    """Empty `os.environ`, libc's copy, and the block on the stack that `/proc/self/environ` shows."""
    os.environ.clear()
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).clearenv()
    with open("/proc/self/stat", encoding="ascii", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()
    start, end = int(fields[47]), int(fields[48])  # env_start and env_end: proc(5), counted from the state field
    if start and end > start:
        ctypes.memset(start, 0, end - start)


def _reap(pid: int) -> dict[str, float]:
    _, status, usage = os.wait4(pid, 0)
    return {"status": status, "cpu_seconds": usage.ru_utime + usage.ru_stime, "peak_kib": usage.ru_maxrss}


def prepare() -> serve.Server:
    """Make ready what is the same in all children: the interpreter, its streams, and who will answer."""
    torch.set_num_threads(1)
    sys.path[:] = _library_paths()
    sys.argv[:] = ["python"]
    sys.dont_write_bytecode = True
    tempfile.tempdir = None  # found anew: TMPDIR will be the scratch folder
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = _text_stream(1)
    sys.stderr = _text_stream(2)
    return serve.Server()


def run_child(
    server: serve.Server, protocol_in: int, protocol_out: int, scratch: str, memory_bytes: int, cpu_seconds: int
) -> None:
    """Enter the cage and answer requests until the judge hangs up; exits the process."""
    limits = cage.Limits(cpu_seconds=cpu_seconds, memory_bytes=memory_bytes, file_bytes=FILE_BYTES, open_files=OPEN_FILES)
    walls = cage.enter(scratch, {0, 1, 2, protocol_in, protocol_out}, limits)
    server.caged(tuple(WallReport(wall.name, wall.stands, wall.detail) for wall in walls), _mapped_bytes())
    try:
        serve.serve(server, lambda: os.read(protocol_in, 1 << 20), lambda frame: _write(protocol_out, frame))
    except BaseException:  # a fault of ours, or of a student who patched us: either way the judge sees a worker that died
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


@functools.cache
def _library_paths() -> list[str]:
    """The interpreter's own folders and its installed packages; never the folder that the user stands in."""
    paths = sysconfig.get_paths()
    wanted = {paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")}
    roots = tuple(wanted)
    return [path for path in sys.path if path and (path in wanted or path.startswith(roots))]


def _text_stream(descriptor: int) -> io.TextIOWrapper:
    raw = open(descriptor, "wb", buffering=1 << 16, closefd=False)  # noqa: SIM115
    return io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", line_buffering=True)


def _mapped_bytes() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
