"""The cage by itself, without a worker around it: a template with torch forks a caged child per probe, which runs a few lines."""

import importlib.util
import json
import os
import platform
import subprocess
import sys
import tempfile

import pytest
from conftest import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the cage is Linux's")

TEMPLATE = """
import ctypes, json, os, sys, tempfile
sys.path.append(sys.argv[1])
import torch, torch._dynamo
from grader.worker import cage, capabilities, files, syscalls, wall
sys.path.remove(sys.argv[1])
open("/dev/zero").fileno(); os.dup2(0, 900)
libc = ctypes.CDLL(None, use_errno=True)
repository = sys.argv[1]

def call(name, *arguments):
    if getattr(libc, name)(*arguments) == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

def become(order, scratch):
    for name in order.get("without", ()):
        sys.modules[name] = None
    if "abi" in order:
        import landlockpy, landlockpy._syscall as kernel
        kernel.abi_version = lambda: order["abi"]
        landlockpy.supported = lambda: order["abi"] > 0
    if order.get("plain_user") and os.getuid() == 0:
        os.chown(scratch, 65534, 65534)
        os.setgroups([]); os.setgid(65534); os.setuid(65534)
        call("prctl", 4, 1, 0, 0, 0)  # dumpable, as processes are that did not change their user

def probe(order, scratch, out):
    become(order, scratch)
    walls = cage.enter(scratch, {0, 1, 2, out}, cage.Limits(60, 2 << 30, 1 << 20, 64))
    names = {"call": call, "ctypes": ctypes, "os": os, "torch": torch, "repository": repository, "outside": order["outside"]}
    names["walls"] = {wall.name: [wall.stands, wall.detail] for wall in walls}
    try:
        exec(order["source"], names)
        answer = {"value": names.get("result")}
    except BaseException as error:
        answer = {"raised": type(error).__name__, "text": str(error)}
    os.write(out, json.dumps(answer).encode())

if sys.argv[2] == "preloaded":
    cage.preload()
for line in sys.stdin:
    order, (back, out) = json.loads(line), os.pipe()
    with tempfile.TemporaryDirectory() as scratch:
        pid = os.fork()
        if pid == 0:
            try:
                probe(order, scratch, out)
            finally:
                os._exit(0)
        os.close(out)
        with open(back, "rb") as answer:
            text = answer.read().decode()
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    print(text or json.dumps({"died": status}), flush=True)
"""


def start(how):
    """Start a template born with an empty environment."""
    with tempfile.TemporaryDirectory() as folder:
        outside = os.path.join(folder, "outside.txt")
        command = [sys.executable, "-I", "-c", TEMPLATE, str(ROOT), how]
        process = subprocess.Popen(command, env={}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

        def ask(source, **order):
            with open(outside, "w") as file:
                file.write("kept")
            process.stdin.write(json.dumps({"source": source, "outside": outside, **order}) + "\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            with open(outside) as file:
                assert file.read() == "kept", "a file outside the scratch was written"
            return answer

        yield ask
        process.stdin.close()
        process.stdout.close()
        process.wait(timeout=10)


@pytest.fixture(scope="module")
def caged():
    """Run lines in a fresh caged child; return `{"value": result}`, `{"raised": type, "text": ...}` or `{"died": status}`."""
    yield from start("preloaded")


@pytest.fixture(scope="module")
def unprepared():
    """The same, of a template that prepared nothing."""
    yield from start("unprepared")


WALLS = ("descriptors", "environment", "capabilities", "limits", "files", "syscalls")
KILL, CLONE, CLONE3 = {"x86_64": (62, 56, 435), "aarch64": (129, 220, 435)}.get(platform.machine(), (0, 0, 0))


@pytest.mark.parametrize("user", ["whoever tests", "a plain user"])
def test_every_wall_stands_here(caged, user):
    walls = caged("result = walls", plain_user=user == "a plain user")["value"]
    assert {name: stands for name, (stands, _) in walls.items()} == dict.fromkeys(WALLS, True), walls
    assert tuple(walls) == WALLS


def test_the_walls_stand_without_preparation_too(unprepared):
    assert all(stands for stands, _ in unprepared("result = walls")["value"].values())


def test_missing_packages_are_named_and_nothing_is_raised(unprepared):
    walls = unprepared("result = walls", without=["landlockpy", "pyseccomp", "resource"])["value"]
    assert walls["files"] == [False, "the package landlockpy is missing: pip install landlockpy"]
    assert walls["syscalls"] == [False, "the package pyseccomp is missing: pip install pyseccomp"]
    assert not walls["limits"][0]
    assert walls["capabilities"][0] and walls["descriptors"][0] and walls["environment"][0]


def test_a_kernel_without_landlock_is_told(caged):
    stands, detail = caged("result = walls", abi=0)["value"]["files"]
    assert not stands and "no Landlock" in detail


def test_threads_that_ran_before_are_told(caged):
    code = (
        "import sys, tempfile, threading, time\nfrom grader.worker import cage\n"
        "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        "walls = cage.enter(tempfile.mkdtemp(), {0, 1, 2}, cage.Limits(10, 1 << 30, 1 << 20, 64))\n"
        "print([wall.name for wall in walls if not wall.stands], flush=True)\nimport os; os._exit(0)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={}, capture_output=True, text=True, timeout=60)
    assert run.stdout.strip() == "['capabilities', 'files', 'syscalls']", run.stderr


def test_a_course_under_a_readable_folder_is_told(caged):
    unread = "result = walls['files']"
    assert caged(unread)["value"][0]
    code = (
        "import sys, tempfile, os\nfrom grader.worker import cage, files\n"
        "files.LIBRARY_FOLDERS = (*files.LIBRARY_FOLDERS, os.path.dirname(os.getcwd()))\n"
        "walls = cage.enter(tempfile.mkdtemp(), {0, 1, 2}, cage.Limits(10, 1 << 30, 1 << 20, 64))\n"
        "print([(wall.stands, wall.detail) for wall in walls if wall.name == 'files'], flush=True)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={}, capture_output=True, text=True, timeout=60)
    assert "(False" in run.stdout and "move it" in run.stdout, run.stdout + run.stderr


REFUSED = {
    # sockets
    "a socket": ("PermissionError", "import socket; socket.socket()"),
    "a pair of sockets": ("PermissionError", "import socket; socket.socketpair()"),
    "a connection by ctypes": ("PermissionError", "call('connect', 0, None, 0)"),
    # processes
    "a fork": ("PermissionError", "os.fork()"),
    "a program": ("PermissionError", "import subprocess; subprocess.run(['/bin/true'])"),
    "a program in its place": ("PermissionError", "os.execv('/bin/true', ['true'])"),
    "workers of a DataLoader": ("PermissionError", "list(torch.utils.data.DataLoader([1, 2, 3], num_workers=2))"),
    "a process by raw clone": ("PermissionError", f"call('syscall', {CLONE}, 17, 0, 0, 0, 0)"),
    "a process by raw clone3": ("OSError", f"call('syscall', {CLONE3}, 0, 0)"),
    "a session": ("PermissionError", "os.setsid()"),
    "a process group": ("PermissionError", "os.setpgid(0, 0)"),
    "a namespace": ("PermissionError", "call('unshare', 0x10000000)"),
    # other processes
    "a signal to its parent": ("PermissionError", "os.kill(os.getppid(), 0)"),
    "a signal to its group": ("PermissionError", "os.kill(0, 0)"),
    "a signal to all": ("PermissionError", "os.kill(-1, 0)"),
    "a signal to its parent, in 64 bits": (
        "PermissionError",
        f"call('syscall', {KILL}, ctypes.c_long(1 << 32 | os.getppid()), ctypes.c_long(0))",
    ),
    "a signal by way of a descriptor": (
        "PermissionError",
        "import fcntl; fcntl.fcntl(os.pipe()[0], fcntl.F_SETOWN, os.getppid())",
    ),
    "a queued signal": ("PermissionError", "call('sigqueue', os.getppid(), 0, None)"),
    "a handle of its parent": ("PermissionError", "os.pidfd_open(os.getppid())"),
    "ptrace": ("PermissionError", "call('ptrace', 16, os.getppid(), 0, 0)"),
    "memory of its parent": ("PermissionError", "call('process_vm_readv', os.getppid(), None, 0, None, 0, 0)"),
    "its parent's memory file": ("PermissionError", "open(f'/proc/{os.getppid()}/mem', 'rb')"),
    "its parent's environment": ("PermissionError", "open(f'/proc/{os.getppid()}/environ', 'rb').read()"),
    "its parent's command line": ("PermissionError", "open(f'/proc/{os.getppid()}/cmdline', 'rb').read()"),
    "its parent's descriptors": ("PermissionError", "os.listdir(f'/proc/{os.getppid()}/fd')"),
    "the list of processes": ("PermissionError", "os.listdir('/proc')"),
    "its parent's limits": ("PermissionError", "import resource; resource.prlimit(os.getppid(), resource.RLIMIT_CPU)"),
    "its parent's processors": ("PermissionError", "os.sched_setaffinity(os.getppid(), {0})"),
    "its parent's scheduling": ("PermissionError", "os.sched_setscheduler(os.getppid(), 0, os.sched_param(0))"),
    "its user's priority": ("PermissionError", "os.setpriority(os.PRIO_USER, 0, 19)"),
    # files of others
    "/etc/passwd": ("PermissionError", "open('/etc/passwd')"),
    "the way around by /proc": ("PermissionError", "open('/proc/self/root/etc/passwd')"),
    "the repository": ("PermissionError", "os.listdir(repository)"),
    "the grader's own source": ("PermissionError", "open(repository + '/grader/worker/cage.py')"),
    "the root folder": ("PermissionError", "os.listdir('/')"),
    "a file outside": ("PermissionError", "open(outside)"),
    "to write outside": ("PermissionError", "open(outside, 'w')"),
    "to add outside": ("PermissionError", "open(outside, 'a')"),
    "to make a file outside": ("PermissionError", "open(outside + '.new', 'x')"),
    "to make a folder outside": ("PermissionError", "os.mkdir(outside + '.new')"),
    "to remove outside": ("PermissionError", "os.remove(outside)"),
    "to rename outside": ("PermissionError", "os.rename(outside, outside + '.new')"),
    "to empty a file outside": ("PermissionError", "os.truncate(outside, 0)"),
    "to write to libraries": ("PermissionError", "open(os.__file__, 'a')"),
    "to change modes": ("PermissionError", "os.chmod(outside, 0o777)"),
    "to change times": ("PermissionError", "os.utime(outside)"),
    "to change owners": ("PermissionError", "os.chown(outside, 1, 1)"),
    "to change attributes": ("PermissionError", "os.setxattr(outside, 'user.x', b'1')"),
    "to mark a library's file": ("PermissionError", "import fcntl; fcntl.ioctl(open(os.__file__), 0x40086602, bytes(8))"),
    "to watch a folder": ("PermissionError", "call('inotify_init1', 0)"),
    "a hard link": ("PermissionError", "open('a', 'w').close(); os.link('a', 'b')"),
    "a symbolic link": ("PermissionError", "os.symlink('/etc/passwd', 'b')"),
    "a named pipe": ("PermissionError", "os.mkfifo('p')"),
    "a device": ("PermissionError", "os.mknod('d', 0o020666, os.makedev(1, 1))"),
    "a mount": ("PermissionError", "call('mount', b'none', b'/tmp', b'tmpfs', 0, None)"),
    "shared memory": ("PermissionError", "open('/dev/shm/probe', 'w')"),
    # privileges, and the kernel's services
    "another user": ("PermissionError", "os.setuid(12345)"),
    "another root": ("PermissionError", "os.chroot('.')"),
    "to type into a terminal": ("PermissionError", "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSTI, b'x')"),
    "memory without a file": ("PermissionError", "os.memfd_create('m')"),
    "memory of System V": ("PermissionError", "call('shmget', 1, 4096, 0o1600)"),
    "a message queue": ("PermissionError", "call('msgget', 1, 0o1600)"),
    "a name that a kernel to come will know": ("OSError", "call('syscall', 1000000)"),
    # more than its share
    "a tensor of 40 GB": ("RuntimeError", "torch.ones(10**10)"),
    "bytes of 40 GB": ("MemoryError", "bytearray(40 << 30)"),
    "a file above the limit": (
        "OSError",
        "with open('big', 'wb', buffering=0) as f: [f.write(bytes(1 << 19)) for _ in range(4)]",
    ),
    "many open files": ("OSError", "kept = [open('f', 'w') for _ in range(100)]"),
    "higher limits": ("ValueError", "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (1000, 1000))"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_caged_process_is_refused(caged, what):
    raised, source = REFUSED[what]
    answer = caged(source)
    assert answer.get("raised") == raised, answer


EMPTYING = [f"os.open(outside, {mode} | os.O_TRUNC)" for mode in (os.O_RDONLY, os.O_RDWR, 3)] + [
    "os.truncate(outside, 0)",
    "call('creat', outside.encode(), 0)",
]


@pytest.mark.parametrize("source", EMPTYING)
def test_no_file_is_emptied_where_landlock_does_not_know_how(caged, source):
    """Kernels before 6.2 let whoever may read a file empty it, unless seccomp looks at the mode."""
    assert caged(source, abi=2)["raised"] == "PermissionError"
    assert caged(f"outside = os.__file__ + '.none'\n{source}", abi=2)["raised"] in ("PermissionError", "FileNotFoundError")


@pytest.mark.skipif(platform.machine() != "x86_64", reason="32-bit calls are x86-64's")
def test_calls_of_another_architecture_do_not_exist(caged):
    fork_by_interrupt = bytes.fromhex("b802000000 cd80 c3")  # mov eax, 2; int 0x80; ret
    source = (
        "import mmap\npage = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)\n"
        f"page.write({fork_by_interrupt!r})\n"
        "address = ctypes.addressof(ctypes.c_char.from_buffer(page))\n"
        "result = ctypes.CFUNCTYPE(ctypes.c_int)(address)()"
    )
    assert caged(source) == {"value": -38}
    assert caged("call('syscall', ctypes.c_long(0x40000000 | 57))")["raised"] == "OSError"


WORKS = {
    "a backward pass": "x = torch.ones(3, requires_grad=True); (x * 2).sum().backward(); result = float(x.grad.sum()) == 6",
    "batch norm": "n = torch.nn.BatchNorm1d(3); n(torch.rand(4, 3)).sum().backward(); result = n.weight.grad is not None",
    "dropout": "result = torch.nn.Dropout()(torch.ones(100)).shape == (100,)",
    "convolution": "result = torch.nn.Conv2d(3, 4, 3)(torch.rand(1, 3, 9, 9)).shape == (1, 4, 7, 7)",
    "Adam": (
        "m = torch.nn.Linear(2, 1); o = torch.optim.Adam(m.parameters()); before = m.weight.clone()\n"
        "m(torch.ones(1, 2)).sum().backward(); o.step(); result = not torch.equal(before, m.weight)"
    ),
    "a tensor without values": "result = (torch.ones(3, device='meta') + 1).shape == (3,)",
    "saving and loading": "torch.save({'a': torch.ones(2)}, 'f.pt'); result = float(torch.load('f.pt')['a'].sum()) == 2",
    "a large matrix product": "result = float((torch.ones(500, 500) @ torch.ones(500, 500))[0, 0]) == 500",
    "torch's own threads": "torch.set_num_threads(2); result = float((torch.ones(2000, 200) * 2).sum()) == 800000",
    "singular values": "result = torch.linalg.svd(torch.rand(9, 9)).S.shape == (9,)",
    "a Fourier transform": "result = float(torch.fft.fft(torch.ones(4))[0].real) == 4",
    "a DataLoader": "result = len(list(torch.utils.data.DataLoader([1, 2, 3]))) == 3",
    "threads": (
        "import threading; r = []; t = [threading.Thread(target=r.append, args=(n,)) for n in range(8)]\n"
        "[x.start() for x in t]; [x.join() for x in t]; result = len(r) == 8"
    ),
    "a pool of threads": (
        "from concurrent.futures import ThreadPoolExecutor as Pool\nwith Pool(4) as p: result = sum(p.map(abs, [-1, -2])) == 3"
    ),
    "callbacks from C": "f = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda x: x + 1); result = f(1) == 2",
    "a signal to itself": (
        "import signal; r = []; signal.signal(signal.SIGUSR1, lambda *_: r.append(1)); signal.raise_signal(signal.SIGUSR1)\n"
        "os.kill(os.getpid(), signal.SIGUSR1); result = len(r) == 2"
    ),
    "its own limits and processors": (
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32)); os.sched_setaffinity(0, os.sched_getaffinity(0))\n"
        "result = resource.prlimit(os.getpid(), resource.RLIMIT_NOFILE) == (32, 32)"
    ),
    "its scratch folder": (
        "os.mkdir('a'); os.mkdir('b'); open('a/f', 'w').write('x'); os.rename('a/f', 'b/f'); open('b/f', 'a').write('y')\n"
        "result = open('b/f').read() == 'xy'; os.remove('b/f'); os.rmdir('a'); result = result and os.listdir('.') == ['b']"
    ),
    "temporary files": "import tempfile; tempfile.tempdir = None; f = tempfile.NamedTemporaryFile(); f.write(b'x'); result = f.name.startswith(os.getcwd())",
    "copies of files": "import shutil; open('a', 'w').write('x'); shutil.copyfile('a', 'b'); result = open('b').read() == 'x'",
    "nowhere": "result = open('/dev/null', 'w').write('x') == 1 and len(os.urandom(4)) == 4 and os.isatty(0) is False",
    "time and its zones": "import zoneinfo, time; time.localtime(); result = str(zoneinfo.ZoneInfo('UTC')) == 'UTC'",
    "late imports": "import csv, decimal, email, json, sqlite3, ssl, unittest, uuid, xml.dom; result = uuid.uuid4() is not None",
    "what it asks of the machine": (
        "files = [open(f'/proc/{n}').read() for n in ('cpuinfo', 'meminfo', 'self/status', 'self/maps', 'self/statm', 'self/stat')]\n"
        "result = all(files) and os.cpu_count() > 0 and len(os.listdir('/proc/self/fd')) > 0"
    ),
}
if importlib.util.find_spec("numpy"):  # torch can do without, and so can the course
    WORKS["numpy"] = "result = float(torch.ones(3).numpy().sum()) == 3"


@pytest.mark.parametrize("what", WORKS)
def test_a_caged_process_still_has(caged, what):
    assert caged(WORKS[what]) == {"value": True}


def test_a_plain_user_undumpable_reads_its_own_proc(caged):
    assert caged(WORKS["what it asks of the machine"], plain_user=True) == {"value": True}


def test_no_descriptor_of_the_template_is_left(caged):
    source = "left = []\nfor n in range(3, 2000):\n    try: os.fstat(n); left.append(n)\n    except OSError: pass\nresult = len(left)"
    assert caged(source) == {"value": 1}, "the probe's own way home"


def test_the_environment_names_only_the_scratch_folder(caged):
    source = (
        "result = [sorted(os.environ), os.environ['HOME'] == os.getcwd(), open('/proc/self/environ').read().strip(chr(0))]"
    )
    assert caged(source) == {"value": [["HOME", "LC_CTYPE", "OMP_NUM_THREADS", "TMPDIR"], True, ""]}


def test_what_a_process_was_born_with_is_wiped_from_its_memory():
    code = (
        "import tempfile\nfrom grader.worker import cage\n"
        "cage.enter(tempfile.mkdtemp(), {0, 1, 2}, cage.Limits(10, 1 << 30, 1 << 20, 64))\n"
        "import ctypes, os\nassert os.getenv('GRADE_KEY') is None and not ctypes.CDLL(None).getenv(b'GRADE_KEY')\n"
        "print(open('/proc/self/environ').read().strip(chr(0)), end='')"
    )
    environment = {"GRADE_KEY": "a key to hidden suites"}
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout) == (0, ""), run.stdout + run.stderr


def test_no_privilege_is_left(caged):
    source = (
        "fields = dict(line.split(':\\t') for line in open('/proc/self/status').read().splitlines() if ':\\t' in line)\n"
        "result = [int(fields[n], 16) for n in ('CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb')]\n"
        "result += [fields['NoNewPrivs'], fields['Seccomp'], ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)]"
    )
    found = caged(source)["value"]
    assert found[:3] + found[4:] == [0, 0, 0, 0, "1", "2", 0]
    assert found[3] == 0 or os.getuid() != 0, "a plain user may not narrow its bounding set, and needs none"


def test_a_child_that_aborts_dies_of_it(caged):
    assert caged("os.abort()") == {"died": -6}
