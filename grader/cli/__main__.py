"""`grade`, and `python -m grader.cli`, which is the same."""

from __future__ import annotations

import os
import sys


def run() -> None:
    """Run the command line; Ctrl-C while it is still being imported ends without a word, for nothing was begun."""
    _order_sets()
    try:
        from grader.cli.main import main
    except KeyboardInterrupt:
        os._exit(130)
    main()


def _order_sets() -> None:
    """Begin anew with a fixed seed for the hashes of strings: workers are forks, and a set's order must not differ by run.

    Linux only: elsewhere workers are processes of their own, which are started with that seed.
    """
    if sys.platform == "linux" and sys.flags.hash_randomization and not sys.flags.ignore_environment:
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


if __name__ == "__main__":
    run()
