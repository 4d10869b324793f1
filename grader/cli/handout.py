"""`grade handout DIR`: what students get, written to disk, and said in a few lines."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from grader.author.handout import Handout, gradescope_zip, hidden_checks, make_handout
from grader.author.handout_folder import HandoutFolder
from grader.author.wheel import FOLDER as WHEELS
from grader.author.wheel import Wheel, build_wheel
from grader.bridge import secret
from grader.bridge.private_folder import sweep
from grader.cli.console import console
from grader.cli.options import Settings
from grader.course.exercise import Course
from grader.course.sealed import Way, fingerprint, new_key
from grader.errors import UsageError
from grader.locale import Say, mark, speaker

DONE = 0
SHOWN = 5
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
    target = HandoutFolder(folder)
    key = _key(wanted, folder)
    sweep()
    hidden = hidden_checks(course)
    wheel = build_wheel() if wanted.origin == "wheel" else None
    handout = make_handout(course, hidden, wanted.hidden, key.value, wheel)
    target.refuse_strangers_work(handout.files)
    same_name = wheel is not None and target.differs(f"{WHEELS}/{wheel.name}", wheel.data)
    _save(key)
    target.write(handout.files)
    _show(say, folder, handout, wanted.hidden, sum(map(len, hidden.values())), wheel)
    if wheel is not None and same_name:
        text = say(
            mark("It changed and kept its version: who has the old one needs pip install --force-reinstall --no-deps {file}")
        )
        _line(text.format(file=f"{WHEELS}/{wheel.name}"))
    _show_key(say, key)
    if wanted.gradescope:
        graded_there = make_handout(course, hidden, "packed", "", wheel)  # students never see it: no key is needed
        _write(Path(wanted.gradescope), gradescope_zip(graded_there))
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
    if wanted.key_file and wanted.hidden != "keyed":
        raise UsageError("--key-file is for --hidden keyed.", "Say both, or neither.")


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


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from None


def _show(say: Say, folder: Path, handout: Handout, way: Way, hidden: int, wheel: Wheel | None) -> None:
    text = say(mark("{folder}: {count} exercises, {points} points, {files} files."))
    _line(text.format(folder=folder, count=len(handout.exercises), points=handout.points, files=len(handout.files)))
    _line(say(TRAVELS[way]).format(count=hidden))
    if wheel is not None:
        _line(say(mark("The grader travels as wheels/{name}.")).format(name=wheel.name))
    else:
        _line(say(mark("The grader comes from a package index: see requirements.txt.")))
    for text, names in (
        (mark("Drafts are not handed out: {names}"), handout.drafts),
        (mark("`grade verify` has not passed these as they stand: faults of their checks cost no points, but scores: {names}"),
         handout.unproven),
        (mark("Not handed out, for no exercise has such files: {names}"), handout.left_out),
    ):  # fmt: skip
        if names:
            more = f", … ({len(names)})" if len(names) > SHOWN else ""
            _line(say(text).format(names=", ".join(names[:SHOWN]) + more))


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
    console().print(text, markup=False, soft_wrap=True)
