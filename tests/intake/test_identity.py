"""Whom a learning system knows by another id than the roster is one student, where that is sure; else nobody is made another."""

import pytest
from made_up_sources import lay_out, read, with_chinese

from grader.intake.identity import Known, under_another_id
from grader.model import Student

ADA, BOB, MARY = (
    Student("ada01", "Ada Lovelace", "ada@x.edu", "A"),
    Student("bob01", "Bob M"),
    Student("m", "Mary Ann O'Neill"),
)
WANG, TWINS = Student("w", "王小明"), (Student("t1", "Eve Twin"), Student("t2", "Eve Twin"))
ROSTER = (ADA, BOB, MARY, WANG, *TWINS)


def moodle(tmp_path, *folders):
    return lay_out(tmp_path, {f"{folder}_assignsubmission_file/ex03.py": f"x = '{folder}'" for folder in folders})


def students(intake):
    return {s.file.partition("/")[0].partition("_assign")[0]: s.student for s in intake.submissions}


def test_moodles_participants_are_found_on_the_roster_by_their_names(tmp_path):
    intake = read(moodle(tmp_path, "Ada Lovelace_12", "M Bob_13", "王 小明_14", "Zed_15"), known=Known(ROSTER))
    assert intake.kind == "a download from Moodle" and not intake.doubts
    assert students(intake) == {"Ada Lovelace_12": "ada01", "M Bob_13": "bob01", "王 小明_14": "w", "Zed_15": "15"}
    assert intake.joined == {"12": "ada01", "13": "bob01", "14": "w"}
    assert intake.students["ada01"] == ADA and "12" not in intake.students
    assert [s.student for s in intake.submissions] == sorted(s.student for s in intake.submissions)


def test_canvas_names_are_found_though_they_are_run_together(tmp_path):
    for name in ("lovelaceada_7_1", "oneillmaryann_8_2", "zedzed_9_3", "anon_ab_4"):
        lay_out(tmp_path, {f"{name}_ex03.py": f"x = '{name}'"})
    intake = read(tmp_path, known=Known(ROSTER))
    assert intake.kind == "a bulk download from Canvas"
    assert {s.student for s in intake.submissions} == {"ada01", "m", "9", "anon_ab"}


GRADESCOPE = """submission_1:
  :submitters:
  - :name: A. Lovelace
    :sid: '900'
    :email: ADA@x.edu
  - :name: Somebody
    :sid: '901'
submission_2:
  :submitters:
  - :name: Grace Hopper
    :email: bob@x.edu
"""


def test_an_e_mail_address_is_surer_than_a_name_and_a_group_stays_together(tmp_path):
    lay_out(tmp_path, {"submission_metadata.yml": GRADESCOPE, "submission_1/ex03.py": "x", "submission_2/ex03.py": "y"})
    intake = read(tmp_path, known=Known((ADA, Student("bob01", "Bob M", "bob@x.edu"))))
    assert {s.student: s.together for s in intake.submissions} == {
        "ada01": ("ada01", "901"), "901": ("ada01", "901"), "bob@x.edu": ()
    }  # fmt: skip
    assert with_chinese(intake.doubts["bob@x.edu"]) == "bob01 is called Bob M here"


def test_what_is_not_one_persons_on_both_sides_is_left_apart_and_named(tmp_path):
    intake = read(moodle(tmp_path, "Eve Twin_12", "Ada Lovelace_13", "Lovelace Ada_14"), known=Known(ROSTER))
    assert set(students(intake).values()) == {"12", "13", "14"} and not intake.joined
    doubts = {student: with_chinese(doubt) for student, doubt in intake.doubts.items()}
    assert doubts == {
        "12": "may be t1 or t2", "13": "may be ada01, as others here may be", "14": "may be ada01, as others here may be"
    }  # fmt: skip


def test_nobody_takes_the_place_of_one_who_is_there_by_the_rosters_id(tmp_path):
    lay_out(tmp_path, {"ada01/ex03.py": "x = 1", "Ada Lovelace/ex03.py": "x = 2"})
    assert {s.file: s.student for s in read(tmp_path, known=Known(ROSTER)).submissions} == {
        "ada01/ex03.py": "ada01", "Ada Lovelace/ex03.py": "Ada Lovelace"
    }  # fmt: skip


@pytest.mark.parametrize(("folder", "student"), [
    ("Ada Lovelace", "ada01"), ("王小明", "w"), ("ada@x.edu", "ada01"), ("adalovelace", "adalovelace"), ("bob", "bob"),
])  # fmt: skip
def test_a_folders_name_is_a_persons_name_but_not_where_it_may_be_chosen(tmp_path, folder, student):
    lay_out(tmp_path, {f"{folder}/ex03.py": "x = 1"})
    assert [s.student for s in read(tmp_path, known=Known((*ROSTER, Student("b2", "Bob")))).submissions] == [student]


def test_whom_the_gradebook_knows_by_the_other_id_keeps_it(tmp_path):
    known = Known(ROSTER, (Student("12", "Ada Lovelace"),), frozenset({"12"}))
    intake = read(moodle(tmp_path, "Ada Lovelace_12", "Bob M_13"), known=known)
    assert set(students(intake).values()) == {"12", "bob01"}
    assert with_chinese(intake.doubts["12"]) == "may be ada01, and is in the gradebook by this id"
    assert under_another_id([Student("12", "Ada Lovelace"), ADA, Student("zed")], ROSTER) == {"12": "ada01"}


def test_without_a_roster_nobody_is_joined(tmp_path):
    intake = read(moodle(tmp_path, "Ada Lovelace_12"), known=Known((), (ADA,), frozenset({"ada01"})))
    assert students(intake) == {"Ada Lovelace_12": "12"} and not intake.joined and not intake.doubts
