"""The commands for a whole class: their words and options. What they do is imported when they are called."""

from __future__ import annotations

import sys
from typing import Any

import click

from grader.cli.options import Settings, common

KINDS = ("folders", "nbgrader", "canvas", "moodle", "gradescope", "repositories")
FORMATS = ("canvas", "moodle", "nbgrader", "gradescope", "csv", "json", "junit")

_book = click.option("--book", default="gradebook.db", show_default=True, metavar="FILE", help="The gradebook.")
_only = click.option(
    "-e", "exercises", multiple=True, metavar="EXERCISE", help="Only this exercise; may be given several times."
)
_jobs = click.option("--jobs", type=click.IntRange(1), default=None, help="Submissions at once; by default one for each core.")
_unsafe = click.option("--unsafe", is_flag=True, help="Grade even where the cage does not stand.")


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@_only
@click.option("--from", "kind", type=click.Choice(KINDS), default=None, help="What a SOURCE is; by default it is recognised.")
@click.option("--roster", default=None, metavar="FILE.csv", help="The class: id, name, e-mail, section. Names who is missing.")
@_book
@_jobs
@click.option("--again", is_flag=True, help="Judge files again that were judged before.")
@click.option("--dry-run", is_flag=True, help="Judge nothing; show what would be read as whose.")
@_unsafe
@common
def batch(settings: Settings, jobs: int | None, **rest: Any) -> None:
    """Grade a class from folders or archives, or from what a learning system exports, into a gradebook.

    A SOURCE is a folder with a folder for each student, nbgrader's submitted/, a bulk download of Canvas or Moodle, an
    export of Gradescope, a folder of clones of students' repositories, or a zip or tar of any of these.
    """
    from grader.cli.batch import Wanted, grade_class

    sys.exit(grade_class(settings, Wanted(jobs=jobs or 0, **rest)))


@click.command()
@_book
@common
def book(settings: Settings, book: str) -> None:
    """Show the gradebook: student by exercise."""
    from grader.cli.book import show_book

    sys.exit(show_book(settings, book))


@click.command()
@click.argument("student", required=False)
@click.argument("exercise", required=False)
@click.option("--points", type=float, default=None, help="How many points to add; negative takes away.")
@click.option("--because", default="", help="The reason; it is kept.")
@click.option("--criterion", default="", help="Give --points for this criterion, which a person grades.")
@click.option("--csv", "sheet", default=None, metavar="FILE",
              help="Points that a person gave, a row each: student, exercise, criterion, points, because.")  # fmt: skip
@_book
@common
def adjust(settings: Settings, **rest: Any) -> None:
    """Correct STUDENT's points for EXERCISE, or give those of a criterion that a person grades.

    Judging again leaves both standing.
    """
    from grader.cli.adjust import Wanted, adjust_points

    sys.exit(adjust_points(settings, Wanted(**rest)))


@click.command()
@_only
@click.option("--again", is_flag=True, help="Judge all files again, also those whose checks have not changed.")
@click.option("--yes", is_flag=True, help="Write what has changed without asking.")
@_book
@_jobs
@_unsafe
@common
def regrade(settings: Settings, jobs: int | None, **rest: Any) -> None:
    """Judge again what was judged by other checks or versions; show whose points would change, and ask before writing."""
    from grader.cli.regrade import Wanted, regrade_class

    sys.exit(regrade_class(settings, Wanted(jobs=jobs or 0, **rest)))


@click.command()
@click.argument("folder", default="reports", metavar="[FOLDER]")
@click.option("--student", "students", multiple=True, metavar="STUDENT", help="Only this student's page.")
@_book
@common
def report(settings: Settings, **rest: Any) -> None:
    """Write a page for the class and one for each student into FOLDER: HTML that needs no network, and Markdown."""
    from grader.cli.reports import Wanted, write_reports

    sys.exit(write_reports(settings, Wanted(**rest)))


@click.command()
@click.argument("kind", type=click.Choice(FORMATS), metavar=f"[{'|'.join(FORMATS)}]")
@click.argument("sheet", required=False, metavar="[SHEET.csv]")
@_only
@click.option("-o", "--output", default=None, metavar="PATH", help="Where to write; by default a file of a telling name here.")
@_book
@common
def export(settings: Settings, **rest: Any) -> None:
    """Write points for another system. For Canvas and Moodle, SHEET is the sheet that they exported: it is filled in."""
    from grader.cli.export import Wanted, export_points

    sys.exit(export_points(settings, Wanted(**rest)))


@click.command()
@click.argument("folder", default="grade-demo", metavar="[FOLDER]")
@click.option("--no-browser", is_flag=True, help="Do not open the class page.")
@_jobs
@common
def demo(settings: Settings, jobs: int | None, **rest: Any) -> None:
    """Make a class of thirty students in FOLDER, grade it, and open its page."""
    from grader.cli.demo import Wanted, show_demo

    sys.exit(show_demo(settings, Wanted(jobs=jobs or 0, **rest)))


COMMANDS = (batch, book, adjust, regrade, report, export, demo)
