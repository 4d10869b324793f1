"""What a caged process can and cannot do: real workers, real kernel, one probe a time."""

import os
import sys

import pytest

from grader.bridge.connection import Connection
from grader.bridge.failures import StudentError
from grader.bridge.launch import Limits
from grader.wire import messages as m

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the cage is Linux's")


@pytest.fixture
def connection(workers):
    limits = Limits(memory_mib=1024)
    connection = Connection(workers.start(limits), limits)
    yield connection
    connection.close()


def run(connection, source):
    """Run statements in a worker; return the value of `result` there."""
    parsed = connection.ask(m.Parse(connection.number(), "probe", (m.Cell("probe.py", source),)))
    for index in range(len(parsed.statements)):
        connection.ask(m.Step(connection.number(), index), seconds=20)
    return connection.done(m.Root(connection.number(), "student", "result")) if "result" in source else None


def test_every_wall_stands_here(connection):
    greeting = connection.ask(m.Hello(connection.number()))
    assert {wall.name: wall.stands for wall in greeting.walls} == dict.fromkeys(
        ("descriptors", "environment", "limits", "capabilities", "files", "syscalls"), True
    )


REFUSED = {
    "a socket": "import socket; socket.socket()",
    "a pair of sockets": "import socket; socket.socketpair()",
    "a process": "import os; os.fork()",
    "a program": "import subprocess; subprocess.run(['/bin/true'])",
    "a shell": "import os; assert os.system('true') == 0",
    "workers of a DataLoader": "import torch.utils.data as d; list(d.DataLoader([1, 2, 3], num_workers=2))",
    "40 GB": "import torch; torch.ones(10**10)",
    "/etc/passwd": "open('/etc/passwd').read()",
    "the repository": f"import os; os.listdir({os.getcwd()!r})",
    "a suite": f"open({os.path.join(os.getcwd(), 'solutions/ex04_linear_layer/test_hidden.py')!r}).read()",
    "the root folder": "import os; os.listdir('/')",
    "a file outside the scratch": "open('/tmp/probe-of-the-cage', 'w')",
    "its parent's memory": "import os; open(f'/proc/{os.getppid()}/mem', 'rb')",
    "its parent's environment": "import os; open(f'/proc/{os.getppid()}/environ', 'rb').read()",
    "its parent's descriptors": "import os; os.listdir(f'/proc/{os.getppid()}/fd')",
    "a signal to its parent": "import os; os.kill(os.getppid(), 0)",
    "a signal to all": "import os; os.kill(-1, 0)",
    "its parent's limits": "import os, resource; resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1))",
    "its parent's processors": "import os; os.sched_setaffinity(os.getppid(), {0})",
    "a session": "import os; os.setsid()",
    "a group": "import os; os.setpgid(0, 0)",
    "a link": "import os; open('a', 'w').close(); os.link('a', 'b')",
    "a symbolic link": "import os; os.symlink('/etc/passwd', 'b')",
    "a named pipe": "import os; os.mkfifo('p')",
    "other modes": "import os; os.chmod(os.__file__, 0o777)",
    "other times": "import os; os.utime(os.__file__)",
    "other owners": "import os; os.chown(os.__file__, 1, 1)",
    "attributes": "import os; os.setxattr(os.__file__, 'user.x', b'1')",
    "another user": "import os; os.setuid(12345)",
    "a pidfd": "import os; os.pidfd_open(os.getppid())",
    "ptrace by ctypes": "import ctypes, os; e = ctypes.CDLL(None, use_errno=True).ptrace(16, os.getppid(), 0, 0); assert e == 0",
    "memory of its parent by ctypes": (
        "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\nb = ctypes.create_string_buffer(8)\n"
        "v = (ctypes.c_void_p * 2)(ctypes.addressof(b), 8)\nassert libc.process_vm_readv(os.getppid(), v, 1, v, 1, 0) >= 0"
    ),
    "a namespace": "import ctypes; assert ctypes.CDLL(None).unshare(0x10000000) == 0",
    "a mount": "import ctypes; assert ctypes.CDLL(None).mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0",
    "a file above the limit": "f = open('big', 'wb'); [f.write(bytes(1 << 20)) for _ in range(100)]; f.flush()",
    "many open files": "files = [open('f', 'w') for _ in range(200)]",
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_caged_process_is_refused(connection, what):
    with pytest.raises(BaseException) as caught:
        run(connection, REFUSED[what])
    assert connection.alive, f"{what}: the worker died instead of being told"
    assert not isinstance(caught.value, AttributeError)


ALLOWED = {
    "a forward and a backward pass": "import torch; x = torch.ones(3, requires_grad=True); (x * 2).sum().backward(); result = float(x.grad.sum())",
    "batch norm and dropout": "import torch; n = torch.nn.Sequential(torch.nn.BatchNorm1d(3), torch.nn.Dropout()); result = len(n(torch.rand(4, 3)))",
    "saving and loading": "import torch; torch.save({'a': torch.ones(2)}, 'f.pt'); result = float(torch.load('f.pt')['a'].sum())",
    "threads": "import threading; r = []; t = threading.Thread(target=r.append, args=(1,)); t.start(); t.join(); result = len(r)",
    "temporary files": "import tempfile; f = tempfile.NamedTemporaryFile(); f.write(b'x'); result = 1",
    "random numbers": "import os, random; result = len(os.urandom(4))",
    "matrix products": "import torch; result = float((torch.ones(100, 100) @ torch.ones(100, 100))[0, 0])",
    "linear algebra": "import torch; result = float(torch.linalg.inv(torch.eye(3)).sum())",
    "a Fourier transform": "import torch; result = float(torch.fft.fft(torch.ones(4))[0].real)",
    "late imports": "import json, decimal, unittest, email, csv, sqlite3, typing, dataclasses; result = 1",
    "its scratch folder": "import os; os.mkdir('d'); open('d/f', 'w').write('x'); os.rename('d/f', 'd/g'); os.remove('d/g'); os.rmdir('d'); result = 1",
    "clocks": "import time; time.sleep(0.001); result = int(time.time() > 0)",
}  # fmt: skip


@pytest.mark.parametrize("what", ALLOWED)
def test_a_caged_process_may_use(connection, what):
    run(connection, ALLOWED[what])


def test_the_environment_is_empty_and_names_no_secret(workers, monkeypatch):
    connection = Connection(workers.start(Limits()), Limits())
    try:
        source = "import os\nresult = sorted(os.environ) + [open('/proc/self/environ').read().strip(chr(0))]"
        run(connection, source)
        found = connection.iterate(connection.root("student", "result"))
        assert found == ["HOME", "LC_CTYPE", "OMP_NUM_THREADS", "TMPDIR", ""]
    finally:
        connection.close()


def test_a_dead_worker_leaves_no_scratch_behind(workers):
    connection = Connection(workers.start(Limits()), Limits())
    scratch = connection.worker.scratch
    run(connection, "open('f', 'w').write('x')")
    connection.close()
    assert not scratch.exists()


def test_a_refusal_is_an_ordinary_python_error(connection):
    with pytest.raises(StudentError) as caught:
        run(connection, "open('/etc/passwd')")
    assert isinstance(caught.value, PermissionError)
