"""Clones of students' repositories: files as they lie in the work tree, with the time of the last commit that touched them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.intake.files import File, Skipped
from grader.intake.handed_in import HandedIn
from grader.intake.history import History
from grader.intake.names import composed, printable
from grader.locale import mark
from grader.model import Student


def is_repositories(files: Sequence[File]) -> bool:
    """Whether these are the files of clones: most folders hold a history."""
    folders = {file.parts[0] for file in files if len(file.parts) > 1}
    return (len(_clones(files)) + len(_bare(files))) * 2 > len(folders)


def prefix_of(files: Sequence[File]) -> str:
    """Return what the names of all folders begin with, up to a dash: `ex03-` of `ex03-ada` and `ex03-bob`."""
    folders = {file.parts[0] for file in files if len(file.parts) > 1}
    shared = itertools.takewhile(
        lambda words: len(set(words)) == 1, zip(*(folder.split("-") for folder in folders), strict=False)
    )
    prefix = "".join(f"{words[0]}-" for words in shared) if len(folders) > 1 else ""
    return prefix if all(len(folder) > len(prefix) for folder in folders) else ""


def of_repositories(files: Sequence[File], scratch: Path) -> Iterator[HandedIn | Skipped]:
    """Yield what each file is. A clone is called as its student, but for what all are called."""
    prefix = prefix_of(files)
    histories = {folder: History(git, scratch / f"history-{i}") for i, (folder, git) in enumerate(_clones(files).items())}
    bare = _bare(files)
    for file in files:
        folder = file.parts[0]
        if file.name == f"{folder}/.git" and folder in histories:
            yield Skipped(file.shown, mark("it says when the files beside it were handed in"))
        elif folder in bare:
            if file.name == f"{folder}/HEAD":
                yield Skipped(printable(folder), mark("it is a bare repository: clone it with its files"))
        elif file.reason:
            yield file.skipped()
        elif len(file.parts) < 2:
            yield file.skipped(mark("it lies in no clone"))
        else:
            student = Student(composed(folder.removeprefix(prefix)))
            inside = "/".join(file.parts[1:])
            committed = file.archive.removeprefix(f"{folder}/") or inside
            when = histories[folder].time_of(committed) if folder in histories else ""
            # The clone's own name may be what names the exercise.
            yield HandedIn(file, (student,), file.name, when or None)


def _clones(files: Sequence[File]) -> dict[str, Path]:
    return {file.parts[0]: file.path for file in files if len(file.parts) == 2 and file.parts[1] == ".git" and file.path}


def _bare(files: Sequence[File]) -> set[str]:
    """Return the folders that are a history and nothing else."""
    names = {file.name for file in files}
    tops = {file.parts[0] for file in files if len(file.parts) > 1}
    return {
        top
        for top in tops
        if {f"{top}/HEAD", f"{top}/config"} <= names and any(name.startswith(f"{top}/objects/") for name in names)
    }
