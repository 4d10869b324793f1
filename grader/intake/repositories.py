"""Clones of students' repositories: files as they lie in the work tree, with the time of the last commit that touched them."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
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


def prefix_of(files: Sequence[File], known: Sequence[Collection[str]] = ()) -> str:
    """Return what the names of folders begin with, up to a dash, and what is not their students': `ex03-` of `ex03-ada`.

    Of `known`, the ids of one list after the other, the surest first, the first list that has one of these students decides:
    nothing is left out where it has a whole name, else what makes the most names ids of it. Where none has, it is what all
    names share.
    """
    folders = {file.parts[0] for file in files if len(file.parts) > 1}
    begun = Counter(
        "-".join(words[:length]) + "-" for words in (f.split("-") for f in folders) for length in range(1, len(words))
    )
    prefixes = sorted((prefix for prefix, count in begun.items() if count * 2 > len(folders)), key=len)
    apart = [prefix for prefix in prefixes if len(_called(folders, prefix)) == len(folders)]  # nobody becomes another
    for ids in known:
        if not _called(folders, "").isdisjoint(ids):
            return ""
        hits = {prefix: len(_called(folders, prefix) & set(ids)) for prefix in apart}
        if hits and max(hits.values()):
            return max(hits, key=hits.__getitem__)  # of several alike the shortest
    shared = itertools.takewhile(
        lambda words: len(set(words)) == 1, zip(*(folder.split("-") for folder in folders), strict=False)
    )
    prefix = "".join(f"{words[0]}-" for words in shared) if len(folders) > 1 else ""
    return prefix if all(len(folder) > len(prefix) for folder in folders) else ""


def _called(folders: Collection[str], prefix: str) -> set[str]:
    """Return what the students are called if this prefix is none of theirs."""
    return {composed(folder.removeprefix(prefix) or folder) for folder in folders}


def of_repositories(
    files: Sequence[File], scratch: Path, known: Sequence[Collection[str]] = ()
) -> Iterator[HandedIn | Skipped]:
    """Yield what each file is. A clone is called as its student, but for what `prefix_of` leaves out."""
    prefix = prefix_of(files, known)
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
            student = Student(composed(folder.removeprefix(prefix) or folder))
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
