"""The tables of a gradebook, and how an older file is brought up to them.

`PRAGMA user_version` counts the migrations that a file has seen, and `application_id` says that it is a gradebook: early ones
are known by their tables alone. Rows are added and never changed: triggers refuse the rest.
"""

from __future__ import annotations

import sqlite3

from grader.errors import UsageError

_FIRST = """
CREATE TABLE files (               -- what a file held, once, however often it was handed in
    sha256    TEXT PRIMARY KEY,
    cells     TEXT NOT NULL        -- JSON: [{"label", "source"}], a notebook's code cells or the one script
) STRICT;
CREATE TABLE submissions (         -- who handed in what, and where it lay
    id          INTEGER PRIMARY KEY,
    student     TEXT NOT NULL,
    exercise    TEXT NOT NULL,
    sha256      TEXT NOT NULL REFERENCES files (sha256),
    file        TEXT NOT NULL,
    received_at TEXT NOT NULL,     -- ISO 8601 in UTC; empty where nothing says when
    UNIQUE (student, exercise, sha256, file, received_at)
) STRICT;
CREATE TABLE judgements (          -- of a file, not of a student: the same file is judged once
    id           INTEGER PRIMARY KEY,
    exercise     TEXT NOT NULL,
    sha256       TEXT NOT NULL REFERENCES files (sha256),
    suite_digest TEXT NOT NULL,
    seed         INTEGER NOT NULL,
    versions     TEXT NOT NULL,    -- JSON: {"torch": "2.13.0", ...}
    walls        TEXT NOT NULL,    -- JSON: which walls of the cage stood
    reusable     INTEGER NOT NULL, -- 0: unscored, or a limit was met; judged anew next time
    score        REAL,             -- NULL: unscored, which is not 0
    max_score    INTEGER NOT NULL,
    judgement    TEXT NOT NULL,    -- JSON: all of it
    judged_at    TEXT NOT NULL
) STRICT;
CREATE INDEX judgements_of_a_file ON judgements (exercise, sha256);
CREATE TABLE adjustments (         -- what a person added or took away; regrading leaves it standing
    id       INTEGER PRIMARY KEY,
    student  TEXT NOT NULL,
    exercise TEXT NOT NULL,
    points   REAL NOT NULL,
    because  TEXT NOT NULL CHECK (because <> ''),
    made_at  TEXT NOT NULL
) STRICT;
"""

_CLASS = """
CREATE TABLE students (            -- as a roster or a learning system names them; the latest row of a student counts
    id       INTEGER PRIMARY KEY,
    student  TEXT NOT NULL,
    name     TEXT NOT NULL,
    email    TEXT NOT NULL,
    section  TEXT NOT NULL,
    noted_at TEXT NOT NULL
) STRICT;
CREATE TABLE hand_points (         -- a criterion that a person grades; the latest row of a student's criterion counts
    id        INTEGER PRIMARY KEY,
    student   TEXT NOT NULL,
    exercise  TEXT NOT NULL,
    criterion TEXT NOT NULL,
    points    REAL NOT NULL,
    because   TEXT NOT NULL,
    made_at   TEXT NOT NULL
) STRICT;
CREATE TABLE submissions_2 (
    id          INTEGER PRIMARY KEY,
    student     TEXT NOT NULL,
    exercise    TEXT NOT NULL,
    sha256      TEXT NOT NULL REFERENCES files (sha256),
    file        TEXT NOT NULL,
    received_at TEXT NOT NULL,              -- ISO 8601 in UTC; empty where nothing says when
    seen_at     TEXT NOT NULL DEFAULT '',   -- where nothing says when: the time of the download that held it
    marked_late INTEGER NOT NULL DEFAULT 0, -- the system that took it in called it late
    together    TEXT NOT NULL DEFAULT '[]', -- JSON: a group's members
    UNIQUE (student, exercise, sha256, file, received_at, seen_at)
) STRICT;
INSERT INTO submissions_2 (id, student, exercise, sha256, file, received_at)
    SELECT id, student, exercise, sha256, file, received_at FROM submissions ORDER BY id;
DROP TABLE submissions;
ALTER TABLE submissions_2 RENAME TO submissions;
ALTER TABLE judgements ADD COLUMN pending_points REAL AS (json_extract(judgement, '$.pending_points')) VIRTUAL;
ALTER TABLE judgements ADD COLUMN loaded INTEGER AS (json_extract(judgement, '$.load_error') IS NULL) VIRTUAL;
"""


def _append_only(*tables: str) -> str:
    return "".join(
        f"""
CREATE TRIGGER {table}_are_never_{what}d BEFORE {what.upper()} ON {table}
BEGIN SELECT RAISE(ABORT, 'a gradebook only grows'); END;
"""
        for table in tables
        for what in ("update", "delete")
    )


MIGRATIONS: tuple[str, ...] = (
    _FIRST + _append_only("files", "submissions", "judgements", "adjustments"),
    _CLASS + _append_only("submissions", "students", "hand_points"),
)


APPLICATION_ID = int.from_bytes(b"grad")
_EARLY_TABLES = {"files", "submissions", "judgements", "adjustments"}


def refuse_strangers(connection: sqlite3.Connection, file: str) -> None:
    """Raise `UsageError` where a database is another program's: it has tables, and they are not ours. Writes nothing."""
    named = int(connection.execute("PRAGMA application_id").fetchone()[0])
    things = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    early = named == 0 and version_of(connection) > 0 and things >= _EARLY_TABLES
    if named != APPLICATION_ID and not early and (named or things):
        raise UsageError(
            f"{file} is the database of another program, and was left as it is.",
            "Name another file: --book grades.db. (nbgrader's own database is called gradebook.db, too.)",
        )


def version_of(connection: sqlite3.Connection) -> int:
    """Return how many migrations a file has seen."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, file: str) -> None:
    """Bring a file to the present schema, each step whole or not at all. `UsageError` for one of a newer version."""
    version = version_of(connection)
    if version > len(MIGRATIONS):
        raise UsageError(f"{file} was written by a newer version of grade.", "Use that version, or another gradebook.")
    for number, script in enumerate(MIGRATIONS[version:], version + 1):
        named = f"PRAGMA application_id = {APPLICATION_ID};\nPRAGMA user_version = {number};"
        connection.executescript(f"BEGIN IMMEDIATE;\n{script}\n{named}\nCOMMIT;")
