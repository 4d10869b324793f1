"""A roster names the class: read as spreadsheets write it, and refused where it would be misread."""

import pytest

from grader.errors import UsageError
from grader.intake.roster import read_roster
from grader.model import Student

ADA, BOB = Student("1", "Ada Lovelace", "ada@x.edu", "A"), Student("2", "王小明", "", "B")


def roster(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "class.csv"
    path.write_bytes(text.encode(encoding))
    return read_roster(path)


@pytest.mark.parametrize("text", [
    "id,name,e-mail,section\n1,Ada Lovelace,ada@x.edu,A\n2,王小明,,B\n",
    "\ufeffID,Full name,Email address,Group\r\n1,Ada Lovelace,ada@x.edu,A\r\n\r\n2,王小明,,B\r\n",
    "学号;姓名;邮箱;班级\n1;Ada Lovelace;ada@x.edu;A\n2;王小明;;B",
    'section\tusername\tname\temail\nA\t1\t"Ada Lovelace"\tada@x.edu\nB\t2\t王小明\t\n',
    "id,name,email,section,more\n 1 , Ada Lovelace ,ada@x.edu,A,x,y\n2,王小明,,B\n,nobody,,\n",
])  # fmt: skip
def test_rosters_are_read_as_spreadsheets_write_them(tmp_path, text):
    assert roster(tmp_path, text) == [ADA, BOB]


CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,ex03 (98765)
    Points Possible,,,,,11
"Lovelace, Ada",1234,20001,ada,Sec 1,7.5
"""


def test_canvas_gradebook_is_a_roster_of_its_students_alone_by_their_numbers(tmp_path):
    assert roster(tmp_path, CANVAS) == [Student("1234", "Lovelace, Ada", "", "Sec 1")]


def test_what_canvas_writes_below_its_titles_is_no_student_whichever_column_the_ids_are_in(tmp_path):
    assert roster(tmp_path, "Student,Section,ex03 (9)\n    Points Possible,,11\nada,Sec 1,7\n") == [
        Student("ada", "", "", "Sec 1")
    ]


def test_the_column_called_id_is_taken_wherever_it_stands(tmp_path):
    assert roster(tmp_path, "username,student,id\nada,Ada,7\n") == [Student("7", "Ada")]


def test_only_the_id_must_be_there(tmp_path):
    assert roster(tmp_path, "id\nada\n") == [Student("ada")]


@pytest.mark.parametrize(("text", "words"), [
    ("id,name\n1,Ada\n2,Bob\n1,Ada again\n", "line 4: 1 is there twice"),
    ("", "no column is called id"),
    ("name,email\nAda,x\n", "no column is called id"),
    ("id,name\n", "nobody"),
    ('id,name\n1,"Ada\n', "no CSV"),
])  # fmt: skip
def test_a_roster_that_would_be_misread_is_refused(tmp_path, text, words):
    with pytest.raises(UsageError, match=words):
        roster(tmp_path, text)


def test_a_roster_in_another_encoding_or_not_there_is_refused(tmp_path):
    with pytest.raises(UsageError, match="UTF-8"):
        roster(tmp_path, "id,name\n1,王小明\n", "gbk")
    with pytest.raises(UsageError, match="cannot be read"):
        read_roster(tmp_path / "none.csv")


def test_a_roster_cannot_steer_the_terminal(tmp_path):
    assert roster(tmp_path, "id,name\n1,\x1b[31mAda\n")[0].name == "\\x1b[31mAda"
