"""What was handed in, in order, with the judgement that counts; and what of a new intake is not in the gradebook yet."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec

from grader.model import Submission

# The latest judgement of a file counts; one without a score does not displace a score given under the same conditions.
_ATTEMPTS = """
WITH latest AS (SELECT exercise, sha256, MAX(id) AS id FROM judgements GROUP BY exercise, sha256),
counting AS (
    SELECT l.exercise, l.sha256, CASE WHEN l.score IS NOT NULL THEN l.id ELSE COALESCE((
        SELECT MAX(k.id) FROM judgements k WHERE k.exercise = l.exercise AND k.sha256 = l.sha256 AND k.score IS NOT NULL
            AND k.suite_digest = l.suite_digest AND k.seed = l.seed AND k.versions = l.versions AND k.walls = l.walls
    ), l.id) END AS id
    FROM judgements l JOIN latest ON l.id = latest.id
)
SELECT s.student, s.exercise, s.file, s.sha256, s.received_at, s.marked_late, s.together,
    j.id, j.score, j.pending_points, j.loaded,
    CASE WHEN j.pending_points > 0 THEN (
        SELECT TOTAL(json_extract(c.value, '$.pending')) FROM json_each(j.judgement, '$.criteria') c
        WHERE json_extract(c.value, '$.by') = 'hand'
    ) ELSE 0.0 END
FROM submissions s LEFT JOIN counting USING (exercise, sha256) LEFT JOIN judgements j ON j.id = counting.id
ORDER BY s.student, s.exercise, CASE WHEN s.received_at = '' THEN s.seen_at ELSE s.received_at END, s.id
"""

_LAST_SEEN = """
SELECT sha256, file FROM submissions WHERE student = ? AND exercise = ? AND received_at = '' AND seen_at <= ?
ORDER BY seen_at DESC, id DESC LIMIT ?
"""

_LAST_FIRST = """
SELECT file, sha256 FROM submissions WHERE student = ? AND exercise = ?
ORDER BY CASE WHEN received_at = '' THEN seen_at ELSE received_at END DESC, id DESC
"""


class Attempt(msgspec.Struct, frozen=True):
    """A submission with what its latest judgement says. `judgement` is its number, None where there is none yet.

    `score` is None where there is no judgement, or where it could not be scored: neither is 0. Of `pending_points`,
    `pending_by_hand` are those that a person had to give when it was judged; the others hang on checks that were not run.
    """

    student: str
    exercise: str
    file: str
    sha256: str
    received_at: str
    marked_late: bool
    together: tuple[str, ...]
    judgement: int | None
    score: float | None
    pending_points: float
    loaded: bool
    pending_by_hand: float = 0.0


def read_attempts(connection: sqlite3.Connection) -> list[Attempt]:
    """Return all attempts, by student, exercise and time."""
    return [_attempt(*row) for row in connection.execute(_ATTEMPTS)]


def _attempt(
    student: str,
    exercise: str,
    file: str,
    sha256: str,
    received_at: str,
    late: int,
    together: str,
    judgement: int | None,
    score: float | None,
    pending: float | None,
    loaded: int | None,
    by_hand: float,
) -> Attempt:
    members = tuple(msgspec.json.decode(together, type=list[str]))
    return Attempt(
        student,
        exercise,
        file,
        sha256,
        received_at,
        bool(late),
        members,
        judgement,
        score,
        pending or 0.0,
        loaded != 0,
        by_hand,
    )


def not_yet_noted(connection: sqlite3.Connection, submissions: Sequence[Submission]) -> Iterator[Submission]:
    """Yield submissions, but for those of an undated download that holds what the one before it held, and unchanged files.

    A student who goes back to an earlier file has handed in again: it follows what came in between.
    """
    yield from _changed_files(connection, submissions)
    undated: dict[tuple[str, str, str], list[Submission]] = {}
    for submission in submissions:
        if submission.seen_at:
            undated.setdefault((submission.student, submission.exercise, submission.seen_at), []).append(submission)
        elif not submission.file_time:
            yield submission
    for about, together in undated.items():
        rows = connection.execute(_LAST_SEEN, (*about, len(together))).fetchall()
        if rows[::-1] != [(s.sha256, s.file) for s in together]:
            yield from together


def _changed_files(connection: sqlite3.Connection, submissions: Sequence[Submission]) -> Iterator[Submission]:
    """Yield those that have no time but their file's, without what was noted last: a copy is younger, and nothing new.

    Several sources may hold a file of one name, each another state of it: where the notes end as these begin, that is old.
    """
    paths: dict[tuple[str, str], set[str]] = defaultdict(set)
    files: dict[tuple[str, str], dict[str, list[Submission]]] = defaultdict(lambda: defaultdict(list))
    for submission in sorted(submissions, key=lambda s: s.received_at):
        about = submission.student, submission.exercise
        paths[about].add(submission.file)
        if submission.file_time:
            files[about][submission.file].append(submission)
    for about, named in files.items():
        noted: dict[str, list[str]] = defaultdict(list)
        for file, sha256 in connection.execute(_LAST_FIRST, about):
            if file not in paths[about]:
                break  # something else was handed in since: all before it is past
            noted[file].insert(0, sha256)
        changed = [one for file, together in named.items() for one in _not_at_the_end_of(noted[file], together)]
        yield from sorted(changed, key=lambda s: s.received_at)


def _not_at_the_end_of(noted: Sequence[str], together: Sequence[Submission]) -> list[Submission]:
    before = [sha256 for sha256, _ in groupby(noted)]
    now = [next(same) for _, same in groupby(together, key=lambda s: s.sha256)]
    most = min(len(before), len(now))
    old = next(n for n in range(most, -1, -1) if before[len(before) - n :] == [s.sha256 for s in now[:n]])
    return now[old:]
