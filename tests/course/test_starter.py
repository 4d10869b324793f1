"""A file is still its starter as long as it means the same to Python, however it was saved; and never once it says more."""

import time

import nbformat
import pytest

from grader.course.starter import is_untouched, notebook_of

STARTER = '''"""A layer."""

import torch
from torch import nn


class Layer(nn.Module):
    """Adds one."""

    def __init__(self):
        super().__init__()
        raise NotImplementedError

    def forward(self, x):
        """Return `x + 1`."""
        raise NotImplementedError


def helper(x, factor=2):
    return x * factor
'''
SAVED = {
    "as it was given": STARTER.encode(),
    "with a byte-order mark and other ends of lines": b"\xef\xbb\xbf" + STARTER.replace("\n", "\r\n").encode(),
    "with a comment more": STARTER.replace("        raise", "        # how does this work?\n        raise", 1).encode(),
    "with a comment that is no UTF-8": b"# \xc4\xe3\xba\xc3\n" + STARTER.encode(),
    "laid out by a formatter": STARTER.replace("    ", "  ").replace("(x, factor=2)", "(\n  x,\n  factor=2,\n)").encode(),
    "without its docstrings": STARTER.replace('"""A layer."""', "").replace('"""Adds one."""', "").encode(),
    "with another docstring": STARTER.replace("Adds one.", "Class L: adds one.").encode(),
}
ANSWERED = {
    "one body": STARTER.replace("        raise NotImplementedError\n\n", "        self.one = 1\n\n"),
    "a statement more": STARTER.replace("        raise", "        self.one = 1\n        raise", 1),
    "`pass` before what raises": STARTER.replace("        raise", "        pass\n        raise", 1),
    "a default": STARTER.replace("factor=2", "factor=3"),
    "a string that is no docstring": STARTER.replace("x * factor", "'x * factor'"),
    "a name": STARTER.replace("helper", "assistant"),
    "a definition below": STARTER + "\n\nLayer.forward = lambda self, x: x + 1\n",
    "a definition less": STARTER[: STARTER.index("def helper")],
    "nothing at all": "",
    "hidden in a comment by its coding": "# coding: utf-7\n# +AAo-Layer.forward = abs\n"
    + STARTER.replace("x + 1", "one more"),
}
HOSTILE = {
    "brackets": "(" * 50_000 + ")" * 50_000,
    "signs": "x = " + "-" * 90_000 + "1",
    "sums": "x = " + "1+" * 40_000 + "1",
    "blocks": "".join(" " * n + "if x:\n" for n in range(400)) + " " * 400 + "x",
    "attributes": "x" + ".x" * 45_000,
    "null bytes": "\x00" * 1000,
    "lengths": "x = 1\n" * 200_000,
}


def in_cells(text):
    """A notebook with a cell for each paragraph of definitions, as somebody may have cut it."""
    cells = [nbformat.v4.new_code_cell(part) for part in text.split("\n\n\n")]
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells)).encode()


def write(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    return tmp_path / name


@pytest.mark.parametrize("how", SAVED)
def test_a_starter_is_untouched_however_it_was_saved(how, tmp_path):
    assert is_untouched(write(tmp_path, "ex.py", SAVED[how]), STARTER)


@pytest.mark.parametrize("how", [how for how in SAVED if "UTF-8" not in how])
def test_a_starters_notebook_is_untouched_however_it_was_saved(how, tmp_path):
    text = SAVED[how].decode("utf-8-sig").replace("\r\n", "\n")
    assert is_untouched(write(tmp_path, "ex.ipynb", in_cells(text)), STARTER)
    assert is_untouched(write(tmp_path, "made.ipynb", b"\xef\xbb\xbf" + notebook_of(text).encode()), STARTER)


@pytest.mark.parametrize("what", ANSWERED)
def test_what_says_more_or_less_than_a_starter_is_an_answer(what, tmp_path):
    assert not is_untouched(write(tmp_path, "ex.py", ANSWERED[what].encode()), STARTER)
    if "coding" not in what:  # which is a comment in a notebook
        assert not is_untouched(write(tmp_path, "ex.ipynb", in_cells(ANSWERED[what])), STARTER)


@pytest.mark.parametrize("what", HOSTILE)
def test_a_text_that_python_cannot_read_is_a_students_and_takes_no_time(what, tmp_path):
    text = STARTER + HOSTILE[what]
    files = write(tmp_path, "ex.py", text.encode()), write(tmp_path, "ex.ipynb", in_cells(text))
    start = time.perf_counter()
    assert not any(is_untouched(file, STARTER) for file in files)
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 100_000, b"\xff\xfe", b'{"cells": 1}'])
def test_a_damaged_notebook_is_a_students(content, tmp_path):
    assert not is_untouched(write(tmp_path, "ex.ipynb", content + STARTER.encode()), STARTER)


def test_a_starter_that_is_no_python_has_no_untouched_files(tmp_path):
    assert not is_untouched(write(tmp_path, "ex.py", b"x = (\n"), "x = (\n")
