"""Theory of operation.

    judge  ──control socket──►  template  ──fork──►  child   (one per submission, and one more after each death)
      │                                                │
      ├───────────────── protocol pipe ────────────────┤      requests and replies, `grader.wire`
      └◄──────────────── output pipe ──────────────────┘      what the child prints; shown, never judged

The **judge** is the user's process. It imports torch, forks the template, and only then reads suites, answers and keys.
It alone compares, keeps the clock and decides points.

The **template** holds torch and nothing of the course: no descriptor but the control socket, an empty environment, one
thread. It has done once what every submission does (a layer's forward pass, a file saved and loaded), so that children
find it done; it has drawn nothing and differentiated nothing. Then it does two things: fork a child on demand (the child's
ends of both pipes arrive with the request, by SCM_RIGHTS) and reap one (exit status and usage go back). It leaves the dead
unreaped until it is asked, so that a process number is never another's while the judge holds its pidfd. One that forks
often has its memory in large pages (`pages.py`).

A **child** walks into the cage (`cage.py`: descriptors, capabilities, limits, Landlock, seccomp) before a line of the
student's is read, and then answers requests (`serve.py`) until the judge hangs up. It may read the interpreter and its
libraries, write to its scratch folder, and start threads. It cannot open a socket, start a process, or signal another.
Whatever it answers is bytes that the judge checks against a closed grammar; whatever it does, it does to its own answers.

Where there is no `fork`, or no cage, the worker is a plain process with the protocol on its standard input and output:
then only what the operating system gives to any process stands between the student's code and the machine.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Be the template on an inherited socket (`template FD MODULE…`), or else one plain worker (`SCRATCH MEMORY CPU`)."""
    if sys.argv[1] == "template":
        _template()
    else:
        _plain_worker()


def _template() -> None:
    import socket

    from grader.worker.template import run_template

    run_template(socket.socket(fileno=int(sys.argv[2])), sys.argv[3:])


def _plain_worker() -> None:
    protocol_in, protocol_out = os.dup(0), os.dup(1)
    if sys.platform == "win32":
        import msvcrt

        for descriptor in (protocol_in, protocol_out):
            msvcrt.setmode(descriptor, os.O_BINARY)
    os.dup2(2, 1)  # what the student prints goes the way of standard error
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)

    from grader.worker.template import prepare, run_child

    scratch, memory_bytes, cpu_seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    run_child(prepare(), protocol_in, protocol_out, scratch, memory_bytes, cpu_seconds)


if __name__ == "__main__":
    main()
