"""The commands around a student's repository: what students receive, and what grades their pushes.

What they do is imported when they are called.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from grader.cli.options import Settings, common

WAYS = ("packed", "keyed", "none")
ORIGINS = ("wheel", "index")
CI_FORMATS = ("auto", "github", "gitlab", "gradescope", "classroom50", "files")


@click.command()
@click.argument("folder", metavar="DIR")
@click.option("--hidden", type=click.Choice(WAYS), default="packed", show_default=True,
              help="How hidden checks travel: readable by the grader, readable with a key alone, or not at all.")  # fmt: skip
@click.option("--key-file", default=None, metavar="FILE",
              help="With --hidden keyed: where the key lies; it is made where there is none. Never inside DIR.")  # fmt: skip
@click.option("--grader", "origin", type=click.Choice(ORIGINS), default="wheel", show_default=True,
              help="Where students get the grader: a wheel inside DIR, or a package index of yours.")  # fmt: skip
@click.option("--index-url", default=None, metavar="URL", help="With --grader index: that index; it has all that is needed.")
@click.option("--gradescope", default=None, metavar="ZIP", help="Also write the autograder of Gradescope.")
@common
def handout(settings: Settings, **rest: Any) -> None:
    """Write what students get into DIR: exercises, checks, the grader, a README, and files for CI."""
    from grader.cli.handout import Wanted, write_handout

    sys.exit(write_handout(settings, Wanted(**rest)))


@click.command()
@click.option("--all", "everything", is_flag=True, help="Grade all exercises, not only those that were changed.")
@click.option("-e", "--exercise", "exercises", multiple=True, metavar="EXERCISE",
              help="What is asked for, as ex03; may be given several times. What has no answer earns 0.")  # fmt: skip
@click.option("--base", default=None, metavar="REF", help="What changes are counted from; by default it is found.")
@click.option("--format", "kind", type=click.Choice(CI_FORMATS), default="auto", show_default=True,
              help="What to write; by default what the surroundings ask for.")  # fmt: skip
@click.option("--out", default=None, metavar="DIR", help="Where report files go; by default grade-reports.")
@click.option("--submission", default=None, metavar="DIR",
              help="The student's folder, where it is not the course's: checks are then this course's own.")  # fmt: skip
@click.option("--unsafe", is_flag=True, help="Grade even where the cage does not stand.")
@common
def ci(settings: Settings, **rest: Any) -> None:
    """Grade the exercises that were changed in a student's repository, and write reports for what runs this."""
    from grader.cli.imports import refuse_imports_from

    try:
        refuse_imports_from(Path(rest["submission"] or Path.cwd()))  # before torch is imported
        from grader.cli.ci import Wanted, grade_changes

        code = grade_changes(settings, Wanted(**rest))
    except Exception as error:
        from grader.cli.ci_refusals import tell_refusal

        tell_refusal(settings, rest["kind"], rest["out"], error)
        raise
    sys.exit(code)


COMMANDS = (handout, ci)
