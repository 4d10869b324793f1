"""What students get of a course, file by file, from an allow-list: what is not named here stays at home.

Of `solutions/` nothing is read but the reference, for its starter, and what a pack holds: `grader.course.pack`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from string import Template

import msgspec

from grader.author.wheel import Index, Wheel
from grader.course.exercise import Course
from grader.course.pack import HiddenCheck, Pack, build_pack, packs_as_file, public_half
from grader.course.paths import ExercisePaths
from grader.course.sealed import Way
from grader.course.starter import notebook_of, script_of
from grader.errors import CourseError, UsageError
from grader.judge.collect import Session, with_suites
from grader.judge.grading import describe
from grader.package import WHEELS

TEMPLATES = Path(__file__).parent / "handout_files"
WITH_PLACEHOLDERS = ("README.md", "README.zh.md", "requirements.txt")  # `$name`; other files have `$` of their own
SCRIPTS = ("setup.sh", "run_autograder")


class Handout(msgspec.Struct, frozen=True):
    """What students get: the content of each file by its path, and what the teacher should know of it."""

    files: dict[str, bytes]
    exercises: tuple[str, ...]
    points: int
    drafts: tuple[str, ...]
    unproven: tuple[str, ...]
    left_out: tuple[str, ...]


def hidden_checks(course: Course) -> dict[str, tuple[HiddenCheck, ...]]:
    """Return what everyone may know of hidden checks: title, criterion, and whether one is a gate; by exercise.

    A draft is left out: it is still being written, and not handed out.
    """
    if not course.paths.has_solutions:
        raise UsageError("This copy of the course has no solutions/: this command is for teachers.")
    found = {e.id: _hidden_checks(build_pack(course, e)) for e in course.exercises if not course.configuration(e).draft}
    if not found:
        raise CourseError("There is nothing to hand out: every exercise is a draft.")
    return found


def _hidden_checks(pack: Pack) -> tuple[HiddenCheck, ...]:
    def listed(session: Session) -> tuple[HiddenCheck, ...]:
        results = [describe(check, pack, "not_run", None) for check in session.checks if check.visibility == "hidden"]
        return tuple(HiddenCheck(r.id, r.title, r.criterion, r.gate) for r in results)

    return with_suites(pack, listed)


def make_handout(
    course: Course, hidden: Mapping[str, tuple[HiddenCheck, ...]], way: Way, key: str, source: Wheel | Index
) -> Handout:
    """Return what students get of the exercises in `hidden`, with the grader or the index that has it."""
    exercises = [exercise for exercise in course.exercises if exercise.id in hidden]
    packs = [public_half(course, exercise) for exercise in exercises]
    files = dict(_public_files(course, exercises))
    files[_path(course, course.paths.pack_file)] = packs_as_file(course, hidden, way, key)
    if isinstance(source, Wheel):
        files[f"{WHEELS}/{source.name}"] = source.data
    files |= _from_templates(_words(course, exercises, way, source))
    return Handout(
        files=files,
        exercises=tuple(exercise.short for exercise in exercises),
        points=sum(pack.config.max_score for pack in packs),
        drafts=tuple(e.short for e in course.exercises if e.id not in hidden),
        unproven=tuple(e.short for e, pack in zip(exercises, packs, strict=True) if not pack.proven),
        left_out=tuple(_left_out(course, exercises, files)),
    )


def gradescope_zip(handout: Handout) -> bytes:
    """Return the autograder of Gradescope: a handout with the two scripts that are started there. Students never see it."""
    scripts = {name: (TEMPLATES / "gradescope" / name).read_bytes() for name in SCRIPTS}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted({**handout.files, **scripts}.items()):
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = (0o100755 if name in scripts else 0o100644) << 16
            archive.writestr(member, data)
    return buffer.getvalue()


def _public_files(course: Course, exercises: Sequence[ExercisePaths]) -> Iterator[tuple[str, bytes]]:
    yield _path(course, course.paths.course_file), _read(course, course.paths.course_file)
    for exercise in exercises:
        for path in exercise.handed_out:
            if path.is_file():
                yield _path(course, path), _read(course, path)
        script = script_of(_read(course, exercise.reference).decode("utf-8"), course.shown(exercise.reference))
        yield _path(course, exercise.script), script.encode()
        yield _path(course, exercise.notebook), notebook_of(script).encode()


def _read(course: Course, path: Path) -> bytes:
    """Read a file of the course. One that is a link, or lies behind one, may be anything: it is refused."""
    if path.resolve() != course.paths.root.resolve() / path.relative_to(course.paths.root):
        raise CourseError(f"{course.shown(path)} is a link: a handout holds files.", "Put the file itself there.")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise CourseError(f"{course.shown(path)}: this file is missing.") from None


def _path(course: Course, path: Path) -> str:
    return path.relative_to(course.paths.root).as_posix()


def _left_out(course: Course, exercises: Sequence[ExercisePaths], files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield what lies in a public folder and does not travel: someone may miss it."""
    for exercise in exercises:
        for path in sorted(exercise.public.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and _path(course, path) not in files:
                yield _path(course, path)


def _words(course: Course, exercises: Sequence[ExercisePaths], way: Way, source: Wheel | Index) -> dict[str, str]:
    """Return what stands in the templates where they have a placeholder."""
    extra = "[keys]" if way == "keyed" else ""  # who has the key needs a library; one command for everyone
    before, behind = source.requirement
    words = {
        "index": f"--index-url {source.url}\n" if isinstance(source, Index) else "",
        "grader": f"{before}{extra}{behind}",
        "torch": version("torch").partition("+")[0],
        "example": exercises[min(2, len(exercises) - 1)].short,
    }
    for language, suffix in (("en", ""), ("zh", ".zh")):
        configs = [(exercise, course.configuration(exercise)) for exercise in exercises]
        rows = [f"| [{e.short}](exercises/{e.id}/) | {c.title.in_language(language)} | {c.max_score} |" for e, c in configs]
        words[f"title_{language}"] = course.config.title.in_language(language)
        words[f"exercises_{language}"] = "\n".join(rows)
        words[f"hidden_{language}"] = (TEMPLATES / f"hidden_{way}{suffix}.md").read_text(encoding="utf-8").strip()
    return words


def _from_templates(words: Mapping[str, str]) -> dict[str, bytes]:
    """Return the files of a student's repository around the exercises, each at the place where its template lies."""
    top = TEMPLATES / "repository"
    files = {path.relative_to(top).as_posix(): path.read_bytes() for path in sorted(top.rglob("*")) if path.is_file()}
    for name in WITH_PLACEHOLDERS:
        files[name] = Template(files[name].decode("utf-8")).substitute(words).encode()
    return files
