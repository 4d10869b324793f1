"""What a crash of the judge leaves in the gradebook: no score, which is no zero, and nothing that is used again."""

import pytest
from conftest import ROOT

from grader.course.exercise import Course
from grader.course.pack import build_pack
from grader.engine.class_judging import Terms, judgements, unjudged
from grader.engine.pool import Outcome
from grader.gradebook.book import open_gradebook
from grader.gradebook.standing import class_view
from grader.model import Cell, Submission

ADA = Submission("ex03_stateless_layer", "ada/ex03.py", (Cell("ex03.py", "x = 1\n"),), "a" * 64, "ada")


@pytest.fixture
def course():
    return Course.around(ROOT)


@pytest.fixture
def terms(course):
    return Terms.of([build_pack(course, course.find("ex03"))], {"torch": "2.13.0"}, (("files", True, ""),))


def test_a_crash_is_told_and_has_no_score_and_is_judged_anew_next_time(course, terms, tmp_path):
    with open_gradebook(tmp_path / "gradebook.db") as book:
        book.add_submissions([ADA])
        for judgement in judgements([Outcome(ADA, None, "the judge's process ended twice")], terms):
            book.add_judgement(judgement)
        standing = class_view(book, course.rules()).standings["ada", ADA.exercise]
        assert (standing.state, standing.points) == ("unscored", None)
        kept = book.judgement(standing.last.judgement)
        assert kept.fault == "the judge's process ended twice" and all(c.points is None for c in kept.criteria)
        assert unjudged(book, [ADA], terms, again=False) == [ADA]
