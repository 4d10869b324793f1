"""`grade handout DIR`: what students get, written to disk, and said in a few lines."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from grader.author.handout import Handout, gradescope_zip, hidden_checks, make_handout
from grader.author.handout_folder import HandoutFolder
from grader.author.handout_keep import Keep
from grader.author.wheel import Index, Wheel, build_wheel, own_index
from grader.bridge import secret
from grader.bridge.private_folder import sweep
from grader.cli.console import console
from grader.cli.options import Settings
from grader.course.exercise import Course
from grader.course.sealed import Way, fingerprint, new_key
from grader.errors import UsageError
from grader.locale import Say, mark, speaker
from grader.report.whole import whole_file

DONE = 0
SHOWN, SHOWN_KEPT = 5, 40
TRAVELS = {
    "packed": mark("{count} hidden checks travel packed: not to be read by accident, but not secret."),
    "keyed": mark("{count} hidden checks travel encrypted: who has no key sees their titles, and cannot run them."),
    "none": mark("{count} hidden checks stay here: students see their titles, and cannot run them."),
}


class Wanted(msgspec.Struct, frozen=True):
    """What `grade handout` was asked to do."""

    folder: str
    hidden: Way = "packed"
    key_file: str | None = None
    origin: str = "wheel"
    index_url: str | None = None
    gradescope: str | None = None


class Key(msgspec.Struct, frozen=True):
    """A key, and where it comes from: a file, the environment, or nowhere yet."""

    value: str = ""
    file: Path | None = None
    is_new: bool = False


def write_handout(settings: Settings, wanted: Wanted) -> int:
    """Write the handout; nothing is written where any part of it cannot be made."""
    say = speaker(settings.language)
    course = Course.around(Path.cwd())
    folder = Path(wanted.folder)
    _refuse_odd_places(course, folder, wanted)
    index = _index(wanted)
    target = HandoutFolder(folder, Keep.of(course))
    key = _key(wanted, folder)
    sweep()
    hidden = hidden_checks(course)
    source = index or build_wheel()
    handout = make_handout(course, hidden, wanted.hidden, key.value, source)
    target.refuse_strangers_work(handout.files)
    kept = target.kept(handout.files)
    if wanted.gradescope:
        graded_there = make_handout(course, hidden, "packed", "", source)  # students never see it: no key is needed
        with whole_file(Path(wanted.gradescope)) as archive:
            archive.write(gradescope_zip(graded_there))
    _save(key)
    target.write(handout.files)
    _show(say, folder, handout, wanted.hidden, sum(map(len, hidden.values())), source, kept)
    _show_key(say, key)
    if wanted.gradescope:
        _line(say(mark("The autograder for Gradescope: {file}")).format(file=wanted.gradescope))
    return DONE


def _refuse_odd_places(course: Course, folder: Path, wanted: Wanted) -> None:
    place = folder.resolve()
    for inside in (course.paths.course_file.parent, course.paths.private_file.parent):
        if place == inside.resolve() or inside.resolve() in place.parents:
            raise UsageError(f"{folder} lies inside {inside.name}/.", "Name a folder elsewhere.")
    for word, file in (("--key-file", wanted.key_file), ("--gradescope", wanted.gradescope)):
        if file and place in Path(file).resolve().parents:
            raise UsageError(f"{word} {file} lies inside {folder}: students would get it.", "Name a file elsewhere.")
        if file and not _may_be_written(Path(file)):
            raise UsageError(f"{word} {file} cannot be written.", "Name a file in a folder that is there, and yours.")
    if not _may_hold_a_handout(folder):
        raise UsageError(f"{folder} cannot be written.", "Name a folder elsewhere.")
    if wanted.key_file and wanted.hidden != "keyed":
        raise UsageError("--key-file is for --hidden keyed.", "Say both, or neither.")


def _may_be_written(file: Path) -> bool:
    """Whether a file can be put there, as far as can be told without doing it."""
    return file.parent.is_dir() and os.access(file.parent, os.W_OK) and not file.is_dir()


def _may_hold_a_handout(folder: Path) -> bool:
    """Whether files can be put into a folder, or where it will be; what it is instead of a folder is told elsewhere."""
    there = next(place for place in (folder.resolve(), *folder.resolve().parents) if place.exists())
    return os.access(there, os.W_OK) and (there.is_dir() or there == folder.resolve())


def _index(wanted: Wanted) -> Index | None:
    """Return the index that the grader is to come from, None where a wheel travels."""
    if wanted.origin == "index":
        return own_index(wanted.index_url or "")
    if wanted.index_url:
        raise UsageError("--index-url is for --grader index.", "Say both, or neither.")
    return None


def _key(wanted: Wanted, folder: Path) -> Key:
    """Return the key of a keyed handout: that of the key file, that of the environment, or a new one."""
    if wanted.hidden != "keyed":
        return Key()
    file = Path(wanted.key_file) if wanted.key_file else None
    if file is not None and file.exists():
        try:
            value = file.read_text(encoding="utf-8").strip()
            fingerprint(value)
        except (OSError, UnicodeDecodeError, UsageError):
            raise UsageError(f"{file} holds no key.", "Name the file of a key, or a new file.") from None
        return Key(value, file)
    if file is None and secret.key():
        fingerprint(secret.key())
        return Key(secret.key())
    return Key(new_key(), file, is_new=True)


def _save(key: Key) -> None:
    """Write a new key into its file, which only this user may read. It must not be there yet."""
    if not key.is_new or key.file is None:
        return
    try:
        descriptor = os.open(key.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{key.value}\n")
    except OSError as error:
        raise UsageError(f"{key.file} cannot be written: {error.strerror}.") from None


def _show(say: Say, folder: Path, handout: Handout, way: Way, hidden: int, source: Wheel | Index, kept: Sequence[str]) -> None:
    text = say(mark("{folder}: {count} exercises, {points} points, {files} files."))
    _line(text.format(folder=folder, count=len(handout.exercises), points=handout.points, files=len(handout.files)))
    _line(say(TRAVELS[way]).format(count=hidden))
    if isinstance(source, Wheel):
        _line(say(mark("The grader travels as wheels/{name}.")).format(name=source.name))
    else:
        _line(say(mark("The grader comes from a package index: see requirements.txt.")))
    for text, names in (
        (mark("Drafts are not handed out: {names}"), handout.drafts),
        (mark("`grade verify` has not passed these as they stand: faults of their checks cost no points, but scores: {names}"),
         handout.unproven),
        (mark("Not handed out, for no exercise has such files: {names}"), handout.left_out),
    ):  # fmt: skip
        if names:
            _line(say(text).format(names=_few(names, SHOWN)))
    if kept:
        text = say(mark("Yours, and handed out with the rest, as solutions/course.toml says: {names}"))
        _line(text.format(names=_few(kept, SHOWN_KEPT)))


def _few(names: Sequence[str], most: int) -> str:
    return ", ".join(names[:most]) + (f", … ({len(names)})" if len(names) > most else "")


def _show_key(say: Say, key: Key) -> None:
    """Say where the key is. One that lies in no file is shown, this once."""
    if key.is_new and key.file is None:
        _line(say(mark("The key, shown this once: set GRADE_KEY to it where hidden checks are to be run.")))
        _line(f"  {key.value}")
    elif key.is_new:
        _line(
            say(mark("A new key is in {file}: set GRADE_KEY to it where hidden checks are to be run.")).format(file=key.file)
        )
    elif key.file is not None:
        _line(say(mark("Encrypted with the key in {file}.")).format(file=key.file))
    elif key.value:
        _line(say(mark("Encrypted with the key in GRADE_KEY.")))


def _line(text: str) -> None:
    console().print(text, soft_wrap=True)
