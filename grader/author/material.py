"""What made-up files are made of: an exercise's known answers, right and wrong, and the words that belong to nobody."""

from __future__ import annotations

import itertools

import msgspec

from grader.author.known import Expectations
from grader.author.noise import words_of
from grader.course.exercise import Course
from grader.course.paths import ExercisePaths
from grader.course.settings import read_toml
from grader.course.starter import script_of


class Answer(msgspec.Struct, frozen=True):
    """A known answer: its folder and name, its text, and how many checks it fails."""

    source: str
    text: str
    fails: int = 0

    @property
    def kind(self) -> str:
        """`reference`, `accepted`, `wrong_answer` or `hostile`."""
        return self.source.partition("/")[0]


class Material(msgspec.Struct, frozen=True):
    """What a class's files for one exercise are made of. `words` stand in its texts and suites: they are nobody's own."""

    exercise: ExercisePaths
    right: tuple[Answer, ...]
    wrong: tuple[Answer, ...]
    hostile: tuple[Answer, ...]
    starter: str
    words: frozenset[str]

    @classmethod
    def of(cls, course: Course, exercise: ExercisePaths, avoid: frozenset[str]) -> Material:
        """Read it. Answers whose names are in `avoid` are left out."""
        expected = read_toml(exercise.expectations, Expectations)

        def known(kind: str) -> tuple[Answer, ...]:
            files = [file for file in exercise.known(kind) if file.suffix == ".py" and file.stem not in avoid]
            entries = {**expected.wrong_answer, **expected.hostile}
            return tuple(
                Answer(
                    f"{kind}/{file.stem}",
                    _without_heading(file.read_text(encoding="utf-8")),
                    len(entries[file.stem].fails) if file.stem in entries else 0,
                )
                for file in files
            )

        reference = exercise.reference.read_text(encoding="utf-8")
        readable = [*exercise.public.iterdir(), *exercise.private.iterdir()]
        texts = [file.read_text(encoding="utf-8") for file in readable if file.suffix in (".py", ".md", ".toml")]
        texts = [text for text in texts if text != reference]
        right = (Answer("reference", reference), *known("accepted"))
        starter = script_of(reference, course.shown(exercise.reference))
        return cls(exercise, right, known("wrong_answer"), known("hostile"), starter, words_of(*texts))


def _without_heading(text: str) -> str:
    """Return an answer without the comments at its top, in which an author says what is wrong with it."""
    lines = text.splitlines(keepends=True)
    return "".join(itertools.dropwhile(lambda line: line.startswith("#"), lines))
