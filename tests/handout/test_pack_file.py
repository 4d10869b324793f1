"""The pack file: the three ways in which hidden checks travel, and an error in words for all that can be wrong with one."""

from __future__ import annotations

import base64
import json
import re
import shutil

import pytest
from conftest import ROOT

from grader.bridge import secret
from grader.course.exercise import Course
from grader.course.pack import HiddenCheck, build_pack, open_pack, packs_as_file
from grader.course.sealed import new_key
from grader.errors import CourseError, MachineError, UsageError
from grader.model import Text

ABSENT = (HiddenCheck("h", Text("A hidden check", "隐藏检查"), "values", True),)
KEY, OTHER = new_key(), new_key()


class Student:
    """A student's folder with a pack of ex03 and ex06."""

    def __init__(self, folder, course: Course) -> None:
        self.course = course
        self.file = folder / "exercises" / "course.pack"

    def pack(self, way: str, key: str = "") -> None:
        self.file.write_bytes(self.bytes(way, key))

    def bytes(self, way: str, key: str = "") -> bytes:
        hidden = {"ex03_stateless_layer": ABSENT, "ex06_sequential": ABSENT}
        return packs_as_file(Course.around(ROOT), hidden, way, key)

    def open(self, word: str = "ex03"):
        return open_pack(self.course, self.course.find(word))

    def changed(self, change) -> None:
        document = json.loads(self.file.read_bytes())
        change(document)
        self.file.write_text(json.dumps(document))


@pytest.fixture
def student(tmp_path, monkeypatch):
    monkeypatch.delenv("GRADE_KEY", raising=False)
    secret.hold("")
    shutil.copytree(ROOT / "exercises", tmp_path / "exercises")
    yield Student(tmp_path, Course.around(tmp_path))
    secret.hold("")


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
    assert pack.hidden is None and pack.absent == ABSENT and set(json.loads(student.file.read_bytes())["sealed"]) == set()


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
    with pytest.raises(CourseError, match=r"exercises/course\.pack is damaged or cut off") as caught:
        student.open()
    assert "again" in caught.value.hint


@pytest.mark.parametrize("way", ["packed", "keyed"])
@pytest.mark.parametrize("damage", ["cut", "one letter", "no base64", "empty", "another exercise's", "not text"])
def test_hidden_checks_that_are_damaged_are_the_courses_fault(student, monkeypatch, way, damage):
    student.pack(way, KEY)
    if way == "keyed":
        monkeypatch.setenv("GRADE_KEY", KEY)

    def spoil(document):
        mine, other = document["sealed"]["ex03_stateless_layer"], document["sealed"]["ex06_sequential"]
        data = mine["data"]
        flipped = "B" if data[600] == "A" else "A"
        mine["data"] = {
            "cut": data[:700],
            "one letter": data[:600] + flipped + data[601:],
            "no base64": data[:600] + "!" + data[601:],
            "empty": "",
            "another exercise's": other["data"],
            "not text": "\ud83d\ude00" + data,
        }[damage]

    student.changed(spoil)
    with pytest.raises(CourseError, match=r"exercises/course\.pack"):
        student.open()


@pytest.mark.parametrize("way", ["packed", "keyed"])
def test_visible_checks_that_were_changed_in_the_pack_are_not_run_with_the_hidden_ones(student, monkeypatch, way):
    student.pack(way, KEY)
    if way == "keyed":
        monkeypatch.setenv("GRADE_KEY", KEY)

    def soften(document):
        document["packs"]["ex03_stateless_layer"]["visible"] = "mine = 1\n"

    student.changed(soften)
    with pytest.raises(CourseError, match="do not belong together"):
        student.open()


def test_a_small_pack_that_unpacks_to_more_than_memory_is_refused(student):
    import zlib

    student.pack("packed")

    def blow_up(document):
        bomb = zlib.compress(b'{"public": "' + b"a" * (64 << 20), 9)
        document["sealed"]["ex03_stateless_layer"]["data"] = base64.b64encode(bomb).decode()

    student.changed(blow_up)
    with pytest.raises(CourseError, match="damaged"):
        student.open()


@pytest.mark.parametrize(
    ("schema", "words", "hint"),
    [
        ("grade/pack/v2", "newer format", "pip install -r requirements.txt"),
        ("grade/pack/v10", "newer format", "pip install -r requirements.txt"),
        ("grade/pack/v0", "older format", "new handout"),
        ("grade/judgement/v1", "this is no pack", "again"),
        ("", "this is no pack", "again"),
    ],
)
def test_a_pack_of_another_version_says_which_and_what_to_do(student, schema, words, hint):
    student.pack("packed")
    student.changed(lambda document: document.update(schema=schema))
    with pytest.raises(CourseError, match=words) as caught:
        student.open()
    assert hint in caught.value.hint


def test_a_newer_pack_may_look_however_it_likes(student):
    student.file.write_text('{"packs": 7, "schema": "grade/pack/v2"}')
    with pytest.raises(CourseError, match="newer format"):
        student.open()


@pytest.mark.parametrize(
    "text", ["[]", "null", "{}", '{"schema": 1}', '{"schema": "grade/pack/v1"}', "\xff\xfe", '"' + "[" * 9999]
)
def test_what_is_no_pack_is_told(student, text):
    student.file.write_text(text, encoding="latin-1")
    with pytest.raises(CourseError, match=r"exercises/course\.pack"):
        student.open()


def test_a_public_half_of_the_wrong_shape_is_told(student):
    student.pack("none")
    student.changed(lambda document: document["packs"]["ex03_stateless_layer"].pop("config"))
    with pytest.raises(CourseError, match="ex03_stateless_layer is damaged"):
        student.open()


def test_an_exercise_that_is_not_in_the_pack_is_told(student):
    student.pack("packed")
    with pytest.raises(CourseError, match="it holds no checks of ex04_linear_layer"):
        student.open("ex04")


def test_no_pack_at_all_is_told(student):
    with pytest.raises(CourseError, match=r"neither solutions/ nor exercises/course\.pack"):
        student.open()


def test_without_the_library_a_key_says_what_to_install(student, monkeypatch):
    import sys

    student.pack("keyed", KEY)
    monkeypatch.setenv("GRADE_KEY", KEY)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(MachineError) as caught:
        student.open()
    assert re.fullmatch(r"pip install -e \S+\[keys\]'?", caught.value.hint)


def test_a_key_is_fit_for_a_secret_of_a_ci_system():
    assert re.fullmatch(r"grade1_[A-Za-z0-9_-]{43}", KEY) and KEY != OTHER


def test_nothing_of_a_students_is_imported_where_the_cage_is_still_open(student, tmp_path):
    config = tmp_path / "exercises" / "ex03_stateless_layer" / "exercise.toml"
    config.write_text('preimports = ["torch_evil"]\n' + config.read_text())
    with pytest.raises(CourseError, match="preimports"):
        student.course.configuration(student.course.find("ex03"))


def test_the_pack_is_decoded_with_what_later_versions_add_to_it(student):
    student.pack("none")
    student.changed(lambda document: document["packs"]["ex03_stateless_layer"].update(added_later=1))
    assert student.open().exercise == "ex03_stateless_layer"
