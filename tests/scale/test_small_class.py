"""What `whole_class.py` shows of a class of 300, in small: every file accounted for, nothing lost to kills, nothing doubled."""

import accounts
import kills
import pytest
import runs

from grader.author.made_up import Shares, make_class
from grader.course.exercise import Course

SLOW = frozenset({"never_returns", "floods_standard_output"})
SEED = 5
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not runs.HAS_PROC, reason="processes are looked at in /proc")]


def made(folder, students, exercises, **how):
    course = Course.around(runs.ROOT)
    manifest = make_class(course, folder, students, [course.find(word) for word in exercises], SEED, avoid=SLOW, **how)
    return folder / manifest.top, manifest


def test_every_file_is_accounted_for_and_judged_as_if_it_were_alone(tmp_path):
    top, manifest = made(tmp_path / "class", 11, ["ex02", "ex03", "ex13"], shares=Shares(stray=0.4, broken=0.2))
    book = tmp_path / "book.db"
    printed = runs.grade(*runs.batch(top, book))
    assert accounts.unaccounted(manifest, printed, book) == []
    assert kills.doubled(book) == []
    drawn = accounts.sample(book, manifest, 10, SEED)
    assert accounts.compare(top, book, drawn, print) == []
    assert accounts.compare_with_commands(top, book, drawn[:1], print) == []


def test_killed_three_times_and_as_an_archive_the_same_bytes_are_left(tmp_path):
    top, _ = made(tmp_path / "class", 12, ["ex02", "ex03"])
    wanted = kills.undisturbed(top, tmp_path / "undisturbed.db", 2)
    archive, _ = made(tmp_path / "zip", 12, ["ex02", "ex03"], layout="zip")
    assert runs.differences(wanted, kills.undisturbed(archive, tmp_path / "archive.db", 1)) == []
    assert kills.Kills(top, tmp_path, wanted, SEED, print).run(3, 2) == []
