"""Files that are the same, or but for names, comments, docstrings, annotations and layout, are listed; nothing else is."""

import hashlib
import re
import time

import pytest
from conftest import ROOT

from grader.gradebook.alike import Alike, Handed, alike, identical, stripped, to_look_at
from grader.gradebook.book import open_gradebook
from grader.gradebook.standing import class_view
from grader.model import Cell, ClassRules, Submission

STARTER = '''"""The exercise."""
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, size: int) -> None:
        super().__init__()
        raise NotImplementedError
'''
BODY = "\n".join(f"        self.layer{n} = nn.Linear(size, {n})" for n in range(1, 32))
ANSWER = STARTER.replace("        raise NotImplementedError", BODY)
OTHER_LOOKS = (
    (ANSWER.replace('"""The exercise."""', "# mine, all mine") + "\n\n# the end\n")
    .replace("size: int", "width")
    .replace("(size, ", "(width,\n            ")
    .replace("self", "this")
    .replace("import torch\n", "import torch\n\n\n")
    .replace("-> None", "")
)
OTHER_LOOKS = re.sub(r"layer(\d+)", r"module_\1", OTHER_LOOKS)


def handed(student, *sources, exercise="ex07", together=()):
    return Handed(exercise, student, together, tuple(Cell(f"cell {n}", s) for n, s in enumerate(sources, 1)))


def found(*of, starter=STARTER, **options):
    return alike(of, {"ex07": starter}, **options)


def test_names_comments_docstrings_annotations_and_layout_do_not_tell_two_files_apart():
    assert ANSWER != OTHER_LOOKS
    assert found(handed("bob", OTHER_LOOKS), handed("ada", ANSWER)) == [Alike("ex07", (("ada",), ("bob",)), 31)]


@pytest.mark.parametrize(
    "change",
    [
        ("nn.Linear(size, 7)", "nn.Linear(size, 8)"),
        ("nn.Linear(size, 7)", "nn.LazyLinear(7)"),
        ("self.layer7 = ", "self.layer6 = "),
        ("super().__init__()", "super().__init__(); size += 0"),
        ("(size, 7)", "(size, len('7'))"),
    ],
)
def test_a_file_that_does_something_else_is_not_listed(change):
    assert ANSWER.replace(*change) != ANSWER
    assert found(handed("ada", ANSWER), handed("bob", ANSWER.replace(*change))) == []


def test_names_that_the_file_does_not_make_itself_count():
    maximum, minimum = "import torch\ny = torch.max(x)\n" * 20, "import torch\ny = torch.min(x)\n" * 20
    assert found(handed("ada", maximum), handed("bob", minimum)) == []
    assert len(found(handed("ada", maximum), handed("bob", maximum.replace("y", "result")))) == 1


def test_what_the_starter_gives_is_not_counted_even_where_names_before_it_are_others():
    longer = STARTER + "\n".join(f"def f{n}(x):\n    return x + {n}\n" for n in range(40))
    answer = "import math\n" + longer.replace("raise NotImplementedError", "self.size = size")
    assert found(handed("ada", answer), handed("bob", answer), starter=longer) == []
    assert found(handed("ada", answer), handed("bob", answer), starter=longer, own_lines=2)[0].lines == 2


def test_twenty_nine_lines_of_their_own_mean_nothing_and_thirty_do():
    def of(lines):
        return STARTER.replace("raise NotImplementedError", "\n        ".join(f"self.a{n} = {n}" for n in range(lines)))

    assert found(handed("ada", of(29)), handed("bob", of(29))) == []
    assert found(handed("ada", of(30)), handed("bob", of(30)))[0].lines == 30


def test_lines_of_several_statements_are_counted_as_statements():
    source = "; ".join(f"a{n} = {n}" for n in range(30))
    assert found(handed("ada", source), handed("bob", source.replace("a", "b")))[0].lines == 30


def test_the_same_file_for_two_exercises_is_not_compared():
    assert found(handed("ada", ANSWER), handed("bob", ANSWER, exercise="ex08")) == []


def test_members_of_a_group_are_not_listed_among_themselves_but_with_others():
    group = ("ada", "bob")
    both = [handed("ada", ANSWER, together=group), handed("bob", ANSWER, together=group)]
    assert found(*both) == []
    (one,) = found(*both, handed("cyd", OTHER_LOOKS))
    assert one.parties == (("ada", "bob"), ("cyd",)) and one.students == ("ada", "bob", "cyd")
    assert one.lines == 31 and not one.one_file


def test_a_notebook_is_the_same_as_a_script_whatever_its_cells_and_magics():
    head, _, tail = OTHER_LOOKS.partition("class")
    cells = ("%matplotlib inline\n!pip install torch\n" + head, "%%time\n" + "class" + tail)
    assert len(found(handed("ada", ANSWER), handed("bob", *cells))) == 1


def test_a_modulo_at_the_beginning_of_a_line_is_no_magic():
    lines = "\n".join(f"x{n} = (n\n    % {n})" for n in range(30))
    assert stripped([Cell("", lines)])[0] == "§0 = n % 0"


def test_a_broken_file_is_compared_by_its_lines():
    broken = ANSWER + "\ndef broken(:\n"
    assert len(found(handed("ada", broken), handed("bob", "# mine\n" + broken.replace("\n", "\n\n")))) == 1
    assert found(handed("ada", broken), handed("bob", broken.replace("layer7", "seven"))) == []


@pytest.mark.parametrize(
    "text", ["(" * 50_000, "-" * 50_000 + "1", "1" + "+1" * 40_000, "a" + "()" * 40_000, "\0", "\udc80 = 1"]
)
def test_no_file_is_too_deep(text):
    source = "\n".join([text, *(f"a{n} = {n}" for n in range(40))])
    assert len(found(handed("ada", source), handed("bob", source))) == 1


def test_global_nonlocal_match_and_except_follow_the_names():
    def source(one, two):
        return (
            f"{one} = 1\ndef f():\n    {two} = 2\n    def g():\n        global {one}\n        nonlocal {two}\n"
            f"        try:\n            {one} = 3\n        except ValueError as {two}:\n            pass\n"
            f"        match {one}:\n            case [{two}, *{one}]:\n                pass\n            case {{1: {one}, **{two}}}:\n"
            f"                pass\n    return {two}\n"
        )

    assert stripped([Cell("", source("a", "b"))]) == stripped([Cell("", source("left", "right"))])
    assert stripped([Cell("", source("a", "b"))]) != stripped([Cell("", source("a", "a"))])


def test_annotations_go_wherever_they_stand():
    plain = "if a:\n    b = 1\nelse:\n    b = 2\ndef f(x, *, y=1):\n    z = x\n"
    noted = "if a:\n    b: int = 1\nelse:\n    b: int = 2\ndef f(x: int, *, y: int = 1) -> int:\n    z: int = x\n"
    assert stripped([Cell("", plain)]) == stripped([Cell("", noted)])


def looked_at(path, *of):
    """What is found to look at, and what is identical, in a gradebook to which these were handed in one after another."""
    with open_gradebook(path / "book.db") as book:
        for minute, (student, source, *together) in enumerate(of):
            digest, when = hashlib.sha256(source.encode()).hexdigest(), f"2026-03-02T12:{minute:02}:00+00:00"
            cells = (Cell("ex07.py", source),)
            book.add_submissions([Submission("ex07", f"{student}.py", cells, digest, student, when, together=tuple(together))])
        view = class_view(book, ClassRules({}))
        return to_look_at(book, view, {"ex07": STARTER}), identical(view)


def test_the_same_file_of_two_students_is_listed_however_short_it_is(tmp_path):
    (one,), same = looked_at(tmp_path, ("bob", "x = 1\n"), ("ada", "x = 1\n"), ("cyd", "x = 2\n"))
    assert [one] == same and one.one_file and one.students == ("ada", "bob")


def test_only_the_submission_that_counts_is_compared_and_no_member_of_a_group_with_another(tmp_path):
    group = ("dan", "eve")
    found, _ = looked_at(
        tmp_path,
        ("ada", "x = 1\n"),
        ("ada", "x = 2\n"),
        ("bob", "x = 1\n"),
        ("dan", "y = 1\n", *group),
        ("eve", "y = 1\n", *group),
    )
    assert found == []
    (one,), _ = looked_at(tmp_path, ("fay", "y = 1\n"))
    assert one.parties == (("dan", "eve"), ("fay",)) and one.one_file


def test_a_long_file_that_is_the_same_byte_for_byte_is_listed_once(tmp_path):
    (one,), same = looked_at(tmp_path, ("ada", ANSWER), ("bob", ANSWER))
    assert [one] == same and len(found(handed("ada", ANSWER), handed("bob", ANSWER))) == 1


def test_a_third_who_only_changed_names_is_listed_with_the_two_of_one_file_and_the_two_not_again(tmp_path):
    (one,), same = looked_at(tmp_path, ("ada", ANSWER), ("bob", ANSWER), ("cyd", OTHER_LOOKS))
    assert len(same) == 1 and one.students == ("ada", "bob", "cyd") and not one.one_file
    assert one.lines == 31 and one.identical == (("ada", "bob"),)


@pytest.mark.slow
def test_four_thousand_files_take_seconds():
    sources = [path.read_text() for path in sorted((ROOT / "solutions").glob("*/*/*.py"))]
    many = [handed(f"s{n}", f"# {n}\n" + sources[n % len(sources)]) for n in range(4_000)]
    begun = time.process_time()
    found(*many, starter="", own_lines=12)
    assert time.process_time() - begun < 20
