"""`grade`, and `python -m grader.cli`, which is the same."""

from __future__ import annotations

import os


def run() -> None:
    """Run the command line; Ctrl-C while it is still being imported ends without a word, for nothing was begun."""
    try:
        from grader.cli.main import main
    except KeyboardInterrupt:
        os._exit(130)
    main()


if __name__ == "__main__":
    run()
