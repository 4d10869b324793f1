"""The system calls of the cage: what is allowed, and what is refused by name. What is on neither list does not exist (ENOSYS).

The list is broad, as container runtimes' are: another libc, another build of torch, must not cost an honest student points.
"""

from __future__ import annotations

CLONE_THREAD = 0x00010000

ALLOWED = tuple(
    # reading and writing what is open
    "read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek _llseek close close_range dup dup2 dup3 "
    "fcntl fcntl64 flock fsync fdatasync sync_file_range ftruncate ftruncate64 truncate truncate64 fallocate fadvise64 "
    "copy_file_range sendfile sendfile64 splice tee vmsplice readahead pipe pipe2 ioctl "
    # files by name: Landlock decides which
    "open openat openat2 creat access faccessat faccessat2 stat stat64 lstat lstat64 fstat fstat64 newfstatat fstatat64 statx "
    "statfs statfs64 fstatfs fstatfs64 getdents getdents64 readlink readlinkat getcwd chdir fchdir mkdir mkdirat rmdir unlink "
    "unlinkat rename renameat renameat2 umask getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr "
    "inotify_init inotify_init1 inotify_add_watch inotify_rm_watch "
    # memory
    "brk mmap mmap2 munmap mprotect mremap madvise mincore msync mlock mlock2 mlockall munlock munlockall membarrier "
    "memfd_create pkey_alloc pkey_free pkey_mprotect get_mempolicy set_mempolicy mbind remap_file_pages "
    # threads, within clone's own rule
    "futex futex_time64 futex_waitv set_robust_list get_robust_list set_tid_address gettid rseq sched_yield "
    "sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min "
    "sched_rr_get_interval exit exit_group restart_syscall arch_prctl set_thread_area get_thread_area getcpu "
    # waiting
    "poll ppoll ppoll_time64 select _newselect pselect6 pselect6_time64 epoll_create epoll_create1 epoll_ctl epoll_wait "
    "epoll_pwait epoll_pwait2 eventfd eventfd2 signalfd signalfd4 timerfd_create timerfd_settime timerfd_gettime pause "
    "nanosleep clock_nanosleep clock_nanosleep_time64 alarm getitimer setitimer timer_create timer_settime timer_gettime "
    "timer_getoverrun timer_delete wait4 waitid waitpid "
    # time, signals of its own, and who it is
    "clock_gettime clock_gettime64 clock_getres clock_getres_time64 gettimeofday time times rt_sigaction rt_sigprocmask "
    "rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait sigaltstack sigreturn sigprocmask getpid getppid getpgid "
    "getpgrp getsid getuid getuid32 geteuid geteuid32 getgid getgid32 getegid getegid32 getresuid getresgid getgroups "
    "getgroups32 getrlimit setrlimit ugetrlimit getrusage getpriority capget prctl uname sysinfo getrandom personality "
    "landlock_create_ruleset landlock_add_rule landlock_restrict_self seccomp".split()
)

REFUSED = tuple(
    # sockets: the pipe home is read and written as a file
    "socket socketpair connect bind listen accept accept4 sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg shutdown "
    "setsockopt getsockopt getsockname getpeername socketcall "
    # other programs and processes
    "execve execveat fork vfork ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp tkill "
    "rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open pidfd_getfd pidfd_send_signal setsid setpgid setns unshare "
    "sched_setaffinity sched_setattr sched_setparam sched_setscheduler setpriority ioprio_set "
    # what Landlock lets through
    "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes futimesat utimensat utimensat_time64 "
    "setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr link linkat symlink symlinkat mknod mknodat "
    "name_to_handle_at open_by_handle_at fanotify_init fanotify_mark "
    # the kernel's own services
    "ipc shmget shmat shmctl shmdt semget semop semtimedop semctl msgget msgsnd msgrcv msgctl mq_open mq_unlink mq_timedsend "
    "mq_timedreceive mq_notify mq_getsetattr perf_event_open io_uring_setup io_uring_enter io_uring_register io_setup "
    "io_submit io_cancel io_destroy io_getevents bpf keyctl add_key request_key userfaultfd mount umount umount2 pivot_root "
    "chroot move_mount open_tree fsopen fsconfig fsmount fspick mount_setattr swapon swapoff reboot kexec_load "
    "kexec_file_load init_module finit_module delete_module iopl ioperm setuid setgid setreuid setregid setresuid setresgid "
    "setgroups setfsuid setfsgid capset settimeofday clock_settime clock_adjtime adjtimex sethostname setdomainname acct "
    "syslog quotactl vhangup memfd_secret".split()
)

ON_ITSELF_ONLY = ("kill", "tgkill")
ON_ITSELF_OR_ZERO = ("prlimit64",)
