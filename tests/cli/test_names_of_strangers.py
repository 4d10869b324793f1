"""A name of a student, of their file or of their folder is a text: no command takes it for an order to the terminal."""

import io
import re

import pytest
from conftest import ROOT, answer, course_of_one
from rich.table import Table
from rich.text import Text

from grader.cli.console import Verbatim

FOLDERS = ("[red]hal", "[b]ida :smile:")
NAMES = {"ada": "Q [/red] q", "[red]hal": "Hal :smile: [/x]", "cyd": "Cyd \x1b[31m\x9b1m"}


@pytest.fixture
def odd_class(tmp_path):
    """A course of one exercise, and a class whose names mean something to other programs."""
    course_of_one(tmp_path)
    for place in ("ada/x[/b]:smile:", *FOLDERS):
        (tmp_path / "class" / place).mkdir(parents=True)
        (tmp_path / "class" / place / "ex03.py").write_text(answer("ex03"))
    rows = [f'{student},"{name}"' for student, name in NAMES.items()]
    (tmp_path / "roster.csv").write_text("\n".join(["id,name", *rows]) + "\n", encoding="utf-8")
    return tmp_path


def test_no_command_takes_a_name_for_markup(grade, odd_class):
    def run(*words):
        done = grade(*words, cwd=odd_class)
        assert done.returncode == 0, done.stdout + done.stderr
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\U0001f300-\U0001faff]", done.stdout)
        return done.stdout

    assert "ex03_stateless_layer of [red]hal," in run("batch", "class", "--dry-run")
    judged = run("batch", "class", "--roster", "roster.csv")
    assert "not on the roster: [b]ida :smile:" in judged
    shown = run("book")
    assert "[red]hal (Hal :smile: [/x])" in shown and "ada (Q [/red] q)" in shown and r"Cyd \x1b[31m\x9b1m" in shown
    assert "[red]hal, ex03" in run("adjust", "[red]hal", "ex03", "--points", "1", "--because", "[/x]")
    settings = odd_class / "exercises" / "ex03_stateless_layer" / "exercise.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('id = "values"\npoints = 2', 'id = "values"\npoints = 3'), encoding="utf-8")
    changed = run("regrade", "--yes")
    assert "ada/x[/b]:smile:/ex03.py" in changed and "[b]ida :smile:/ex03.py" in changed and "written" in changed
    assert "[red]hal/ex03.py" in changed
    assert "7" in run("book")


def test_a_word_that_is_no_student_cannot_steer_the_terminal(grade, odd_class):
    (odd_class / "gradebook.db").touch()
    told = grade("adjust", "\x1b[31m[/x]", "ex03", "--points", "1", "--because", "x", cwd=odd_class)
    assert told.returncode == 2 and r"\x1b[31m[/x]" in told.stderr and "\x1b" not in told.stderr


@pytest.mark.parametrize("name", ["[/x]", "[red]x", ":smile:", "\x1b[31mx", "\x9b31mx", "a\u202eb", r"\[x]"])
def test_a_terminal_shows_a_name_as_it_is_wherever_it_stands(name):
    out = io.StringIO()
    terminal = Verbatim(file=out, width=60, force_terminal=True, color_system=None)
    table = Table(name, title=name)
    table.add_row(name)
    for what in (table, name, Text(name)):
        terminal.print(what)
    seen = name if name.isprintable() else name.encode("unicode_escape").decode()
    assert out.getvalue().count(seen) == 5 and "\x1b[31m" not in out.getvalue()


def test_every_console_of_the_command_line_is_that_one():
    for path in (ROOT / "grader").rglob("*.py"):
        made = re.search(r"(?<!\w)Console\(|from_markup|rich\.prompt", path.read_text(encoding="utf-8"))
        assert made is None or path.name == "console.py", path
