"""A source of submissions, whatever it is: recognised, unpacked where it is packed, and read."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

import msgspec

from grader.bridge.private_folder import PrivateFolder
from grader.course.exercise import Course
from grader.intake.canvas import is_canvas, of_canvas
from grader.intake.contents import contents
from grader.intake.doubts import of_one_moment, sections
from grader.intake.exercises import begins_with_exercise
from grader.intake.files import EMPTY_FOLDER, NEVER_READ, File, Skipped, unpacked_name
from grader.intake.folders import of_folders
from grader.intake.gradescope import is_gradescopes, of_gradescope
from grader.intake.handed_in import HandedIn, Intake, Untouched, take_in
from grader.intake.identity import Known, find_on_roster
from grader.intake.moodle import is_moodle, of_moodle
from grader.intake.names import printable, refusal
from grader.intake.nbgrader import is_nbgraders, of_nbgrader
from grader.intake.repositories import is_repositories, of_repositories, prefix_of
from grader.locale import filled, mark

_NOBODY = Known()
_EXPORT = re.compile(r"assignment_[0-9]+_export")


class _Kind(msgspec.Struct, frozen=True):
    """A way to lay out a class: what people call it, and whether files are laid out so."""

    title: str
    recognise: Callable[[Sequence[File]], bool]
    read: Callable[[Sequence[File], Path, Sequence[Collection[str]]], Iterator[HandedIn | Skipped]]


_KINDS = {
    "gradescope": _Kind(mark("an export of Gradescope"), is_gradescopes, lambda files, *_: of_gradescope(files)),
    "nbgrader": _Kind(mark("nbgrader's submitted/"), is_nbgraders, lambda files, *_: of_nbgrader(files)),
    "moodle": _Kind(mark("a download from Moodle"), is_moodle, lambda files, *_: of_moodle(files)),
    "canvas": _Kind(mark("a bulk download from Canvas"), is_canvas, lambda files, *_: of_canvas(files)),
    "repositories": _Kind(mark("clones of students' repositories"), is_repositories, of_repositories),
    "folders": _Kind(mark("a folder for each student"), lambda files: True, lambda files, *_: of_folders(files)),
}


def read_source(
    course: Course,
    source: Path,
    untouched: Untouched,
    kind: str | None = None,
    only: Collection[str] = (),
    known: Known = _NOBODY,
) -> Intake:
    """Read a class from a folder or an archive. `kind` overrides what is seen; `only` are the exercises asked for, by id.

    Who is `known` tells what of a clone's name is its student's, and who is who where the source has other ids.
    Archives are unpacked, as far as they are read, into a folder that is gone when this returns.
    """
    with PrivateFolder() as scratch:
        files = contents(source, scratch)
        top = _top(files, source, kind)
        beside = [
            file.skipped(filled(mark("it lies beside {folder}/"), folder=printable(top)))
            for file in files
            if top and file.parts[0] != top
        ]
        inside = [file.below(top) for file in files if file.parts[0] == top] if top else files
        word = kind or next(word for word, known in _KINDS.items() if known.recognise(inside))
        found = [*beside, *_KINDS[word].read(inside, scratch, known.ids)]
        intake = take_in(_title(word, inside, top, known.ids), course, found, untouched, only)
    find_on_roster(intake, known)
    if word == "folders" and kind is None:
        intake.sections = sections(intake.submissions)
    if word != "canvas":  # it numbers files in the order of arrival
        intake.remarks = of_one_moment(intake.submissions)
    return intake


def _title(word: str, files: Sequence[File], top: str, known: Sequence[Collection[str]]) -> str:
    prefix = prefix_of(files, known) if word == "repositories" else ""
    title = filled(_KINDS[word].title)
    if word == "folders" and (within := _within(files)):
        looks = filled(_KINDS[within].title)
        title = filled(
            mark("{kind} (though within it looks like {looks}: --from {word} reads it so)"),
            kind=title,
            looks=looks,
            word=within,
        )
    if prefix:
        title = filled(mark("{kind}, named without {prefix}"), kind=title, prefix=printable(prefix))
    return filled(mark("{kind}, in {folder}/"), kind=title, folder=printable(top)) if top else title


def _within(files: Sequence[File]) -> str:
    """Return what a lone folder looks like within. It may be a student's, and the names in it theirs: a person must say."""
    tops = {file.parts[0] for file in files if file.parts[0] not in NEVER_READ and not refusal(file.name)}
    inside = [file.below(top) for top in tops for file in files if file.parts[0] == top and len(file.parts) > 1]
    if len(tops) != 1 or not inside:
        return ""
    word = next(word for word, kind in _KINDS.items() if kind.recognise(inside))
    return "" if word == "folders" else word


def _top(files: Sequence[File], source: Path, kind: str | None) -> str:
    """Return the folder that all the rest lies in and that is no student's, "" where there is none.

    It is called as the archive, or as Gradescope's export; or it holds what `kind` says; or it holds several folders, none of
    them an exercise's, and no answer beside them.
    """
    named = [file for file in files if not refusal(file.name) and file.reason != EMPTY_FOLDER]
    tops = {file.parts[0] for file in named if file.parts[0] not in NEVER_READ and not file.parts[0].startswith(".")}
    if len(tops) != 1 or any(len(file.parts) == 1 for file in named if file.parts[0] in tops):
        return ""
    (top,) = tops
    inside = [file.below(top) for file in named if file.parts[0] == top]
    said = kind is not None and _KINDS[kind].recognise(inside) and not _KINDS[kind].recognise(named)
    if said or (_EXPORT.fullmatch(top) and not any(file.packed == top for file in inside)):
        return top
    if source.is_dir() or any(file.packed == top for file in inside):  # what one packed may be a student's own layout
        return ""
    if top.casefold() == re.sub(r" ?\([0-9]+\)$", "", unpacked_name(source.name)).casefold():
        return top
    folders = {file.parts[0] for file in inside if len(file.parts) > 1 and file.parts[0] not in NEVER_READ}
    answers = [file for file in inside if len(file.parts) == 1 and not file.reason]
    return top if len(folders) > 1 and not answers and not any(map(begins_with_exercise, folders)) else ""
