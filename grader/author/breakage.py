"""Files as they should not be: what students hand in by mistake."""

from __future__ import annotations

import random
from collections.abc import Callable

import msgspec

from grader.course.starter import notebook_of
from grader.course.submission import MAX_SCRIPT


class Breakage(msgspec.Struct, frozen=True):
    """One way to break a file: its name, what makes it (a suffix, and the bytes), and whether it is read as a submission."""

    name: str
    make: Callable[[str, random.Random], tuple[str, bytes]]
    read: bool = True


def _cut_off(text: str, rng: random.Random) -> tuple[str, bytes]:
    """Cut within the last definition, and leave a bracket open."""
    return ".py", (text.rstrip() + f"\n\nprint((1, {rng.randint(2, 10**6)}\n").encode()


def _indented(text: str, rng: random.Random) -> tuple[str, bytes]:
    return ".py", (text.rstrip() + f"\n   x = {rng.randint(1, 10**6)}\n  y = x\n").encode()


def _merge_conflict(text: str, rng: random.Random) -> tuple[str, bytes]:
    return ".py", f"<<<<<<< HEAD\n{text}=======\n>>>>>>> {rng.getrandbits(28):07x}\n".encode()


def _empty(text: str, rng: random.Random) -> tuple[str, bytes]:
    return ".py", b"\n" * rng.randint(0, 400)


def _junk(text: str, rng: random.Random) -> tuple[str, bytes]:
    return ".py", b"\x7fELF" + rng.randbytes(rng.randint(500, 4000))


def _utf_16(text: str, rng: random.Random) -> tuple[str, bytes]:
    return ".py", f"{text}# {rng.randint(1, 10**6)}\n".encode("utf-16")


def _gb18030(text: str, rng: random.Random) -> tuple[str, bytes]:
    """Comments in an older encoding, which nothing names."""
    return ".py", f"# 我的作业，第{rng.randint(1, 10**6)}版\n{text}".encode("gb18030")


def _half_a_notebook(text: str, rng: random.Random) -> tuple[str, bytes]:
    whole = notebook_of(text).encode()
    return ".ipynb", whole[: len(whole) // 2 - rng.randint(0, 50)]


def _a_notebook_of_words(text: str, rng: random.Random) -> tuple[str, bytes]:
    return ".ipynb", f'{{"answer": "see my other file", "try": {rng.randint(1, 10**6)}}}'.encode()


def _too_large(text: str, rng: random.Random) -> tuple[str, bytes]:
    return ".py", text.encode() + b"#" * (MAX_SCRIPT + rng.randint(1, 999)) + b"\n"


BREAKAGES = (
    Breakage("cut off", _cut_off),
    Breakage("empty", _empty),
    Breakage("junk", _junk),
    Breakage("gb18030", _gb18030),
    Breakage("half a notebook", _half_a_notebook),
    Breakage("badly indented", _indented),
    Breakage("too large", _too_large, read=False),
    Breakage("utf-16", _utf_16),
    Breakage("merge conflict", _merge_conflict),
    Breakage("a notebook of words", _a_notebook_of_words),
)
