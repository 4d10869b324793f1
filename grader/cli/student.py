"""`grade list`, `grade hint`, `grade reset`."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from grader.cli.console import console
from grader.cli.options import Settings
from grader.cli.progress import Progress
from grader.course.exercise import Course
from grader.course.pack import open_pack
from grader.course.starter import notebook_of
from grader.locale import mark, speaker


def show_list(settings: Settings) -> None:
    """Show the exercises, their points, and the score of the last grading."""
    say = speaker(settings.language)
    course = Course.around(Path.cwd())
    progress = Progress(course.paths)
    table = Table(title=course.config.title.in_language(settings.language), title_justify="left", title_style="bold", box=None)
    for heading in (mark("exercise"), mark("title"), mark("points"), mark("you")):
        table.add_column(say(heading), justify="left" if heading in ("exercise", "title") else "right")
    for exercise in course.exercises:
        config = course.configuration(exercise)
        score = progress.of(exercise.short).score
        reached = "–" if score is None else f"{score:g}" + (" ✓" if score == config.max_score else "")
        table.add_row(exercise.short, config.title.in_language(settings.language), str(config.max_score), reached)
    console().print(table)
    console().print(say(mark("Grade one with: grade EXERCISE")), style="dim")


def show_hint(settings: Settings, word: str) -> None:
    """Show the next hint; after the last one, begin again."""
    say = speaker(settings.language)
    course = Course.around(Path.cwd())
    exercise = course.find(word)
    hints = course.configuration(exercise).hints
    progress = Progress(course.paths)
    if not hints:
        console().print(say(mark("This exercise has no hints.")))
        return
    number = progress.of(exercise.short).hints % len(hints)
    console().print(say(mark("Hint {number} of {count}:")).format(number=number + 1, count=len(hints)), style="bold")
    console().print(hints[number].in_language(settings.language))
    progress.hint_taken(exercise.short)


def reset_exercise(settings: Settings, word: str) -> None:
    """Write the starters again; what was there is kept beside them under a new name."""
    say = speaker(settings.language)
    course = Course.around(Path.cwd())
    exercise = course.find(word)
    starter = open_pack(course, exercise).starter
    for path, text in ((exercise.script, starter), (exercise.notebook, notebook_of(starter))):
        if path.is_file() and path.read_text(encoding="utf-8", errors="replace") != text:
            kept = _free_name(path)
            path.rename(kept)
            line = say(mark("Your file is kept as {file}.")).format(file=course.shown(kept))
            console().print(line, soft_wrap=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    console().print(say(mark("{exercise} is as it was at the start.")).format(exercise=exercise.short))


def _free_name(path: Path) -> Path:
    number = 1
    while (kept := path.with_name(f"{path.stem}.old-{number}{path.suffix}")).exists():
        number += 1
    return kept
