"""A gradebook only grows, keeps what a judgement depends on, and survives whatever ends the process."""

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap

import msgspec
import pytest
from conftest import ROOT

from grader.errors import UsageError
from grader.gradebook.book import Conditions, open_gradebook
from grader.gradebook.schema import MIGRATIONS
from grader.model import Cell, CheckResult, Judgement, LoadError, Note, Student, Submission, Text

ADA = Submission("ex03_stateless_layer", "ada/ex03.py", (Cell("ex03.py", "x = 1\n"),), "a" * 64, "ada", "2026-03-01T12:00:00Z")
JUDGEMENT = Judgement(
    "ex03_stateless_layer", "ada/ex03.py", "a" * 64, None, (), 4.5, 0.0, 6, (), (), 7, "digest", {"torch": "2.13.0"},
    (("landlock", True, ""),),
)  # fmt: skip
CONDITIONS = Conditions.of(JUDGEMENT)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "gradebook.db"


def test_what_was_added_is_there_when_the_file_is_opened_again(path):
    with open_gradebook(path) as book:
        book.add_submissions([ADA])
        book.add_judgement(JUDGEMENT)
        book.add_adjustment("ada", "ex03_stateless_layer", 1.0, "the statement was unclear")
    with open_gradebook(path) as book:
        (attempt,) = book.attempts()
        assert (attempt.student, attempt.file, attempt.received_at) == (ADA.student, ADA.file, ADA.received_at)
        assert book.cells(attempt.sha256) == ADA.cells
        assert attempt.judgement == book.reusable_judgement(ADA.exercise, ADA.sha256, CONDITIONS)
        assert book.judgement(attempt.judgement) == JUDGEMENT and attempt.score == JUDGEMENT.score
        assert [(a.student, a.points) for a in book.adjustments()] == [("ada", 1.0)]


def test_the_same_submission_twice_is_one(path):
    with open_gradebook(path) as book:
        book.add_submissions([ADA])
        book.add_submissions([ADA])
        book.add_submissions([msgspec.structs.replace(ADA, received_at="2026-03-02T12:00:00Z")])
        assert [s.received_at for s in book.attempts()] == ["2026-03-01T12:00:00Z", "2026-03-02T12:00:00Z"]


@pytest.mark.parametrize(
    "change", [{"suite_digest": "other"}, {"seed": 8}, {"versions": {"torch": "2.6.0"}}, {"walls": (("landlock", False, ""),)}]
)
def test_a_judgement_under_other_conditions_is_not_used_again(path, change):
    with open_gradebook(path) as book:
        book.add_submissions([ADA])
        book.add_judgement(JUDGEMENT)
        assert book.reusable_judgement(ADA.exercise, ADA.sha256, msgspec.structs.replace(CONDITIONS, **change)) is None


def test_after_a_change_that_was_taken_back_the_judgement_in_between_does_not_stand(path):
    with open_gradebook(path) as book:
        book.add_submissions([ADA])
        book.add_judgement(JUDGEMENT)
        book.add_judgement(msgspec.structs.replace(JUDGEMENT, suite_digest="other", score=0.0))
        assert book.attempts()[0].score == 0.0
        assert book.reusable_judgement(ADA.exercise, ADA.sha256, CONDITIONS) is None


def test_unscored_and_limited_judgements_are_kept_and_not_used_again(path):
    limited = CheckResult("c", Text("t"), "shapes", False, "visible", "time_limit")
    with open_gradebook(path) as book:
        book.add_submissions([ADA])
        for judgement in (
            msgspec.structs.replace(JUDGEMENT, score=None),
            msgspec.structs.replace(JUDGEMENT, checks=(limited,)),
        ):
            book.add_judgement(judgement)
            assert book.reusable_judgement(ADA.exercise, ADA.sha256, CONDITIONS) is None
            assert book.judgement(book.attempts()[0].judgement) == judgement


@pytest.mark.parametrize(
    "change",
    [
        {"notes": (Note("killed", "ex03.py:1", "no answer within 5 seconds", "time_limit"),)},
        {"notes": (Note("passed_over", "ex03.py:1", "MemoryError", "memory_limit"),)},
        {"load_error": LoadError("ex03.py", 1, 1, "", "it could not be read: no answer within 5 seconds", "time_limit")},
    ],
)
def test_a_judgement_that_met_a_limit_while_the_file_was_loaded_is_not_used_again(path, change):
    with open_gradebook(path) as book:
        book.add_submissions([ADA])
        book.add_judgement(msgspec.structs.replace(JUDGEMENT, **change))
        assert book.reusable_judgement(ADA.exercise, ADA.sha256, CONDITIONS) is None


def test_a_statement_that_an_older_version_killed_is_judged_anew_though_it_did_not_note_what_for(path):
    killed = msgspec.structs.replace(JUDGEMENT, notes=(Note("killed", "ex03.py:1", "no answer within 5 seconds"),))
    with open_gradebook(path) as book:
        book.add_submissions([ADA])
        book.add_judgement(JUDGEMENT)
    with sqlite3.connect(path) as connection:  # as that version wrote it
        connection.execute(
            "INSERT INTO judgements (exercise, sha256, suite_digest, seed, versions, walls, reusable, score, max_score,"
            " judgement, judged_at) SELECT exercise, sha256, suite_digest, seed, versions, walls, 1, score, max_score, ?, ''"
            " FROM judgements",
            (msgspec.json.encode(killed).decode(),),
        )
    with open_gradebook(path, writing=False) as book:
        assert book.reusable_judgement(ADA.exercise, ADA.sha256, CONDITIONS) is None


@pytest.mark.parametrize("table", ["files", "submissions", "judgements", "adjustments", "students", "hand_points"])
@pytest.mark.parametrize("words", ["DELETE FROM {}", "UPDATE {} SET rowid = 99"])
def test_no_row_is_ever_changed_or_removed(path, table, words):
    with open_gradebook(path) as book:
        book.add_submissions([ADA])
        book.add_judgement(JUDGEMENT)
        book.add_adjustment("ada", "ex03_stateless_layer", 1.0, "because")
        book.add_students([Student("ada", "Ada Lovelace")])
        book.add_hand_points([("ada", "ex03_stateless_layer", "style", 1.0, "")])
    with sqlite3.connect(path) as connection, pytest.raises(sqlite3.IntegrityError, match="only grows"):
        connection.execute(words.format(table))


def test_a_judgement_of_a_file_that_nobody_handed_in_is_refused(path):
    with open_gradebook(path) as book, pytest.raises(sqlite3.IntegrityError):
        book.add_judgement(JUDGEMENT)


def test_a_correction_needs_a_reason(path):
    with open_gradebook(path) as book, pytest.raises(UsageError):
        book.add_adjustment("ada", "ex03_stateless_layer", 1.0, " ")


def test_another_programs_file_is_refused_and_left_as_it_was(path):
    path.write_bytes(b"not a database, but long enough to be one" * 50)
    with pytest.raises(UsageError, match="gradebook"), open_gradebook(path):
        pass
    assert path.read_bytes().startswith(b"not a database")


def test_a_newer_file_is_refused(path):
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(UsageError, match="newer"), open_gradebook(path):
        pass


def test_a_file_of_the_first_version_is_brought_up_to_date_and_loses_nothing(path):
    with sqlite3.connect(path) as connection:
        connection.executescript(MIGRATIONS[0] + "PRAGMA user_version = 1;")
        cells, judgement = (msgspec.json.encode(thing).decode() for thing in (ADA.cells, JUDGEMENT))
        connection.execute("INSERT INTO files VALUES (?, ?)", (ADA.sha256, cells))
        connection.execute(
            "INSERT INTO submissions (student, exercise, sha256, file, received_at) VALUES (?, ?, ?, ?, ?)",
            (ADA.student, ADA.exercise, ADA.sha256, ADA.file, ADA.received_at),
        )
        connection.execute(
            "INSERT INTO judgements (exercise, sha256, suite_digest, seed, versions, walls, reusable, score, max_score,"
            " judgement, judged_at) VALUES (?, ?, 'd', 7, '{}', '[]', 1, 4.5, 6, ?, '')",
            (ADA.exercise, ADA.sha256, judgement),
        )
    with open_gradebook(path) as book:
        (attempt,) = book.attempts()
        assert (attempt.student, attempt.score, attempt.together, attempt.loaded) == ("ada", 4.5, (), True)
        book.add_students([Student("ada")])


def test_a_second_writer_is_refused_and_a_reader_is_not(path):
    with open_gradebook(path) as book:
        book.add_submissions([ADA])
        with pytest.raises(UsageError, match="Another process"), open_gradebook(path):
            pass
        with open_gradebook(path, writing=False) as reader:
            assert [a.student for a in reader.attempts()] == ["ada"]


def test_another_process_may_read_meanwhile(path):
    with open_gradebook(path) as book:
        book.add_submissions([ADA])
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as reader:
            assert reader.execute("SELECT student FROM submissions").fetchall() == [("ada",)]


def test_what_was_committed_survives_a_kill(path):
    program = textwrap.dedent(
        f"""
        import sys
        from pathlib import Path
        import msgspec
        sys.path.insert(0, {str(ROOT / "tests" / "gradebook")!r})
        from test_gradebook import ADA
        from grader.gradebook.book import open_gradebook
        with open_gradebook(Path({str(path)!r})) as book:
            number = 0
            while True:
                book.add_submissions([msgspec.structs.replace(ADA, student=str(number))])
                print(number, flush=True)
                number += 1
        """
    )
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=environment)
    told = [process.stdout.readline() for _ in range(20)]
    process.send_signal(signal.SIGKILL)
    told += process.stdout.readlines()
    process.wait()
    with open_gradebook(path) as book:
        held = {int(s.student) for s in book.attempts()}
    assert {int(line) for line in told if line.endswith("\n")} <= held
