"""Where a run's reports go: each system's own files, and a log in which nothing that a student wrote is a command."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from grader.cli.console import WIDTH, Verbatim
from grader.cli.surroundings import autograder, metadata
from grader.errors import UsageError
from grader.locale import mark, speaker
from grader.report import classroom50, github, gradescope
from grader.report.gitlab import code_quality
from grader.report.junit import run_junit
from grader.report.run import LEFT_OUT, Run, about_edited
from grader.report.run_json import run_json
from grader.report.run_markdown import MOST_BYTES, run_markdown
from grader.report.terminal import TerminalReport
from grader.report.whole import whole_file

FOLDER = "grade-reports"
OUT_OF = mark(
    "Gradescope counts this assignment out of {theirs} points, and what is asked for gives {ours}: tell your teacher."
)


PLAIN = ("junit.xml", "report.md", "report.json")
NAMES = {
    "github": PLAIN,
    "gitlab": (*PLAIN, "gl-code-quality-report.json"),
    "gradescope": ("results.json",),
    "classroom50": ("result.json", "release-body.md"),
}


def clear_reports(kind: str, out: str | None, environment: Mapping[str, str]) -> None:
    """Remove what lies where reports go, before anything else: a student's own would be taken for ours where there is none."""
    if kind == "github" and not out:
        return
    folder = out or {"gradescope": str(autograder(environment) / "results"), "classroom50": "."}.get(kind, FOLDER)
    for name in NAMES.get(kind, PLAIN):
        _remove(folder, name)


def write_reports(run: Run, kind: str, out: str | None, environment: Mapping[str, str], committed: str) -> None:
    """Write what a system reads. `committed` says when the submission was, for the one that wants to know."""
    log = github.bracketed(log_text(run)) if kind in ("github", "classroom50") else github.tame(log_text(run))
    print(log, flush=True)
    if kind == "github":
        for command in github.commands(run):
            print(command)
        append(environment.get("GITHUB_STEP_SUMMARY", ""), run_markdown(run, _room(environment)))
        append(environment.get("GITHUB_OUTPUT", ""), github.outputs(run))
        if out:
            write(out, _files(run))
    elif kind == "gitlab":
        write(out or FOLDER, {**_files(run), "gl-code-quality-report.json": code_quality(run)})
    elif kind == "gradescope":
        document = gradescope.run_results(run, _out_of(run, environment))
        write(out or str(autograder(environment) / "results"), {"results.json": gradescope.as_json(document)})
    elif kind == "classroom50":
        now = datetime.now(UTC).isoformat(timespec="seconds")
        result = classroom50.result(run, environment, committed, now)
        if result is not None:
            write(out or ".", {"result.json": result, "release-body.md": run_markdown(run).encode()})
    else:
        write(out or FOLDER, _files(run))


def log_text(run: Run) -> str:
    """Return what a log holds: each judgement as a terminal shows it, and what was not graded."""
    say = speaker(run.language)
    text = io.StringIO()
    out = Verbatim(text, WIDTH, color_system=None)
    for graded in run.graded:
        TerminalReport(out, "student", run.language).write(graded.judgement, f"{graded.short} {graded.title}")
        for file in graded.edited:
            out.print(f"{file}: {say(about_edited(file))}", soft_wrap=True)
        out.print("")
    for left_out in run.left_out:
        sentence = say(LEFT_OUT).format(reason=left_out.reason)
        out.print(f"{left_out.path}: {sentence}", soft_wrap=True)
    for note in run.notes:
        out.print(note, soft_wrap=True)
    return text.getvalue().rstrip("\n")


def _files(run: Run) -> dict[str, bytes]:
    return {"junit.xml": run_junit(run), "report.md": run_markdown(run).encode(), "report.json": run_json(run)}


def _out_of(run: Run, environment: Mapping[str, str]) -> list[str]:
    """Return a sentence where Gradescope's points are not ours: a full mark would look like less, or be more than there is."""
    given = metadata(environment).assignment.total_points
    try:
        theirs = float(given) if given is not None else None
    except ValueError:
        theirs = None
    if theirs is None or not run.max_score or theirs == run.max_score:
        return []
    return [speaker(run.language)(OUT_OF).format(theirs=f"{theirs:g}", ours=run.max_score)]


def _room(environment: Mapping[str, str]) -> int:
    name = environment.get("GITHUB_STEP_SUMMARY", "")
    return MOST_BYTES - (os.path.getsize(name) if name and os.path.exists(name) else 0)


def append(name: str, text: str) -> None:
    """Append to a file of the runner's; where it names none, there is nobody to read it."""
    if name:
        with open(name, "a", encoding="utf-8", newline="\n") as file:
            file.write(text)


def write(folder: str, files: Mapping[str, bytes]) -> None:
    """Write report files."""
    place = _place(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
        for name in files:
            if (place / name).is_symlink():
                (place / name).unlink()
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror}.") from None
    for name, content in files.items():
        with whole_file(place / name) as file:
            file.write(content)


def _remove(folder: str, name: str) -> None:
    try:
        (_place(folder) / name).unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}/{name} cannot be written: {error.strerror}.") from None


def _place(folder: str) -> Path:
    """Return the folder of report files. It may lie in a clone that a student filled: links in it lead nowhere."""
    place = Path(folder)
    if any(part.is_symlink() for part in (place, *place.parents) if part.is_relative_to(Path.cwd()) or not part.is_absolute()):
        raise UsageError(f"{folder} is a link, or lies behind one.", "Name another folder with --out.")
    return place
