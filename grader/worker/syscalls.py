"""The system calls of the cage, by seccomp: what is allowed, what is looked at, and what is refused by name.

What is on no list does not exist (ENOSYS), so that a C library falls back to what is. The lists are as broad as container
runtimes' are: another libc, another build of torch, must not cost an honest student points. Two filters stand one behind the
other, for libseccomp cannot say "neither this nor that value" in one: the outer asks for the call's name, the inner for the
arguments of the few in LOOKED_AT. Both are compiled once, in the template; a child only fills in its own process number.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import os
import struct
import sys
from typing import Any

from grader.worker.capabilities import libc
from grader.worker.wall import CannotStand

ALLOWED = tuple(
    # reading and writing what is open
    "read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek _llseek close close_range dup dup2 dup3 "
    "flock fsync fdatasync sync_file_range sync_file_range2 ftruncate ftruncate64 fallocate fadvise64 fadvise64_64 "
    "arm_fadvise64_64 copy_file_range sendfile sendfile64 splice tee vmsplice readahead pipe pipe2 "
    # files by name: Landlock decides which
    "creat access faccessat faccessat2 stat stat64 lstat lstat64 fstat fstat64 newfstatat fstatat64 statx "
    "statfs statfs64 fstatfs fstatfs64 getdents getdents64 readlink readlinkat getcwd chdir fchdir mkdir mkdirat rmdir unlink "
    "unlinkat rename renameat renameat2 umask getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr "
    # memory
    "brk mmap mmap2 munmap mprotect mremap madvise mincore msync mlock mlock2 mlockall munlock munlockall membarrier mseal "
    "pkey_alloc pkey_free pkey_mprotect get_mempolicy set_mempolicy mbind remap_file_pages map_shadow_stack cacheflush "
    # threads, within clone's own rule
    "futex futex_time64 futex_waitv futex_wake futex_wait futex_requeue set_robust_list get_robust_list set_tid_address "
    "gettid rseq sched_yield sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_get_priority_max "
    "sched_get_priority_min sched_rr_get_interval exit exit_group restart_syscall arch_prctl set_thread_area get_thread_area "
    "set_tls get_tls getcpu riscv_flush_icache riscv_hwprobe "
    # waiting
    "poll ppoll ppoll_time64 select _newselect pselect6 pselect6_time64 epoll_create epoll_create1 epoll_ctl epoll_wait "
    "epoll_pwait epoll_pwait2 eventfd eventfd2 signalfd signalfd4 timerfd_create timerfd_settime timerfd_gettime pause "
    "nanosleep clock_nanosleep clock_nanosleep_time64 alarm getitimer setitimer timer_create timer_settime timer_gettime "
    "timer_getoverrun timer_delete wait4 waitid waitpid "
    # time, signals of its own, and who it is
    "clock_gettime clock_gettime64 clock_getres clock_getres_time64 gettimeofday time times rt_sigaction rt_sigprocmask "
    "rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 sigaltstack sigreturn sigprocmask getpid "
    "getppid getpgid getpgrp getsid getuid getuid32 geteuid geteuid32 getgid getgid32 getegid getegid32 getresuid getresuid32 "
    "getresgid getresgid32 getgroups getgroups32 getrlimit setrlimit ugetrlimit getrusage getpriority capget prctl uname "
    "sysinfo getrandom personality landlock_create_ruleset landlock_add_rule landlock_restrict_self seccomp".split()
)

REFUSED = tuple(
    # sockets: the pipe home is read and written as a file
    "socket socketpair connect bind listen accept accept4 sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg recvmmsg_time64 "
    "shutdown setsockopt getsockopt getsockname getpeername socketcall "
    # other programs and processes
    "execve execveat fork vfork ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp tkill "
    "rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open pidfd_getfd pidfd_send_signal setsid setpgid setns unshare "
    "setpriority ioprio_set migrate_pages move_pages "
    # what Landlock lets through: modes, owners, times, attributes, links, handles, watches; before its third ABI, truncation
    "chmod fchmod fchmodat fchmodat2 chown chown32 fchown fchown32 lchown lchown32 fchownat utime utimes futimesat utimensat "
    "utimensat_time64 setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr removexattrat "
    "file_setattr link linkat symlink symlinkat mknod mknodat name_to_handle_at open_by_handle_at inotify_init "
    "inotify_init1 inotify_add_watch inotify_rm_watch fanotify_init fanotify_mark truncate truncate64 "
    # the kernel's own services; memory that no limit of ours counts
    "ipc shmget shmat shmctl shmdt semget semop semtimedop semctl msgget msgsnd msgrcv msgctl mq_open mq_unlink mq_timedsend "
    "mq_timedreceive mq_notify mq_getsetattr perf_event_open io_uring_setup io_uring_enter io_uring_register io_setup "
    "io_submit io_cancel io_destroy io_getevents bpf keyctl add_key request_key userfaultfd mount umount umount2 pivot_root "
    "chroot move_mount open_tree fsopen fsconfig fsmount fspick mount_setattr swapon swapoff reboot kexec_load "
    "kexec_file_load init_module finit_module delete_module iopl ioperm setuid setgid setreuid setregid setresuid setresgid "
    "setgroups setfsuid setfsgid capset settimeofday clock_settime clock_adjtime adjtimex sethostname setdomainname acct "
    "syslog quotactl vhangup memfd_create memfd_secret".split()
)

WHOLE = (1 << 64) - 1  # the kernel may read 32 bits of an argument: a comparison of all 64 leaves no second spelling
OWN = 0x7FFF_FFFE  # stands for the child's own process number; no process has this one (the kernel ends at 1 << 22)
CLONE_THREAD = 0x00010000

# Modes of opening. Before its third ABI, Landlock let a file be emptied by whoever might read it: O_TRUNC needs a writer here.
MODE = 3 | os.O_TRUNC
MODES = (os.O_RDONLY, os.O_WRONLY, os.O_RDWR, os.O_WRONLY | os.O_TRUNC, os.O_RDWR | os.O_TRUNC)

# F_DUPFD to F_SETLKW, F_GETOWN, F_DUPFD_CLOEXEC, locks of open files, and asking for pipes' sizes and for seals. Not F_SETOWN
# and F_SETSIG: together they send any signal to any process of the user's.
DESCRIPTOR_WORDS = (0, 1, 2, 3, 4, 5, 6, 7, 9, 36, 37, 38, 1030, 1032, 1034)

# TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX, TCGETS2. Others type into the user's terminal, or mark the user's
# files for good: their owner needs to have them open for reading only.
DEVICE_WORDS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451, 0x802C542A)

# Names, the argument to look at, the bits of it to look at, the values that they may have. Everything else is refused.
LOOKED_AT = (
    (
        "clone",
        0,
        CLONE_THREAD,
        (CLONE_THREAD,),
    ),  # threads, not processes; clone3 hides its flags in memory, so it does not exist
    ("kill tgkill", 0, WHOLE, (OWN,)),
    ("prlimit64 sched_setaffinity sched_setattr sched_setparam sched_setscheduler", 0, WHOLE, (0, OWN)),
    ("ioctl", 1, WHOLE, DEVICE_WORDS),
    ("fcntl fcntl64", 1, WHOLE, DESCRIPTOR_WORDS),
    ("open", 1, MODE, MODES),
    ("openat", 2, MODE, MODES),
)

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
INSTRUCTION = struct.Struct("=HBBI")  # linux/filter.h: code, two jumps, constant


@functools.cache
def library() -> Any:
    """The package pyseccomp, a shell over the system's libseccomp."""
    try:
        import pyseccomp
    except ImportError:
        raise CannotStand("the package pyseccomp is missing: pip install pyseccomp") from None
    except (RuntimeError, OSError):
        raise CannotStand("the library libseccomp.so.2 is missing: apt install libseccomp2") from None
    return pyseccomp


@functools.cache
def programs() -> tuple[bytes, ...]:
    """Compile both filters, the inner one first. Of two that refuse, the kernel takes the word of the one installed last."""
    seccomp = library()
    refuse = seccomp.ERRNO(errno.EPERM)
    inner, outer = seccomp.SyscallFilter(refuse), seccomp.SyscallFilter(seccomp.ERRNO(errno.ENOSYS))
    for name in ALLOWED:
        _rule(inner, seccomp.ALLOW, name)
        _rule(outer, seccomp.ALLOW, name)
    for name in REFUSED:
        _rule(outer, refuse, name)
    for names, argument, mask, values in LOOKED_AT:
        for name in names.split():
            _rule(outer, seccomp.ALLOW, name)
            for value in values:
                _rule(inner, seccomp.ALLOW, name, seccomp.Arg(argument, seccomp.MASKED_EQ, mask, value))
    return _compiled(inner), _compiled(outer)


def _rule(rules: Any, action: int, name: str, *arguments: Any) -> None:
    with contextlib.suppress(OSError, ValueError):  # a call that is unknown here stays refused
        rules.add_rule(action, name, *arguments)


def _compiled(rules: Any) -> bytes:
    seccomp = library()
    rules.set_attr(seccomp.Attr.ACT_BADARCH, seccomp.ERRNO(errno.ENOSYS))  # 32-bit calls from a 64-bit process
    with open(os.memfd_create("filter"), "r+b") as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def install() -> str:
    """Install both filters, for this thread and those that it starts."""
    if not sys.platform.startswith("linux"):
        raise CannotStand(f"{sys.platform} has no seccomp")
    for program in programs():
        own = _for_process(program, os.getpid())
        described = _Program(len(own) // INSTRUCTION.size, own)
        if libc().prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(described), 0, 0) != 0:
            raise CannotStand(f"the kernel refuses a filter: {os.strerror(ctypes.get_errno())}")
    return f"seccomp, {len(ALLOWED) + sum(len(row[0].split()) for row in LOOKED_AT)} calls allowed"


def _for_process(program: bytes, own: int) -> bytes:
    """Write a process number where OWN stands."""
    instructions = INSTRUCTION.iter_unpack(program)
    return b"".join(INSTRUCTION.pack(code, yes, no, own if value == OWN else value) for code, yes, no, value in instructions)
