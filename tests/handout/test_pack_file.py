"""The pack file: the three ways in which hidden checks travel, and an error in words for all that can be wrong with one."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import sys

import msgspec
import pytest
from conftest import ROOT

from grader.bridge import secret
from grader.course.copies import changed_copies, changed_settings
from grader.course.exercise import Course
from grader.course.pack import HiddenCheck, build_pack, open_pack, packs_as_file
from grader.course.sealed import new_key
from grader.errors import CourseError, MachineError, UsageError
from grader.model import Text

ABSENT = (HiddenCheck("h", Text("A hidden check", "隐藏检查"), "values", True),)
KEY, OTHER = new_key(), new_key()


EX03, EX06 = "ex03_stateless_layer", "ex06_sequential"


class Student:
    """A student's folder with a pack of ex03 and ex06."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.file = folder / "exercises" / "course.pack"

    @property
    def course(self) -> Course:
        return Course.around(self.folder)

    def pack(self, way: str, key: str = "") -> None:
        self.file.write_bytes(self.bytes(way, key))

    def bytes(self, way: str, key: str = "") -> bytes:
        hidden = {EX03: ABSENT, EX06: ABSENT}
        return packs_as_file(Course.around(ROOT), hidden, way, key)

    def open(self, word: str = "ex03"):
        course = self.course
        return open_pack(course, course.find(word))

    def changed(self, change) -> None:
        """Change what the file says: `change` is given its head, and its entries by their exercises."""
        head, *entries = map(json.loads, self.file.read_bytes().splitlines())
        by_exercise = {entry["exercise"]: entry for entry in entries}
        change(head, by_exercise)
        lines = [head, *by_exercise.values()]
        self.file.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))


@pytest.fixture
def student(tmp_path, monkeypatch):
    monkeypatch.delenv("GRADE_KEY", raising=False)
    secret.hold("")
    shutil.copytree(ROOT / "exercises", tmp_path / "exercises")
    yield Student(tmp_path)
    secret.hold("")


@pytest.fixture
def teacher(tmp_path):
    for name in ("exercises", "solutions"):
        shutil.copytree(ROOT / name, tmp_path / "teacher" / name)
    return tmp_path / "teacher"


def whole(word: str = "ex03"):
    course = Course.around(ROOT)
    return build_pack(course, course.find(word))


# ---- the three ways ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["ex03", "ex06"])
def test_a_packed_pack_is_the_teachers_own(student, word):
    student.pack("packed")
    assert student.open(word) == whole(word)


def test_a_keyed_pack_is_the_teachers_own_with_the_key(student, monkeypatch):
    student.pack("keyed", KEY)
    monkeypatch.setenv("GRADE_KEY", f" {KEY}\n")
    assert student.open() == whole()


def test_without_the_key_a_keyed_pack_lists_its_hidden_checks(student):
    student.pack("keyed", KEY)
    pack = student.open()
    assert pack.hidden is None and pack.absent == ABSENT and pack.visible == whole().visible


def test_hidden_checks_that_stayed_at_home_are_listed(student):
    student.pack("none")
    pack = student.open()
    assert pack.hidden is None and pack.absent == ABSENT and b'"sealed":{' not in student.file.read_bytes()


def test_a_judgement_without_hidden_checks_is_by_another_digest(student):
    """Or the gradebook would take one for the other."""
    student.pack("none")
    without = student.open().digest
    student.pack("packed")
    assert len({without, student.open().digest}) == 2


def test_the_same_packed_pack_is_the_same_bytes_and_a_keyed_one_is_not(student):
    assert student.bytes("packed") == student.bytes("packed")
    assert student.bytes("keyed", KEY) != student.bytes("keyed", KEY)


def test_a_folder_named_solutions_makes_no_teacher_of_a_student(student, tmp_path):
    student.pack("packed")
    (tmp_path / "solutions" / "ex03_stateless_layer").mkdir(parents=True)
    (tmp_path / "solutions" / "ex03_stateless_layer" / "test_hidden.py").write_text("mine = 1\n")
    assert student.open() == whole() and not student.course.paths.has_solutions


# ---- what can be wrong ------------------------------------------------------------------------------------------------


def test_another_key_is_told_apart_from_a_damaged_pack(student, monkeypatch):
    student.pack("keyed", KEY)
    monkeypatch.setenv("GRADE_KEY", OTHER)
    with pytest.raises(
        UsageError, match=r"GRADE_KEY is not the key of exercises/course.pack: it needs key \w{8}, and this is"
    ):
        student.open()


@pytest.mark.parametrize(
    "key",
    ["x", KEY[:-1], KEY + "A", "grade2_" + KEY[7:], KEY.replace("_", " "), "钥匙", KEY[:20] + "\n" + KEY[20:]],
    ids=["a letter", "cut", "longer", "newer", "a space", "no ASCII", "broken"],  # a key is another one in each process
)
def test_what_is_no_key_is_told_and_never_repeated(student, monkeypatch, key):
    student.pack("keyed", KEY)
    monkeypatch.setenv("GRADE_KEY", key)
    with pytest.raises(UsageError, match="GRADE_KEY is no key") as caught:
        student.open()
    assert len(key) < 5 or key not in caught.value.message + caught.value.hint


@pytest.mark.parametrize("way", ["packed", "none"])
def test_with_a_key_checks_that_anyone_could_have_written_are_not_run(student, monkeypatch, way):
    student.pack(way)
    monkeypatch.setenv("GRADE_KEY", KEY)
    with pytest.raises(UsageError, match="was not made with a key"):
        student.open()


@pytest.mark.parametrize("way", ["packed", "keyed"])
@pytest.mark.parametrize("share", [0, 0.01, 0.3, 0.9, 0.9999])
def test_a_pack_that_is_cut_off_is_the_courses_fault(student, monkeypatch, way, share):
    student.pack(way, KEY)
    if way == "keyed":
        monkeypatch.setenv("GRADE_KEY", KEY)
    data = student.file.read_bytes()
    student.file.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(
        CourseError, match=r"exercises/course\.pack (is damaged or cut off|cannot be read: it is empty)"
    ) as caught:
        student.open()
    assert "again" in caught.value.hint


@pytest.mark.parametrize("way", ["packed", "keyed"])
@pytest.mark.parametrize("damage", ["cut", "one letter", "no base64", "empty", "another exercise's", "not text"])
def test_hidden_checks_that_are_damaged_are_the_courses_fault(student, monkeypatch, way, damage):
    student.pack(way, KEY)
    if way == "keyed":
        monkeypatch.setenv("GRADE_KEY", KEY)

    def spoil(_, entries):
        mine, other = entries[EX03]["sealed"], entries[EX06]["sealed"]
        data = mine["data"]
        flipped = "B" if data[600] == "A" else "A"
        mine["data"] = {
            "cut": data[:700],
            "one letter": data[:600] + flipped + data[601:],
            "no base64": data[:600] + "!" + data[601:],
            "empty": "",
            "another exercise's": other["data"],
            "not text": "😀" * 300,
        }[damage]

    student.changed(spoil)
    with pytest.raises(CourseError, match=r"exercises/course\.pack"):
        student.open()


@pytest.mark.parametrize("way", ["packed", "keyed"])
def test_visible_checks_that_were_changed_in_the_pack_are_not_run_with_the_hidden_ones(student, monkeypatch, way):
    student.pack(way, KEY)
    if way == "keyed":
        monkeypatch.setenv("GRADE_KEY", KEY)

    def soften(_, entries):
        entries[EX03]["public"]["visible"] = "mine = 1\n"

    student.changed(soften)
    with pytest.raises(CourseError, match="do not belong together"):
        student.open()


def test_a_small_pack_that_unpacks_to_more_than_memory_is_refused(student):
    import zlib

    student.pack("packed")

    def blow_up(_, entries):
        bomb = zlib.compress(b'{"exercise": "' + b"a" * (64 << 20), 9)
        entries[EX03]["sealed"]["data"] = base64.b64encode(bomb).decode()

    student.changed(blow_up)
    with pytest.raises(CourseError, match="damaged"):
        student.open()


@pytest.mark.parametrize(
    ("schema", "words", "hint"),
    [
        ("grade/pack/v3", "newer format", "pip install -r requirements.txt"),
        ("grade/pack/v10", "newer format", "pip install -r requirements.txt"),
        ("grade/pack/v1", "older format", "new handout"),
        (f"grade/pack/v{'9' * 5000}", "this is no pack", "again"),
        ("grade/judgement/v1", "this is no pack", "again"),
        ("", "this is no pack", "again"),
    ],
)
def test_a_pack_of_another_version_says_which_and_what_to_do(student, schema, words, hint):
    student.pack("packed")
    student.changed(lambda head, _: head.update(schema=schema))
    with pytest.raises(CourseError, match=words) as caught:
        student.open()
    assert hint in caught.value.hint


def test_a_newer_pack_may_look_however_it_likes(student):
    student.file.write_text('{"course": 7, "schema": "grade/pack/v3"}')
    with pytest.raises(CourseError, match="newer format"):
        student.open()


def test_a_pack_as_it_was_before_it_held_the_courses_settings_is_told_from_a_damaged_one(student):
    student.file.write_text('{"schema":"grade/pack/v1","packs":{"ex03_stateless_layer":{"exercise":"ex03_stateless_layer"}}}')
    with pytest.raises(CourseError, match="older format"):
        student.open()


@pytest.mark.parametrize(
    "text", ["[]", "null", "{}", '{"schema": 1}', '{"schema": "grade/pack/v2"}', "\xff\xfe", '"' + "[" * 9999]
)
def test_what_is_no_pack_is_told(student, text):
    student.file.write_text(text, encoding="latin-1")
    with pytest.raises(CourseError, match=r"exercises/course\.pack"):
        student.open()


def test_a_public_half_of_the_wrong_shape_is_told(student):
    student.pack("none")
    student.changed(lambda _, entries: entries[EX03]["public"].pop("visible"))
    with pytest.raises(CourseError, match="ex03_stateless_layer is damaged"):
        student.open()


def test_an_exercise_that_is_not_in_the_pack_is_none_of_the_course(student):
    student.pack("packed")
    with pytest.raises(UsageError, match="no exercise or command named 'ex04'"):
        student.open("ex04")
    with pytest.raises(UsageError, match="exercises/ex04_linear_layer is no exercise of this course"):
        student.open("ex04_linear_layer")


def test_no_pack_at_all_is_told(student):
    with pytest.raises(CourseError, match=r"neither solutions/ nor exercises/course\.pack"):
        student.open()


def test_without_the_library_a_key_says_what_to_install(student, monkeypatch):
    student.pack("keyed", KEY)
    monkeypatch.setenv("GRADE_KEY", KEY)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(MachineError) as caught:
        student.open()
    assert re.fullmatch(r"pip install -e \S+\[keys\]'?", caught.value.hint)


def test_a_key_is_fit_for_a_secret_of_a_ci_system():
    assert re.fullmatch(r"grade1_[A-Za-z0-9_-]{43}", KEY) and KEY != OTHER


def test_nothing_of_a_students_is_imported_where_the_cage_is_still_open(student):
    student.pack("packed")
    student.changed(lambda head, _: head["exercises"][EX03].update(preimports=["torch_evil"]))
    with pytest.raises(CourseError, match="preimports"):
        student.open()


def test_a_pack_names_no_folder_elsewhere(student):
    student.pack("none")

    def climb(head, entries):
        head["exercises"] = {"ex03/../../x": head["exercises"][EX03]}
        entries[EX03]["exercise"] = "ex03/../../x"
        entries.pop(EX06)

    student.changed(climb)
    with pytest.raises(CourseError, match="names what is no exercise"):
        student.open()


def test_the_pack_is_decoded_with_what_later_versions_add_to_it(student):
    student.pack("none")
    student.changed(lambda _, entries: entries[EX03]["public"].update(added_later=1))
    assert student.open().exercise == EX03


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and devices are elsewhere on Windows")
@pytest.mark.parametrize("what", ["a folder", "a pipe", "a device", "a broken link"])
def test_what_is_no_file_in_the_packs_place_is_told_at_once(student, what):
    {
        "a folder": student.file.mkdir,
        "a pipe": lambda: os.mkfifo(student.file),
        "a device": lambda: student.file.symlink_to("/dev/zero"),
        "a broken link": lambda: student.file.symlink_to("nowhere"),
    }[what]()
    with pytest.raises(CourseError, match=r"course\.pack"):
        student.open()


# ---- halves that belong together --------------------------------------------------------------------------------------


def test_a_pack_that_was_written_again_as_it_was_is_no_other(student):
    """Or the tests below would say nothing."""
    student.pack("packed")
    before = student.file.read_bytes()
    student.changed(lambda head, entries: None)
    assert student.file.read_bytes() == before


WAYS = pytest.mark.parametrize("way", ["packed", "keyed"])


def keyed(student, monkeypatch, way):
    student.pack(way, KEY)
    if way == "keyed":
        monkeypatch.setenv("GRADE_KEY", KEY)


@pytest.mark.parametrize("way", ["packed", "keyed", "none"])
def test_the_checks_of_an_easier_exercise_do_not_stand_for_those_of_another(student, monkeypatch, way):
    keyed(student, monkeypatch, way)
    student.changed(lambda _, entries: entries.update({EX06: {**entries[EX03], "exercise": EX06}}))
    with pytest.raises(CourseError, match="it holds the checks of ex03_stateless_layer as those of ex06_sequential"):
        student.open("ex06")


@WAYS
def test_nor_do_they_where_they_are_called_so(student, monkeypatch, way):
    keyed(student, monkeypatch, way)

    def swap(_, entries):
        entries[EX06].update(public={**entries[EX03]["public"], "exercise": EX06}, sealed=entries[EX03]["sealed"])

    student.changed(swap)
    with pytest.raises(CourseError, match="do not belong together"):
        student.open("ex06")


@WAYS
@pytest.mark.parametrize("change", ["title", "seed", "limits", "points", "names", "an exercise less"])
def test_settings_that_were_changed_in_the_pack_do_not_hold(student, monkeypatch, way, change):
    keyed(student, monkeypatch, way)

    def spoil(head, entries):
        mine = head["exercises"][EX03]
        {
            "title": lambda: head["course"]["title"].update(en="Another course"),
            "seed": lambda: head["course"].update(seed=1),
            "limits": lambda: head["course"]["limits"].update(submission_seconds=9000.0),
            "points": lambda: mine["criteria"][0].update(points=100),
            "names": lambda: mine.update(barred={}),
            "an exercise less": lambda: (head["exercises"].pop(EX06), entries.pop(EX06)),
        }[change]()

    student.changed(spoil)
    with pytest.raises(CourseError, match="do not belong together"):
        student.open()


def test_a_pack_of_another_course_with_the_same_key_does_not_stand_for_this_one(student, monkeypatch, teacher):
    keyed(student, monkeypatch, "keyed")
    settings = teacher / "exercises" / "course.toml"
    settings.write_text(settings.read_text().replace("Layers, blocks", "Easy layers, blocks"))
    other = packs_as_file(Course.around(teacher), {EX03: ABSENT, EX06: ABSENT}, "keyed", KEY)
    head, *_ = student.file.read_bytes().splitlines()
    student.file.write_bytes(b"\n".join([head, *other.splitlines()[1:]]) + b"\n")
    with pytest.raises(CourseError, match="do not belong together"):
        student.open()


@WAYS
def test_lines_that_end_as_on_windows_change_nothing(student, monkeypatch, way):
    """Git for Windows writes them so unless it is told not to."""
    keyed(student, monkeypatch, way)
    student.file.write_bytes(student.file.read_bytes().replace(b"\n", b"\r\n"))
    assert student.open() == whole()


# ---- what a student may change ----------------------------------------------------------------------------------------


def test_the_pack_says_which_exercises_there_are_and_what_holds_of_them(student):
    student.pack("packed")
    before = student.open()
    folder = student.folder / "exercises"
    shutil.copytree(folder / EX03, folder / "ex03_backup")  # it sorts before the exercise itself
    shutil.rmtree(folder / EX06)
    (folder / "ex99").mkdir()
    (folder / "course.toml").unlink()
    (folder / EX03 / "exercise.toml").write_bytes(b"\xff")
    course = student.course
    assert [exercise.id for exercise in course.exercises] == [EX03, EX06] and course.find("3").id == EX03
    assert student.open() == before and course.configuration(course.find("ex03")) == before.config
    assert course.config == Course.around(ROOT).config and course.rules().exercises[EX03].max_score == 6
    assert {"ex03_backup", "ex99"} < {stranger.id for stranger in course.strangers(student.folder)}


def test_a_date_of_an_exercise_that_is_not_handed_out_is_not_handed_out_either(student, teacher):
    settings = teacher / "exercises" / "course.toml"
    settings.write_text(settings.read_text() + "\n[due]\nex3 = 2026-03-02T22:00:00Z\nex14 = 2026-06-02T22:00:00Z\n")
    student.file.write_bytes(packs_as_file(Course.around(teacher), {EX03: ABSENT}, "packed"))
    assert list(student.course.due()) == [EX03] and student.course.rules().exercises[EX03].due is not None


def test_copies_that_a_student_changed_are_named(student):
    student.pack("packed")
    course = student.course
    exercise, folder = course.find("ex03"), student.folder
    files = [folder / "exercises" / EX03 / name for name in ("exercise.toml", "test_visible.py")]
    for file in (*files, course.paths.course_file):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert changed_copies(course, exercise, folder) == changed_settings(course, folder) == []
    files[0].write_text("points = 100\n")
    files[1].unlink()
    files[1].symlink_to("/dev/zero" if os.path.exists("/dev/zero") else folder)
    course.paths.course_file.unlink()
    course.paths.course_file.mkdir()
    assert changed_copies(course, exercise, folder) == [f.relative_to(folder).as_posix() for f in files]
    assert changed_settings(course, folder) == ["exercises/course.toml"]
