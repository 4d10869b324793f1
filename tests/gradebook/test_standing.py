"""Where a student stands is read off the history: the last submission, lateness, a person's points and corrections."""

import sqlite3
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from grader.gradebook.book import open_gradebook
from grader.gradebook.dump import dump
from grader.gradebook.standing import class_view, days_late
from grader.model import Cell, ClassRules, CriterionScore, ExerciseRules, Judgement, LatePolicy, Student, Submission, Text
from grader.report.final import final_points

EX = "ex03_stateless_layer"
DUE = datetime(2026, 3, 1, 12, tzinfo=UTC)
RULES = ClassRules({EX: ExerciseRules(6), "ex04_linear_layer": ExerciseRules(8)})


def handed_in(student="ada", sha="a", at=DUE, exercise=EX, **more):
    return Submission(
        exercise, f"{student}/{sha}.py", (Cell("ex03.py", sha),), sha * 64, student, at.isoformat(timespec="seconds"), **more
    )


def judged(sha="a", score=4.0, pending=0.0, exercise=EX, by_hand=0.0, **more):
    criteria = (
        CriterionScore("values", Text("Values"), score, pending, 6),
        *((CriterionScore("style", Text("Style"), 0.0, by_hand, int(by_hand), "hand"),) if by_hand else ()),
    )
    return Judgement(
        exercise, "f.py", sha * 64, None, (), score, pending + by_hand, 6, criteria, (), 7, "digest", {}, (), **more
    )


@pytest.fixture
def book(tmp_path):
    with open_gradebook(tmp_path / "gradebook.db") as book:
        yield book


def standing(book, rules=RULES, student="ada"):
    return class_view(book, rules).standings[student, EX]


def test_the_last_submission_counts_and_the_best_is_remembered(book):
    book.add_submissions([handed_in(sha="a"), handed_in(sha="b", at=DUE + timedelta(hours=1))])
    book.add_judgement(judged("a", 6.0))
    book.add_judgement(judged("b", 2.5))
    assert (standing(book).points, standing(book).best) == (2.5, 6.0)


def test_the_latest_judgement_of_a_file_counts_for_everyone_who_handed_it_in(book):
    book.add_submissions([handed_in("ada"), handed_in("bob")])
    book.add_judgement(judged(score=6.0))
    book.add_judgement(judged(score=3.0))
    assert [standing(book, student=s).points for s in ("ada", "bob")] == [3.0, 3.0]


def test_without_a_score_there_are_no_points_and_no_zero(book):
    book.add_submissions([handed_in("ada"), handed_in("bob", "b")])
    book.add_judgement(judged(score=None))
    assert (standing(book).state, standing(book).points) == ("unscored", None)
    assert (standing(book, student="bob").state, standing(book, student="bob").points) == ("unscored", None)


@pytest.mark.parametrize("is_zero, points", [(False, None), (True, 0.0)])
def test_missing_is_no_zero_unless_the_course_says_so(book, is_zero, points):
    book.add_students([Student("cyd", "Cyd")])
    book.add_submissions([handed_in("ada")])
    rules = msgspec.structs.replace(RULES, missing_is_zero=is_zero)
    found = standing(book, rules, "cyd")
    assert (found.state, found.points) == ("missing", points)


@pytest.mark.parametrize(
    "late, days",
    [
        (timedelta(hours=-1), 0), (timedelta(0), 0), (timedelta(minutes=15), 0), (timedelta(minutes=16), 1),
        (timedelta(hours=24), 1), (timedelta(hours=24, seconds=1), 2), (timedelta(days=30), 30),
    ],
)  # fmt: skip
def test_days_late_are_those_begun_and_none_within_the_grace(late, days):
    assert days_late((DUE + late).isoformat(), DUE, LatePolicy(grace_minutes=15)) == days


def test_a_submission_of_unknown_time_is_not_late():
    assert days_late("", DUE, LatePolicy()) == 0


@pytest.mark.parametrize("days, points", [(1, 5.4), (2, 4.8), (9, 3.0)])
def test_lateness_takes_a_share_of_each_day_up_to_the_cap(book, days, points):
    book.add_submissions([handed_in(at=DUE + timedelta(days=days))])
    book.add_judgement(judged(score=6.0))
    rules = ClassRules({EX: ExerciseRules(6, due=DUE)}, LatePolicy(per_day=10, cap=50))
    assert standing(book, rules).points == points


def test_a_longer_due_date_is_its_students_alone(book):
    book.add_submissions([handed_in("ada", at=DUE + timedelta(days=2)), handed_in("bob", at=DUE + timedelta(days=2))])
    book.add_judgement(judged(score=6.0))
    rules = ClassRules(
        {EX: ExerciseRules(6, due=DUE)}, LatePolicy(per_day=50), extensions={"ada": {EX: DUE + timedelta(days=2)}}
    )
    assert [standing(book, rules, s).points for s in ("ada", "bob")] == [6.0, 0.0]


def test_lateness_is_a_view_and_the_judgement_knows_nothing_of_it(book):
    book.add_submissions([handed_in(at=DUE + timedelta(days=2))])
    book.add_judgement(judged(score=6.0))
    late = ClassRules({EX: ExerciseRules(6, due=DUE)}, LatePolicy(per_day=10))
    assert standing(book, late).points == 4.8 and standing(book).points == 6.0


def test_points_by_hand_are_pending_until_a_person_gives_them_and_the_last_word_counts(book):
    rules = ClassRules({EX: ExerciseRules(6, {"style": 2})})
    book.add_submissions([handed_in()])
    book.add_judgement(judged(score=4.0, by_hand=2.0))
    assert (standing(book, rules).state, standing(book, rules).points) == ("pending", 4.0)
    book.add_hand_points([("ada", EX, "style", 0.5, ""), ("ada", EX, "style", 1.5, "read again")])
    assert (standing(book, rules).state, standing(book, rules).points) == ("scored", 5.5)


def test_points_by_hand_that_the_course_asks_for_after_judging_are_pending_until_they_are_given(book):
    book.add_submissions([handed_in()])
    book.add_judgement(judged(score=4.0, pending=1.0))
    rules = ClassRules({EX: ExerciseRules(9, {"style": 3})})
    assert (standing(book, rules).state, standing(book, rules).pending_points) == ("pending", 4.0)
    assert final_points(standing(book, rules)) is None
    book.add_hand_points([("ada", EX, "style", 2.0, "")])
    assert standing(book, rules).pending_points == 1.0, "hidden checks are still to be run"


def test_points_by_hand_are_pending_by_what_the_course_pays_for_them_now(book):
    book.add_submissions([handed_in()])
    book.add_judgement(judged(score=4.0, by_hand=3.0))
    assert standing(book, ClassRules({EX: ExerciseRules(7, {"style": 1})})).pending_points == 1.0
    assert standing(book).state == "scored", "the course has taken the criterion out"


def test_of_points_given_by_hand_no_more_count_than_the_criterion_is_worth_now(book):
    book.add_submissions([handed_in()])
    book.add_judgement(judged(score=4.0, by_hand=3.0))
    book.add_hand_points([("ada", EX, "style", 3.0, "")])
    found = standing(book, ClassRules({EX: ExerciseRules(7, {"style": 1})}))
    assert (found.state, found.points, found.hand, found.more_given) == ("scored", 5.0, {"style": 1.0}, {"style": 3.0})


def test_corrections_add_up_survive_a_new_judgement_and_stay_within_the_scale(book):
    book.add_submissions([handed_in()])
    book.add_judgement(judged(score=4.0))
    book.add_adjustment("ada", EX, 1.0, "unclear statement")
    book.add_adjustment("ada", EX, -0.5, "again")
    assert standing(book).points == 4.5
    book.add_judgement(judged(score=6.0))
    assert standing(book).points == 6.0
    book.add_adjustment("ada", EX, -20, "withdrawn")
    assert standing(book).points == 0.0


def test_the_latest_word_on_a_students_name_counts(book):
    book.add_students([Student("ada", "Ada"), Student("bob", "Bob")])
    book.add_students([Student("ada", "Ada Lovelace", "ada@x.edu")])
    assert [s.name for s in book.students()] == ["Ada Lovelace", "Bob"]


def test_the_dump_does_not_tell_in_which_order_things_came_about(tmp_path):
    submissions = [handed_in("ada", "a"), handed_in("bob", "b"), handed_in("cyd", "a", together=("cyd", "dan"))]
    judgements = [judged("a", 4.0), judged("b", None, fault="x")]
    texts = []
    for number, (some, others) in enumerate(((submissions, judgements), (submissions[::-1], judgements[::-1]))):
        with open_gradebook(tmp_path / f"{number}.db") as book:
            book.add_submissions(some)
            for judgement in others:
                book.add_judgement(judgement)
            texts.append(dump(book))
    assert texts[0] == texts[1] and '"bob"' in texts[0]


def test_a_correction_gives_points_also_where_there_is_no_score(book):
    book.add_students([Student("bob")])
    book.add_submissions([handed_in("ada")])
    book.add_judgement(judged(score=None))
    book.add_adjustment("ada", EX, 4.0, "our fault; read by hand")
    book.add_adjustment("bob", EX, 0.0, "did not come")
    assert (standing(book).state, standing(book).points) == ("scored", 4.0)
    assert (standing(book, student="bob").state, standing(book, student="bob").points) == ("scored", 0.0)


def test_a_crash_of_the_judge_does_not_take_a_score_away(book):
    book.add_submissions([handed_in()])
    book.add_judgement(judged(score=5.0))
    book.add_judgement(judged(score=None, fault="the judge's process ended twice"))
    assert (standing(book).state, standing(book).points) == ("scored", 5.0)
    book.add_judgement(msgspec.structs.replace(judged(score=None), suite_digest="other"))
    assert standing(book).state == "unscored", "by other checks it has no score yet"


def undated(sha, seen):
    return msgspec.structs.replace(handed_in(sha=sha), file="Ada_1_file/ex03.py", received_at="", seen_at=seen)


def test_who_goes_back_to_an_earlier_file_in_an_undated_download_is_judged_by_that_one(book):
    for sha, seen in (("a", "2026-03-01"), ("b", "2026-03-02"), ("a", "2026-03-03"), ("a", "2026-03-04"), ("b", "2026-03-02")):
        book.add_submissions([undated(sha, seen)])
    assert [attempt.sha256[0] for attempt in standing(book).attempts] == ["a", "b", "a"]


def test_a_download_with_several_files_of_a_student_is_the_same_when_it_comes_again(book):
    for seen in ("2026-03-01", "2026-03-02"):
        book.add_submissions([undated("a", seen), undated("b", seen)])
    assert [attempt.sha256[0] for attempt in standing(book).attempts] == ["a", "b"]


def lying(sha, day, name="ex03"):
    at = (DUE + timedelta(days=day)).isoformat(timespec="seconds")
    return msgspec.structs.replace(handed_in(sha=sha), file=f"ada/{name}.py", received_at=at, file_time=True)


def noted(book):
    return [(a.sha256[0], (datetime.fromisoformat(a.received_at) - DUE).days) for a in standing(book).attempts]


def test_a_file_that_was_copied_again_is_as_old_as_it_was(book):
    for day in (-1, 3, 5):
        book.add_submissions([lying("a", day)])
    assert noted(book) == [("a", -1)] and standing(book).days_late == 0


def test_who_goes_back_to_an_earlier_file_has_handed_in_again(book):
    for sha, day in (("a", -3), ("b", -2), ("a", -1), ("a", 4)):
        book.add_submissions([lying(sha, day)])
    assert noted(book) == [("a", -3), ("b", -2), ("a", -1)]
    for sha, day in (("c", 1), ("a", 2), ("a", 6)):
        book.add_submissions([lying(sha, day, name=sha)])
    assert noted(book)[3:] == [("c", 1), ("a", 2)], "by another name it is another file"
    book.add_submissions([lying("c", 7, name="c")])
    assert noted(book)[5:] == [("c", 7)]


def test_what_is_new_beside_copied_files_is_noted(book):
    book.add_submissions([lying("a", -3, "one"), lying("b", -2, "two")])
    book.add_submissions([lying("b", 3, "two"), lying("a", 3, "one"), lying("c", -1, "three")])
    assert noted(book) == [("a", -3), ("b", -2), ("c", -1)]
    book.add_submissions([lying("b", 5, "two"), lying("a", 5, "one"), lying("d", 4, "three")])
    assert noted(book)[3:] == [("d", 4)]


def test_sources_that_hold_a_file_in_several_states_are_the_same_when_they_were_copied(book):
    for day in (-9, 1):
        book.add_submissions([lying(sha, day + later) for later, sha in enumerate("aba")])
    assert noted(book) == [("a", -9), ("b", -8), ("a", -7)]
    book.add_submissions([lying("a", 5), lying("c", 6)])
    assert noted(book)[3:] == [("c", 6)]


def test_a_file_and_its_copy_in_one_command_are_one_attempt(book):
    book.add_submissions([lying("a", 5), lying("a", -1)])
    assert noted(book) == [("a", -1)]


def test_a_time_that_someone_else_told_is_noted_though_the_file_is_the_same(book):
    book.add_submissions([lying("a", -1)])
    book.add_submissions([msgspec.structs.replace(lying("a", 2), file_time=False)])
    book.add_submissions([lying("a", 5)])
    assert noted(book) == [("a", -1), ("a", 2)]


def test_an_undated_file_is_ordered_among_dated_ones_by_its_download(book):
    book.add_submissions([handed_in(sha="a", at=DUE), undated("b", (DUE + timedelta(days=1)).isoformat())])
    assert standing(book).last.sha256[0] == "b" and standing(book).days_late == 0


def test_a_gradebook_is_read_without_the_right_to_write(book, tmp_path):
    book.add_submissions([handed_in()])
    with open_gradebook(tmp_path / "gradebook.db", writing=False) as reader, pytest.raises(sqlite3.OperationalError):
        reader.add_students([Student("bob")])
