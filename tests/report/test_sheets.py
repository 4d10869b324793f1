"""The sheets of Canvas and Moodle: points go into their cells, every other byte stays, and doubt writes nothing."""

import csv
import io
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strangers import EX03, EX04, SECRET, make_class
from test_exports import book, export, golden  # noqa: F401  (fixtures)

from grader.errors import UsageError
from grader.gradebook.book import open_gradebook
from grader.model import Student
from grader.report.matching import Person, match
from grader.report.sheet import Sheet

BOM = b"\xef\xbb\xbf"
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Notes,ex03 (98765),Homework: EX4 – linear (98766),Essay (5),Current Score,Final Score\r\n"
    ",,,,,,Manual Posting,,,,\r\n"
    "    Points Possible,,,,,,6.00,11,10.00,(read only),(read only)\r\n"
    '"Lovelace, Ada",77,20001,ada@x.edu,"Sec ""1""",=2+2,,  ,8,91.5,80\r\n'
    '"=""=HYPERLINK(""http://evil"",""x"")""",20002,,,Sec 1,,4.00,,,,\r\n'
    '王小明,1234,,,"Sec 1\nand 2",,,7.25,,,\r\n'
    '"Eve",eve,,,Sec 1,,3.50,,,,\r\n'
    "Zoë,../../etc,,,Sec 1,,EX,,,,\r\n"
    "Fay Way,99,,,Sec 1,,,N/A,,,\r\n"
    "\r\n"
    "\"Student, Test\",100,,,Sec 1,,,,,,"
)  # fmt: skip
MOODLE = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum grade","Grade can be changed","Last modified (submission)",'
    '"Last modified (grade)","Feedback comments"\n'
    '"Participant 501","Ada Lovelace",ada@x.edu,"Submitted for grading - ",,6.00,Yes,"Sunday, 1 March 2026, 12:00 PM",-,\n'
    '"Participant 502","=HYPERLINK(""http://evil"",""x"")",+1@x.edu,"=cmd",5.00,6.00,Yes,-,-,"<p>Well done, \n=said I</p>"\n'
    '"Participant 1234",王小明,,-,,6.00,Yes,-,-,\n'
    '"Participant 504","Gus Grissom",,-,,6.00,Yes,-,-,\n'
    '"Participant 505","O\'Neil; =cmd|\' /C calc\'!A0, Zoë",zoe@x.edu,-,,6.00,No,-,-,\n'
    '"Participant 506",Nobody,n@x.edu,-,1.00,6.00,Yes,-,-,'
)  # fmt: skip


def read(content, delimiter=","):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def differing(before, after, delimiter=","):
    """The cells that differ, by row and column, with their new text."""
    one, two = read(before, delimiter), read(after, delimiter)
    assert [len(row) for row in one] == [len(row) for row in two]
    return {(r, c): two[r][c] for r, row in enumerate(one) for c, cell in enumerate(row) if cell != two[r][c]}


@pytest.fixture
def fill(export, tmp_path):  # noqa: F811
    def run(kind, book, text, *exercises, name="sheet.csv", **rest):  # noqa: F811
        sheet = tmp_path / name
        sheet.write_bytes(text if isinstance(text, bytes) else text.encode())
        out, path = export(kind, book, *exercises, sheet=sheet, **rest)
        return out, path.read_bytes()

    return run


# ---- Canvas ----------------------------------------------------------------------------------------------------------------


def test_canvas_sheet_is_filled_in_and_nothing_else_of_it_changes(fill, book):  # noqa: F811
    out, content = fill("canvas", book, CANVAS)
    assert differing(CANVAS.encode(), content) == {(3, 6): "5.25", (4, 6): "6.00", (3, 7): "8.00"}
    cut = CANVAS.encode().replace(b",=2+2,,  ,8", b",=2+2,5.25,8.00,8").replace(b"Sec 1,,4.00", b"Sec 1,,6.00")
    assert content == cut  # byte for byte: quotes, blank lines, line ends, the missing one at the end
    golden("canvas.csv", content)
    assert "4 points written" in out  # 王小明's 7.25 was there already
    for line in ("ex03, points still to come (2): 1234", "ex03, without a score: eve", "ex03, excused in Canvas: ../../etc",
                 "ex04, not assigned in Canvas: fay", "row 11 (Student, Test)", "not in the sheet: gus",
                 "Homework: EX4 – linear (98766) has 11 points in Canvas and 8 here: nothing was scaled"):  # fmt: skip
        assert line in out, line


def test_a_filled_in_sheet_stays_as_it_is_when_filled_in_again(fill, book):  # noqa: F811
    _, once = fill("canvas", book, CANVAS)
    _, twice = fill("canvas", book, once)
    assert once == twice


@pytest.mark.parametrize("bom", [b"", BOM])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_mark_line_ends_separator_and_decimal_comma_are_kept(bom, end, delimiter, fill, book):  # noqa: F811
    rows = [
        ["Student", "ID", "SIS Login ID", "Section", "ex03 (1)", "Final Score"],
        ["    Points Possible", "", "", "", "6,00", "(read only)"],
        ["Lovelace, Ada", "1", "ada", "Sec; 1", "", "12,5"],
    ]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
    before = bom + out.getvalue().encode()
    _, content = fill("canvas", book, before)
    rows[2][4] = "5,25"
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
    assert content == bom + out.getvalue().encode()


def canvas(*titles, row=("Lovelace, Ada", "77", "ada", "S")):
    cells = ",".join("" for _ in titles)
    return f'Student,ID,SIS Login ID,Section,{",".join(titles)}\n    Points Possible,,,,{cells}\n"{row[0]}",{",".join(row[1:])},{cells}\n'


def test_which_column_is_which_exercise(fill, book):  # noqa: F811
    """The title that is the exercise's name, else the only one that holds it, else with -e the only one there is."""
    for titles, column in [(["ex03 (1)", "ex03 again (2)"], 4), (["Essay (2)", "Week 2: Ex 3 (1)"], 5), (["ex03_stateless_layer (1)", "ex030 (2)"], 4),
                           (["ex13 (3)", "EX03 (1)"], 5), (["Notes", "ex03 (1)"], 5)]:  # fmt: skip
        text = canvas(*titles)
        _, content = fill("canvas", book, text, "ex03")
        assert differing(text.encode(), content) == {(2, column): "5.25"}, titles
    text = canvas("Layers without parameters (7)")
    assert differing(text.encode(), fill("canvas", book, text, "ex03")[1]) == {(2, 4): "5.25"}


@pytest.mark.parametrize(
    "titles, words, message",
    [
        (["ex03 a (1)", "ex03 b (2)"], ("ex03",), r"which column is ex03: ex03 a \(1\), ex03 b \(2\)\?"),
        (["Essay (1)", "Quiz (2)"], ("ex03",), r"which column is ex03: Essay \(1\), Quiz \(2\)\?"),
        (["Essay (1)"], (), "no column for ex03, ex04"),
        (["ex03 and ex04 (1)"], (), "names ex03 and ex04"),
        (["ex03 (1)"], ("ex03", "ex04"), "no column for ex04"),
    ],
)
def test_a_column_that_is_in_doubt_is_asked_about(titles, words, message, fill, book):  # noqa: F811
    with pytest.raises(UsageError, match=message):
        fill("canvas", book, canvas(*titles), *words)


@pytest.mark.parametrize(
    "total",
    ["Current Score", "Unposted Final Score", "Assignments Current Points", "Override Score", "Final Grade (Fall ex03)"],
)
def test_totals_and_read_only_columns_are_never_written(total, fill, book):  # noqa: F811
    text = canvas(total, "ex03 (1)", "ex03 b (3)").replace("Possible,,,,,,", "Possible,,,,,6,(read only)")
    assert differing(text.encode(), fill("canvas", book, text)[1]) == {(2, 5): "5.25"}


@pytest.mark.parametrize(
    "text", ["a,b,c,d\n1,2,3,4\n", "Student,ID,Section\n", "", "\n", "Name,Number,Section,ex03 (1)\n", MOODLE]
)
def test_what_is_no_gradebook_of_canvas_is_refused(text, fill, book):  # noqa: F811
    with pytest.raises(UsageError):
        fill("canvas", book, text)


def test_a_sheet_in_another_encoding_or_with_an_open_quote_is_refused(fill, book):  # noqa: F811
    with pytest.raises(UsageError, match="UTF-8"):
        fill("canvas", book, CANVAS.encode("gb18030"))
    with pytest.raises(UsageError, match="CSV"):
        fill("canvas", book, canvas("ex03 (1)") + '"open')


def test_the_sheet_itself_is_overwritten_only_where_that_is_said(fill, book, tmp_path):  # noqa: F811
    _, content = fill("canvas", book, CANVAS, name="x.csv", output="x.csv")
    assert (tmp_path / "x.csv").read_bytes() == content != CANVAS.encode()


def test_the_default_name_is_never_the_sheet(book, tmp_path, monkeypatch, course_copy):  # noqa: F811
    from grader.cli.export import Wanted, export_points
    from grader.cli.options import Settings

    monkeypatch.chdir(course_copy)
    Path("canvas-ex03.csv").write_text(CANVAS)
    with pytest.raises(UsageError, match="is the sheet itself"):
        export_points(Settings("en", "student", False), Wanted("canvas", "canvas-ex03.csv", ("ex03",), None, str(book)))
    os.rename("canvas-ex03.csv", "from-canvas.csv")
    export_points(Settings("en", "student", False), Wanted("canvas", "from-canvas.csv", ("ex03",), None, str(book)))
    assert differing(CANVAS.encode(), Path("canvas-ex03.csv").read_bytes()).keys() == {(3, 6), (4, 6)}


def test_a_format_without_a_sheet_takes_none_and_the_others_ask_for_it(export, book, tmp_path):  # noqa: F811
    with pytest.raises(UsageError, match="Say which sheet Canvas exported"):
        export("canvas", book)
    with pytest.raises(UsageError, match="json takes no sheet"):
        export("json", book, sheet=tmp_path / "x.csv")
    with pytest.raises(UsageError, match="cannot be read"):
        export("canvas", book, sheet=tmp_path / "none.csv")


# ---- who is who ------------------------------------------------------------------------------------------------------------

CLASS = [
    Student("1", "Ada Lovelace", "ada@x"),
    Student("2", "Li Wei"),
    Student("3", "Li Wei"),
    Student("77", "Bob Byron"),
    Student("zoe", ""),
]


@pytest.mark.parametrize(
    "keys, name, student",
    [
        (("1", "", ""), "Lovelace, Ada", "1"),
        (("9", "1", ""), "Ada", "1"),
        (("9", "8", "ADA@x"), "A. Lovelace", "1"),
        (("", "", ""), "LOVELACE,  Ada", "1"),
        (("", "", ""), "Li Wei", None),  # two of them
        (("2", "", ""), "Li Wei", "2"),
        (("77", "1", ""), "Lovelace, Ada", "1"),  # two ids of two students: the name decides
        (("77", "1", ""), "Somebody", None),
        (("77", "", ""), "Ada Lovelace", None),  # an id of another system's that happens to be Bob's
        (("77", "", ""), "拜伦", "77"),  # in another script names cannot be compared
        (("zoe", "", ""), "Zoe Z", "zoe"),
        (("5", "", ""), "", None),
    ],
)
def test_a_row_is_a_students_only_where_there_is_no_doubt(keys, name, student):
    assert match([Person(1, keys, name)], CLASS).students.get(1) == student


def test_two_rows_of_one_student_are_nobodys():
    matches = match([Person(1, ("1",), "Ada Lovelace"), Person(2, ("ada@x",), "Lovelace"), Person(3, ("2",), "")], CLASS)
    assert matches.students == {3: "2"}
    assert [(n.who, n.reason) for n in matches.left_out][:2] == [
        ("row 2 (Ada Lovelace)", "1 is in 2 rows"),
        ("row 3 (Lovelace)", "1 is in 2 rows"),
    ]


# ---- Moodle ----------------------------------------------------------------------------------------------------------------


def test_a_worksheet_of_moodle_gets_grades_and_comments_and_keeps_the_rest(fill, book):  # noqa: F811
    out, content = fill("moodle", book, MOODLE, "ex03")
    changes = differing(MOODLE.encode(), content)
    assert changes.keys() == {(1, 4), (1, 9), (2, 4)}
    assert (changes[1, 4], changes[2, 4]) == ("5.25", "6.00")
    comment = changes[1, 9]
    assert comment.startswith(
        "ex03: 5.25/6<br>Corrected by a person: +0.75.<br>Shapes 1/1<br>Values &lt;&amp;&gt; 3.5/5<br>✗ "
    )
    assert (
        "&lt;b&gt;&amp;amp;" in comment
        and not re.search(r"<(?!br>)", comment)
        and SECRET not in comment
        and "\x1b" not in comment
    )
    assert '"' not in comment and "\\" not in comment  # PHP, which reads it, takes a backslash before a quote for an escape
    golden("moodle.csv", content)
    for line in ("2 points written", "ex03, has a comment that somebody wrote, which stays; the grade is written: 20002",
                 "ex03, Moodle says that this grade cannot be changed: ../../etc", "nobody in the gradebook: row 7 (Nobody)",
                 "ex03, points still to come (2): 1234", "ex03, not judged yet: gus", "not in the sheet: eve, fay"):  # fmt: skip
        assert line in out, line


def test_our_own_comment_is_renewed_and_a_persons_stays(fill, book):  # noqa: F811
    _, once = fill("moodle", book, MOODLE, "ex03")
    _, again = fill("moodle", book, once, "ex03")
    assert again == once
    with open_gradebook(book) as opened:
        opened.add_adjustment("ada", EX03, -1.0, "a copy")
    _, later = fill("moodle", book, once, "ex03")
    assert differing(once, later)[1, 9].startswith("ex03: 4.25/6<br>") and b"=said I" in later


def test_comments_are_in_the_language_that_is_asked_for(fill, book):  # noqa: F811
    _, content = fill("moodle", book, MOODLE, "ex03", language="zh")
    assert "形状 1/1" in read(content)[1][9]


CHINESE = {"Identifier": "标识符", "Full name": "全名", "Email address": "电子邮件地址", "Status": "状态", "Grade can be changed": "允许更改成绩",
           "Maximum grade": "最高分", "Last modified (submission)": "上次修改（作业）", "Last modified (grade)": "上次修改（评分）",
           "Feedback comments": "反馈评论", "Grade": "成绩", "Participant ": "参与人", "Yes": "是", "No,": "否,"}  # fmt: skip
GERMAN = {**CHINESE, "Identifier": "ID", "Full name": "Vollständiger Name", "Email address": "E-Mail-Adresse", "Status": "Status", "Grade can be changed":
          "Bewertung kann geändert werden", "Maximum grade": "Bestwertung", "Last modified (submission)": "Zuletzt geändert (Abgabe)",
          "Last modified (grade)": "Zuletzt geändert (Bewertung)", "Feedback comments": "Feedback als Kommentar", "Grade": "Bewertung",
          "Participant ": "Teilnehmer/in", "Yes": "Ja", "No,": "Nein,", "6.00": '"6,00"', "5.00": '"5,00"', "1.00": '"1,00"'}  # fmt: skip


def translated(text, words):
    return re.sub("|".join(sorted(map(re.escape, words), key=len, reverse=True)), lambda m: words[m[0]], text)


def test_a_chinese_worksheet_is_understood(fill, book):  # noqa: F811
    text = translated(MOODLE, CHINESE)
    out, content = fill("moodle", book, text, "ex03")
    assert differing(text.encode(), content).keys() == {(1, 4), (1, 9), (2, 4)} and "cannot be changed: ../../etc" in out


def test_a_worksheet_in_another_language_is_understood_by_its_shape_and_that_is_said(fill, book):  # noqa: F811
    text = translated(MOODLE, GERMAN)
    out, content = fill("moodle", book, text, "ex03")
    assert differing(text.encode(), content) == {(1, 4): "5,25", (2, 4): "6,00", (5, 4): "0,00"}
    assert "ID is taken for the identifier, Bewertung for the grade" in out


def test_what_moodle_would_pass_over_in_silence_is_told(fill, book):  # noqa: F811
    out, content = fill("moodle", book, MOODLE.replace("6.00", "5.50"), "ex03")
    assert "ex03, 6 is more than the 5.5 that Moodle takes: 20002" in out
    assert "ex03 has 5.5 points in Moodle and 6 here: nothing was scaled" in out
    assert differing(MOODLE.replace("6.00", "5.50").encode(), content)[1, 4] == "5.25"


@pytest.mark.parametrize(
    "text",
    [
        MOODLE.replace("Maximum grade", "Scale"),
        MOODLE.replace("Email address", "Grade"),
        "ID,Name,Points\n1,Ada,3\n",
        CANVAS,
        "Identifier\n",
        "Kennung,Name,A,B,C\nTeilnehmer 1,Ada,1,6,7\nTeilnehmer 2,Bob,1,6,7\n",  # two numbers that all rows share
    ],
)
def test_a_worksheet_that_is_not_understood_is_refused(text, fill, book):  # noqa: F811
    with pytest.raises(UsageError):
        fill("moodle", book, text, "ex03")


def test_a_worksheet_is_for_one_exercise(fill, book):  # noqa: F811
    with pytest.raises(UsageError, match="is for one exercise"):
        fill("moodle", book, MOODLE)
    assert "2 points written" in fill("moodle", book, MOODLE, name="Grades-DL-ex03 layers-512.csv")[0]


# ---- the sheet itself ------------------------------------------------------------------------------------------------------

texts = st.text(st.sampled_from('ab ,;"\n\r\t=\u2028\x85é'), max_size=6)


@given(
    rows=st.lists(st.lists(texts, min_size=2, max_size=4), min_size=1, max_size=4),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n"]),
    new=texts,
    data=st.data(),
)
def test_any_cell_can_be_filled_in_and_the_text_around_it_stays(rows, quoting, end, new, data):
    rows = [["first column", "second", "third", "fourth"], *([cell.replace("\r", "") for cell in row] for row in rows)]
    out = io.StringIO()
    csv.writer(out, quoting=quoting, lineterminator=end).writerows(rows)
    before = out.getvalue().encode()
    row = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.integers(0, len(rows[row]) - 1))
    after = Sheet(before, "sheet").filled({(row, column): new})
    rows[row][column] = new
    assert read(after) == [list(map(str, r)) for r in rows]
    start = next((i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after)))
    same_end = next(
        (i for i, (a, b) in enumerate(zip(reversed(before), reversed(after), strict=False)) if a != b),
        min(len(before), len(after)),
    )
    assert len(before) - start - same_end <= 2 * len(new.encode()) + 2 * max(len(c.encode()) for r in rows for c in r) + 40


def test_both_orders_of_judging_fill_in_the_same(fill, tmp_path):
    one, two = make_class(tmp_path / "1.db"), make_class(tmp_path / "2.db", backwards=True)
    for kind, text, words in (("canvas", CANVAS, ()), ("moodle", MOODLE, ("ex03",)), ("moodle", MOODLE, (EX04,))):
        assert fill(kind, one, text, *words)[1] == fill(kind, two, text, *words)[1]
