"""What Canvas, Moodle and Gradescope export is read as whose it is, laid out and named as those systems do."""

import re
import shutil

import pytest
from made_up_sources import lay_out, read, reasons, told, zipped

from grader.errors import UsageError
from grader.model import Student

# ---- Canvas ---------------------------------------------------------------------------------------------------------------


def as_canvas_names_it(sortable_name, user, attachment, file, late=False):
    """Return a name as the zipper of Canvas makes it: user, lateness and number in words alone, the file nearly as it was."""
    name = re.sub(r"_(\d+)_", r"\1", sortable_name).lower()
    head = re.sub(r"\W", "", "_".join([*([name] if name else []), *(["LATE"] if late else []), str(user)]))
    return f"{head}_{attachment}_" + re.sub(r'[\x00/\\:*?"<>|]+', "_", file)


CANVAS = {
    as_canvas_names_it("Lovelace, Ada", 1234, 567, "ex03.py"): "a = 1",
    as_canvas_names_it("Babbage, Charles", 1235, 570, "ex03-1.py", late=True): "b = 2",
    as_canvas_names_it("Babbage, Charles", 1235, 9, "ex03.py", late=True): "b = 1",
    as_canvas_names_it("O'Brien-Núñez, Zoë 2", 1236, 571, "My ex03 answer_4_5_.ipynb"): "{}",
    as_canvas_names_it("de_la_Cruz, Ana", 1237, 572, "1_ex03.py"): "d = 1",
    as_canvas_names_it("王, 小明", 1238, 573, "ex03.py"): "e = 1",
    as_canvas_names_it("Hopper, Grace", 1239, 574, "report.pdf"): "",
    "turingalan_1240_text.html": "<p>hello</p>",
    "noetheremmy_LATE_1241_link.html": "",
}


def test_a_bulk_download_of_canvas_is_read(tmp_path):
    intake = read(zipped(tmp_path / "submissions.zip", CANVAS))
    assert intake.kind == "a bulk download from Canvas"
    assert [(s.student, s.exercise[:4], s.marked_late, s.received_at) for s in intake.submissions] == [
        ("1234", "ex03", False, ""),
        ("1235", "ex03", True, ""),
        ("1235", "ex03", True, ""),
        ("1236", "ex03", False, ""),
        ("1237", "ex03", False, ""),
        ("1238", "ex03", False, ""),
    ]
    assert intake.students["1234"] == Student("1234", "lovelaceada") and intake.students["1238"].name == "王小明"
    assert reasons(intake) == {
        "hoppergrace_1239_574_report.pdf": "it is neither a .py nor an .ipynb file",
        "turingalan_1240_text.html": "it is a text typed into Canvas, not a file that was handed in",
        "noetheremmy_LATE_1241_link.html": "it is a link typed into Canvas, not a file that was handed in",
    }


def test_of_several_files_in_canvas_the_one_that_arrived_last_counts(tmp_path):
    intake = read(zipped(tmp_path / "submissions.zip", CANVAS))
    assert [s.file for s in intake.submissions if s.student == "1235"] == [
        "babbagecharles_LATE_1235_9_ex03.py",
        "babbagecharles_LATE_1235_570_ex03-1.py",
    ]


def test_an_anonymous_download_of_canvas_is_read(tmp_path):
    names = [
        as_canvas_names_it("", "anon_aB3xZ", 567, "ex03.py"),
        as_canvas_names_it("", "anon_12345", 568, "ex03.py", late=True),
    ]
    intake = read(zipped(tmp_path / "s.zip", {**dict.fromkeys(names, "x = 1"), "anon_aB3xY_text.html": ""}))
    assert told(intake) == {names[0]: ("anon_aB3xZ", "ex03"), names[1]: ("anon_12345", "ex03")}
    assert [s.marked_late for s in intake.submissions] == [True, False] and intake.students == {}
    assert list(reasons(intake)) == ["anon_aB3xY_text.html"]


def test_a_students_zip_in_a_download_of_canvas_is_theirs(tmp_path):
    inner = zipped(tmp_path / "work.zip", {"hopper_9_9_ex03.py": "x = 1", "work/ex04.py": "x = 1"}).read_bytes()
    files = {**CANVAS, as_canvas_names_it("Curie, Marie", 77, 80, "work.zip"): inner}
    intake = read(zipped(tmp_path / "s.zip", files))
    assert {(s.file, s.exercise[:4]) for s in intake.submissions if s.student == "77"} == {
        ("curiemarie_77_80_work/hopper_9_9_ex03.py", "ex03"),
        ("curiemarie_77_80_work/work/ex04.py", "ex04"),
    }


def test_who_is_called_like_another_students_number_gets_nobody_elses_points(tmp_path):
    names = [as_canvas_names_it("Eve_1234", 66, 99, "ex03.py"), as_canvas_names_it("Lovelace, Ada", 1234, 567, "ex03.py")]
    intake = read(zipped(tmp_path / "s.zip", dict.fromkeys(names, "x = 1")))
    assert told(intake) == {names[1]: ("1234", "ex03")} and "one who is called so" in reasons(intake)[names[0]]


def test_a_download_that_was_packed_again_in_a_folder_is_read_where_it_is_said_to_be_one(tmp_path):
    again = zipped(tmp_path / "hw.zip", {f"submissions/{name}": text for name, text in CANVAS.items()})
    assert {s.student for s in read(again).submissions} == {"submissions"} and "--from canvas" in read(again).kind
    twice = zipped(tmp_path / "outer.zip", {"inner.zip": (tmp_path / "hw.zip").read_bytes()})
    once = zipped(tmp_path / "once.zip", {"submissions.zip": zipped(tmp_path / "submissions.zip", CANVAS).read_bytes()})
    assert {s.student for s in read(twice).submissions} == {"inner"} and "--from canvas" in read(once).kind
    assert read(once, kind="canvas").submissions == read(tmp_path / "submissions.zip").submissions
    assert read(again, kind="canvas").submissions == read(zipped(tmp_path / "submissions.zip", CANVAS)).submissions


def test_where_names_of_files_tell_nothing_the_exercise_asked_for_does(tmp_path):
    files = {
        as_canvas_names_it("Lovelace, Ada", 1, 2, "answer.py"): "a",
        as_canvas_names_it("Curie, Marie", 3, 4, "final (1).ipynb"): "{}",
    }
    assert told(read(zipped(tmp_path / "s.zip", files))) == {}
    assert set(told(read(tmp_path / "s.zip", only=("ex05",))).values()) == {("1", "ex05"), ("3", "ex05")}


# ---- Moodle ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["", "_"])
def test_a_download_of_moodle_is_read(tmp_path, end):
    intake = read(zipped(tmp_path / "DL101-Exercise 3-42.zip", {
        f"Ada Lovelace_1234_assignsubmission_file{end}/ex03.py": "a = 1",
        f"Ada Lovelace_1234_assignsubmission_onlinetext{end}/onlinetext.html": "<p>",
        f"Zoë O'Brien 2_1235_assignsubmission_file{end}/mine/ex03.ipynb": "{}",
        f"王小明_1236_assignsubmission_file{end}/ex03.py": "b = 1",
        f"Ada Lovelace_1234_assignfeedback_file{end}/ex03.py": "no",
    }))  # fmt: skip
    assert intake.kind == "a download from Moodle"
    assert [(s.student, s.exercise[:4], s.received_at) for s in intake.submissions] == [
        ("1234", "ex03", ""), ("1235", "ex03", ""), ("1236", "ex03", ""),
    ]  # fmt: skip
    assert intake.students["1235"] == Student("1235", "Zoë O'Brien 2")
    assert sorted(reasons(intake).values()) == [
        "it is feedback, not a file that was handed in",
        "it is typed into Moodle, not a file that was handed in",
    ]


def test_a_download_of_moodle_without_folders_is_read(tmp_path):
    inner = zipped(tmp_path / "i.zip", {"ex04.py": "x = 1"}).read_bytes()
    intake = read(zipped(tmp_path / "s.zip", {
        "Ada Lovelace_1234_assignsubmission_file_ex03.py": "a = 1",
        "Ada Lovelace_1234_assignsubmission_file_Bob_9_assignsubmission_file_ex05.py": "a = 1",
        "Charles Babbage_1235_assignsubmission_file_work.zip": inner,
        "Charles Babbage_1235_assignsubmission_onlinetext_onlinetext.html": "",
    }))  # fmt: skip
    assert set(told(intake).values()) == {("1234", "ex03"), ("1234", "ex05"), ("1235", "ex04")}
    assert len(intake.skipped) == 1


def test_a_download_of_moodle_with_blind_marking_names_nobody(tmp_path):
    for word in ("Participant", "Teilnehmerin", "参与者"):
        files = {f"{word}_{n}_assignsubmission_file_/ex03.py": "x = 1" for n in (1234, 1235)}
        intake = read(zipped(tmp_path / f"{word}.zip", files))
        assert set(told(intake).values()) == {("1234", "ex03"), ("1235", "ex03")} and intake.students == {}


def test_teams_of_moodle_are_known_by_their_groups(tmp_path):
    files = ["Group A_17_assignsubmission_file_/ex03.py", "Default group_assignsubmission_file_/ex03.py"]
    assert set(told(read(zipped(tmp_path / "s.zip", dict.fromkeys(files, "x = 1")))).values()) == {
        ("17", "ex03"),
        ("Default group", "ex03"),
    }


def test_in_a_download_of_moodle_the_exercise_asked_for_settles_it(tmp_path):
    files = [
        "Ada L_1_assignsubmission_file_/answer.py",
        "Bob M_2_assignsubmission_file_/a.py",
        "Bob M_2_assignsubmission_file_/b.py",
    ]
    intake = read(zipped(tmp_path / "s.zip", dict.fromkeys(files, "x = 1")), only=("ex03",))
    assert told(intake) == {files[0]: ("1", "ex03")} and set(reasons(intake)) == set(files[1:])


# ---- Gradescope -----------------------------------------------------------------------------------------------------------

METADATA = """---
submission_409194023:
  :submitters:
  - :name: Ada Lovelace
    :sid: '0020001'
    :email: ada@x.edu
  :created_at: 2024-02-01 12:00:00.861687000 Z
  :score: 7.5
  :status: processed
  :results:
    score: 2.0
    output: |-
      =====
      :sid: '1'
  :history:
  - :created_at: 2024-01-31 12:00:00.000000000 Z
    :score: 1.0
submission_500000001:
  :submitters:
  - :name: Bob B
    :sid: 222
    :email: bob@x.edu
  - :name: Cyd C
    :email: cyd@x.edu
  - :name: Dan D
  :created_at: '2024-02-01 04:30:00 -0800'
  :history: []
submission_700000003:
  :submitters: []
submission_800000004:
  :submitters:
  - :name: Eve
    :sid: '5'
"""
EXPORT = {
    "assignment_25828_export/submission_metadata.yml": METADATA,
    "assignment_25828_export/submission_409194023/ex03.py": "a = 1",
    "assignment_25828_export/submission_500000001/work/ex03.ipynb": "{}",
    "assignment_25828_export/submission_500000001/submission_metadata.yml": "submission_409194023:\n",
    "assignment_25828_export/submission_700000003/ex03.py": "c = 1",
    "assignment_25828_export/submission_900000009/ex03.py": "d = 1",
    "__MACOSX/assignment_25828_export/._submission_metadata.yml": "",
    "assignment_25828_export/.DS_Store": "",
}


def check_export(intake):
    assert intake.kind.startswith("an export of Gradescope")
    group = ("222", "cyd@x.edu", "Dan D")
    assert {(s.student, s.received_at, s.together) for s in intake.submissions} == {
        ("0020001", "2024-02-01T12:00:00+00:00", ()),
        *((member, "2024-02-01T12:30:00+00:00", group) for member in group),
    }
    assert intake.students["0020001"] == Student("0020001", "Ada Lovelace", "ada@x.edu")
    assert intake.students["222"] == Student("222", "Bob B", "bob@x.edu")
    assert {s.file for s in intake.submissions} == {"submission_409194023/ex03.py", "submission_500000001/work/ex03.ipynb"}
    why = reasons(intake)
    assert why["submission_700000003/ex03.py"] == "submission_metadata.yml names nobody who handed it in"
    assert why["submission_900000009/ex03.py"] == "submission_metadata.yml does not name it"
    assert why["submission_800000004"] == "the export holds no files of it"
    assert why["submission_409194023 (history)"].endswith("handed in before: 1")
    assert {"submission_metadata.yml", ".DS_Store", "submission_500000001/submission_metadata.yml"} < set(why)


def test_an_export_of_gradescope_is_read(tmp_path):
    intake = read(zipped(tmp_path / "submissions.zip", EXPORT))
    check_export(intake)
    assert "__MACOSX" in reasons(intake)


def test_an_unpacked_export_of_gradescope_is_read_from_its_folder_and_from_the_one_above(tmp_path):
    lay_out(tmp_path / "d", {name: text for name, text in EXPORT.items() if "MACOSX" not in name})
    check_export(read(tmp_path / "d"))
    check_export(read(tmp_path / "d" / "assignment_25828_export"))
    shutil.move(tmp_path / "d" / "assignment_25828_export", tmp_path / "renamed")
    check_export(read(tmp_path / "renamed", kind="gradescope"))


@pytest.mark.parametrize(
    "text", ["a: [", "- 1", "!!python/object/apply:os.system ['false']", "\0", "a: &a [*a]\nb: 2001-99-99 1:1:1 Z"]
)
def test_metadata_that_cannot_be_read_is_told(tmp_path, text):
    files = {"submission_metadata.yml": text, "submission_1/ex03.py": "x = 1"}
    try:
        assert not read(zipped(tmp_path / "s.zip", files)).submissions
    except UsageError as error:
        assert "submission_metadata.yml" in error.message
