"""What this process may import: nothing of a student's. Imports almost nothing itself: it runs before torch is looked for."""

from __future__ import annotations

import sys
from pathlib import Path

from grader.errors import MachineError


def refuse_imports_from(folder: Path) -> None:
    """Stop where Python looks for modules in a student's folder: a `torch.py` in it would be run by the judge.

    From then on it does not look there any more: what tells of this needs modules, too. But a folder on that path from the
    start may have been used already: whoever runs this must not put it there.
    """

    def is_theirs(entry: str) -> bool:
        path = Path(entry or ".").resolve()
        return path.is_relative_to(folder.resolve()) and not path.is_relative_to(Path(sys.prefix).resolve())

    if any(map(is_theirs, sys.path)):
        sys.path[:] = [entry for entry in sys.path if not is_theirs(entry)]
        raise MachineError(
            "Python looks for modules in the student's folder: what lies there would be run by the judge.",
            "Run `grade ci`, or `python -P -m grader.cli ci`, and leave that folder out of PYTHONPATH.",
        )
