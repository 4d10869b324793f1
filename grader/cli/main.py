"""The command line: `grade ex03`, and the commands beside it. Importing this file imports no torch."""

from __future__ import annotations

import difflib
import os
import sys
import traceback
from typing import Any

import click

from grader import __version__
from grader.bridge import interrupts, secret
from grader.cli import ci_commands, class_commands
from grader.cli.options import Settings, common
from grader.errors import GradeError
from grader.report.visible import visible


class Commands(click.Group):
    """A group in which every exercise is a command, too: `grade ex03` needs no verb."""

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return a command, or the one that grades the exercise of that name."""
        known = super().get_command(ctx, name)
        if known is not None:
            return known
        near = difflib.get_close_matches(name, list(self.commands), n=1, cutoff=0.75)
        return _exercise_command(name, near[0] if near else "")

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Let an exercise's name be a command's."""
        return args[0], self.get_command(ctx, args[0]), args[1:]


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", message="grade %(version)s")
@common
def main_group(settings: Settings) -> None:
    """Grade PyTorch exercises.

    \b
    grade ex03          grade your answer to exercise 3
    grade               the exercises, and how far you are
    grade hint ex03     the next hint

    `grade EXERCISE --help` shows the options of grading.
    """
    if click.get_current_context().invoked_subcommand is None:
        from grader.cli.student import show_list

        show_list(settings)


def _exercise_command(word: str, near: str) -> click.Command:
    """Return the command that grades an exercise."""

    @click.command(word, short_help="Grade an exercise.")
    @click.argument("file", required=False)
    @click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output, nothing else.")
    @common
    def grade(settings: Settings, file: str | None, as_json: bool) -> None:
        """Grade FILE (.py, .ipynb, or - for standard input), or your own file of this exercise."""
        from grader.cli.grade import grade_exercise

        sys.exit(grade_exercise(settings, word, near, file, as_json))

    return grade


@main_group.command("list")
@common
def list_command(settings: Settings) -> None:
    """Show the exercises, their points, and how far you are."""
    from grader.cli.student import show_list

    show_list(settings)


@main_group.command()
@click.argument("exercise")
@common
def hint(settings: Settings, exercise: str) -> None:
    """Show the next hint for EXERCISE."""
    from grader.cli.student import show_hint

    show_hint(settings, exercise)


@main_group.command()
@click.argument("exercise")
@common
def reset(settings: Settings, exercise: str) -> None:
    """Put the starter of EXERCISE back; your file is kept beside it."""
    from grader.cli.student import reset_exercise

    reset_exercise(settings, exercise)


@main_group.command()
@click.argument("exercise", required=False)
@click.option("--messages", is_flag=True, help="Print the first sentence that each wrong answer is told.")
@click.option("--quick", is_flag=True, help="Verdicts and points alone: what the answers are told is not looked at.")
@click.option("--mutants", is_flag=True, help="Judge small mechanical changes of the reference: none may pass unnoticed.")
@click.option("--seeds", type=click.IntRange(0), default=0, metavar="N",
              help="Judge right answers under other seeds: the reference under N, accepted ones under N/10.")  # fmt: skip
@click.option("--jobs", type=click.IntRange(1), default=None, help="Exercises at once; by default one for each core.")
@common
def verify(
    settings: Settings, exercise: str | None, messages: bool, quick: bool, mutants: bool, seeds: int, jobs: int | None
) -> None:
    """Run every known answer and hold it against what it must get."""
    from grader.cli.verify import Wanted, verify_exercises

    sys.exit(verify_exercises(settings, exercise, Wanted(messages, quick, mutants, seeds, jobs or 0)))


@main_group.command()
@click.argument("name")
@common
def new(settings: Settings, name: str) -> None:
    """Write the skeleton of a new exercise, NAME like ex15_convolution."""
    from grader.cli.teacher import write_new

    sys.exit(write_new(settings, name))


@main_group.command()
@click.argument("exercise", required=False)
@click.option("--check", is_flag=True, help="Write nothing; say which starters are stale.")
@common
def stubs(settings: Settings, exercise: str | None, check: bool) -> None:
    """Write the starters (.py and .ipynb) from the references."""
    from grader.cli.teacher import write_stubs

    sys.exit(write_stubs(settings, exercise, check))


@main_group.command()
@common
def doctor(settings: Settings) -> None:
    """Show versions, and which walls of the cage stand on this machine."""
    from grader.cli.doctor import show_doctor

    sys.exit(show_doctor(settings))


for command in (*class_commands.COMMANDS, *ci_commands.COMMANDS):
    main_group.add_command(command)


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line; every way in which it can end has its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    debug = "--debug" in words
    interrupts.watch()
    secret.take()
    os.environ["PYTHONSAFEPATH"] = "1"  # no child looks for modules in the folder that it stands in: it may be a stranger's
    try:
        main_group.main(args=words, prog_name="grade", standalone_mode=False)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        click.echo("\nStopped.", err=True)
        sys.stdout.flush()
        os._exit(130)  # where one came amid `exec` of a text, as in a dataclass, Python would end itself by the signal instead
    except GradeError as error:
        if debug:
            traceback.print_exc()
        click.echo(visible(error.message), err=True)
        if error.hint:
            click.echo(visible(error.hint), err=True)
        sys.exit(error.exit_code)
    except Exception as error:
        if debug:
            traceback.print_exc()
        else:
            click.echo(visible(f"Something went wrong inside grade: {type(error).__name__}: {error}"), err=True)
            click.echo("This is our fault; your files and scores are untouched. --debug shows where.", err=True)
        sys.exit(70)
