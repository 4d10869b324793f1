"""A gradebook's file: what other programs, full disks and missing rights do to it is said in words, and costs nothing."""

import multiprocessing
import os
import shutil
import sqlite3
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from test_gradebook import ADA, JUDGEMENT

from grader.errors import MachineError, UsageError
from grader.gradebook import file
from grader.gradebook.book import open_gradebook


@pytest.fixture
def path(tmp_path):
    return tmp_path / "gradebook.db"


def students(path):
    with open_gradebook(path, writing=False) as book:
        return [attempt.student for attempt in book.attempts()]


def held_for(path, seconds):
    """Another program's right to write, from now on for so long."""
    taken = threading.Event()

    def hold():
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            taken.set()
            time.sleep(seconds)
            other.execute("ROLLBACK")

    thread = threading.Thread(target=hold)
    thread.start()
    taken.wait()
    return thread


def test_a_program_that_writes_for_longer_than_sqlite_waits_is_waited_for(path):
    assert file.PATIENCE >= 60
    with open_gradebook(path) as book:
        other = held_for(path, 6)
        book.add_submissions([ADA])
    other.join()
    assert students(path) == ["ada"]


def test_a_program_that_does_not_let_go_is_named_as_what_it_is_and_costs_nothing_judged(path, monkeypatch):
    monkeypatch.setattr(file, "PATIENCE", 0.0)
    with pytest.raises(MachineError, match="locked") as told, open_gradebook(path) as book:
        book.add_submissions([ADA])
        other = held_for(path, 6)
        book.add_judgement(JUDGEMENT)
    assert "the same command goes on" in told.value.hint
    other.join()
    with open_gradebook(path) as book:
        assert [a.score for a in book.attempts()] == [None]
        book.add_judgement(JUDGEMENT)
    assert students(path) == ["ada"]


def test_a_full_disk_is_named_and_costs_nothing_judged(path):
    with pytest.raises(MachineError, match="no room") as told, open_gradebook(path) as book:
        book.add_submissions([ADA])
        book._connection.execute("PRAGMA max_page_count = 1")  # SQLite's own limit: as many pages as there are already
        for _ in range(1000):
            book.add_judgement(JUDGEMENT)
    assert "Make room" in told.value.hint
    with open_gradebook(path) as book:
        assert book.attempts()[0].score == JUDGEMENT.score
        book.add_judgement(JUDGEMENT)


@pytest.mark.parametrize("contents", [b"not a database, but long enough to be one" * 50, b"SQLite format 3\0" + b"\1" * 4080])
def test_what_is_no_database_is_asked_about(path, contents):
    path.write_bytes(contents)
    for writing in (True, False):
        with pytest.raises(UsageError, match="gradebook") as told, open_gradebook(path, writing=writing):
            pass
        assert "another program" in told.value.hint
    assert path.read_bytes() == contents


def test_where_there_is_no_folder_it_is_asked_for(path):
    with pytest.raises(UsageError, match="cannot be opened"), open_gradebook(path / "deeper" / "book.db", writing=False):
        pass


NBGRADER = "CREATE TABLE course (id TEXT); CREATE TABLE student (id TEXT); INSERT INTO student VALUES ('ada');"
OF_OTHERS = [NBGRADER, f"{NBGRADER} PRAGMA user_version = 2;", f"{NBGRADER} PRAGMA application_id = 7;",
             "PRAGMA application_id = 7; PRAGMA user_version = 1;", f"PRAGMA journal_mode = WAL; {NBGRADER}",
             "CREATE TABLE files (path TEXT); CREATE TABLE submissions (id TEXT);"]  # fmt: skip


@pytest.mark.parametrize("writing", [True, False])
@pytest.mark.parametrize("script", OF_OTHERS)
def test_the_database_of_another_program_is_refused_and_stays_byte_for_byte(path, script, writing):
    with closing(sqlite3.connect(path)) as other:
        other.executescript(script)
    before = path.read_bytes()
    with pytest.raises(UsageError, match="another program") as told, open_gradebook(path, writing=writing):
        pass
    assert "--book" in told.value.hint
    assert path.read_bytes() == before and [p.name for p in path.parent.iterdir()] == [path.name]


def test_tables_that_another_program_has_not_moved_into_its_file_yet_are_seen(path):
    with closing(sqlite3.connect(path)) as other:
        other.executescript(f"PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; {NBGRADER}")
        with pytest.raises(UsageError, match="another program"), open_gradebook(path):
            pass
        assert other.execute("SELECT COUNT(*) FROM sqlite_master").fetchone() == (2,)


def test_an_empty_file_becomes_a_gradebook_and_says_what_it_is(path):
    path.touch()
    with open_gradebook(path) as book:
        book.add_submissions([ADA])
    assert path.read_bytes()[68:72] == b"grad", "SQLite keeps the application's id here, and `file` shows it"
    assert students(path) == ["ada"]


def test_a_gradebook_from_before_gradebooks_were_marked_is_read_and_written(path):
    with open_gradebook(path) as book:
        book.add_submissions([ADA])
    with closing(sqlite3.connect(path)) as early:
        early.execute("PRAGMA application_id = 0")
    with open_gradebook(path) as book:
        book.add_judgement(JUDGEMENT)
    assert students(path) == ["ada"]


def test_a_folder_is_refused_and_nothing_is_left_beside_it(tmp_path):
    folder = tmp_path / "grades"
    folder.mkdir()
    with pytest.raises(UsageError, match="is a folder") as told, open_gradebook(folder):
        pass
    assert str(folder / "gradebook.db") in told.value.hint
    assert [p.name for p in tmp_path.iterdir()] == ["grades"]


NOBODY = 65534


@pytest.fixture
def open_to_all():
    """A folder that every user of the machine can reach."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


def as_somebody_else(work, *about):
    """Do this in a process that may not write where the folder says so, as root may, and return what it returns."""
    ours, theirs = multiprocessing.Pipe()

    def do():
        if os.getuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        try:
            theirs.send(work(*about))
        except UsageError as error:
            theirs.send((type(error), error.message, error.hint))

    process = multiprocessing.get_context("fork").Process(target=do)
    process.start()
    process.join()
    return ours.recv() if ours.poll() else None


def test_a_gradebook_in_a_folder_that_may_not_be_written_to_is_read(open_to_all):
    path = open_to_all / "grade book #1?.db"  # each of these means something in an address
    with open_gradebook(path) as book:
        book.add_submissions([ADA])
    path.chmod(0o644)
    open_to_all.chmod(0o555)
    names = sorted(os.listdir(open_to_all))
    assert as_somebody_else(students, path) == ["ada"]
    assert sorted(os.listdir(open_to_all)) == names


def begin(path):
    with open_gradebook(path):
        return None


def test_where_it_may_not_be_written_to_writing_is_refused_in_words(open_to_all):
    path = open_to_all / "gradebook.db"
    with open_gradebook(path) as book:
        book.add_submissions([ADA])
    (open_to_all / "gradebook.db-lock").chmod(0o666)
    path.chmod(0o444)
    open_to_all.chmod(0o555)
    kind, message, _ = as_somebody_else(begin, path)
    assert kind is UsageError and "gradebook.db" in message and "another program" not in message


def test_what_is_not_yet_in_the_file_itself_is_never_passed_over(open_to_all):
    path = open_to_all / "gradebook.db"
    with open_gradebook(path) as book:
        book.add_submissions([ADA])
        copies = open_to_all / "copies"
        copies.mkdir()
        for end in ("", "-wal"):
            shutil.copy(f"{path}{end}", copies)
    for copy in copies.iterdir():
        copy.chmod(0o644)
    copies.chmod(0o555)
    found = as_somebody_else(students, copies / "gradebook.db")
    copies.chmod(0o755)
    assert found == ["ada"] or "gradebook.db-wal" in found[2]
