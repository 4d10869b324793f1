"""Whatever lies in a course's folders, a teacher is told which file or folder is at fault, and what to do."""

import os
import sys

import pytest

from grader.course.exercise import Course
from grader.course.pack import open_pack
from grader.errors import CourseError

TITLE = 'title = { en = "A course", zh = "课程" }\n'
EXERCISE = TITLE + 'names = ["f"]\n[[criteria]]\nid = "values"\npoints = 2\ntitle = { en = "Values" }\n'


@pytest.fixture
def folder(tmp_path):
    """A teacher's course with one exercise."""
    for place in ("exercises/ex03_layer", "solutions/ex03_layer"):
        (tmp_path / place).mkdir(parents=True)
    (tmp_path / "exercises" / "course.toml").write_text(TITLE + "seed = 1\n")
    (tmp_path / "exercises" / "ex03_layer" / "exercise.toml").write_text(EXERCISE)
    return tmp_path


def read(folder):
    course = Course.around(folder)
    return [course.configuration(exercise) for exercise in course.exercises]


def test_what_is_right_is_read(folder):
    assert [config.max_score for config in read(folder)] == [2]


def latin(file):
    file.write_bytes(file.read_text().encode() + b"# caf\xe9\n")


def a_folder(file):
    file.unlink()
    file.mkdir()


def a_pipe(file):
    file.unlink()
    os.mkfifo(file)


def endless(file):
    file.unlink()
    file.symlink_to("/dev/zero")


def huge(file):
    os.truncate(file, 2 << 20)


def cut(file):
    file.write_text("title = {")


def misspelt(file):
    file.write_text(file.read_text().replace("title", "titel", 1))


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and devices are elsewhere on Windows")
@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (latin, "this is not UTF-8"), (a_folder, "no regular file"), (a_pipe, "no regular file"), (endless, "no regular file"),
        (huge, "larger than 1 MiB"), (cut, "Invalid"), (misspelt, "unknown field `titel`"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)  # fmt: skip
@pytest.mark.parametrize("name", ["course.toml", "ex03_layer/exercise.toml"])
def test_settings_that_cannot_be_read_are_the_courses_fault_and_named(folder, name, spoil, words):
    spoil(folder / "exercises" / name)
    with pytest.raises(CourseError, match=words) as caught:
        read(folder)
    assert caught.value.message.startswith(f"exercises/{name}") and caught.value.hint


def test_a_line_that_is_not_utf8_is_named_by_its_number(folder):
    latin(folder / "exercises" / "course.toml")
    with pytest.raises(CourseError, match=r"^exercises/course\.toml:3: "):
        read(folder)


def test_a_suite_that_is_not_utf8_is_named_too(folder):
    (folder / "exercises" / "ex03_layer" / "test_visible.py").write_bytes(b"\xff")
    course = Course.around(folder)
    with pytest.raises(CourseError, match=r"^exercises/ex03_layer/test_visible\.py:1: this is not UTF-8"):
        open_pack(course, course.find("ex03"))


@pytest.mark.parametrize("name", ["ex03_backup", "ex03", "ex3_layer", "ex003"])
def test_two_folders_of_one_number_are_named(folder, name):
    (folder / "exercises" / name).mkdir()
    (folder / "exercises" / name / "exercise.toml").write_text(EXERCISE)
    with pytest.raises(CourseError, match="have the same number") as caught:
        Course.around(folder)
    assert f"exercises/{name} " in caught.value.message and "exercises/ex03_layer" in caught.value.message


def test_a_folder_that_is_called_as_an_exercise_and_is_none_is_named(folder):
    (folder / "exercises" / "ex99").mkdir()
    with pytest.raises(CourseError, match=r"^exercises/ex99: .*holds no exercise\.toml"):
        read(folder)


def test_folders_of_other_names_are_nobodys_concern(folder):
    for name in ("backup_of_ex03", "data", "ex03-old", "ex03 (copy)", "__pycache__", "ex03\n"):
        (folder / "exercises" / name).mkdir()
    assert len(read(folder)) == 1


def test_what_torch_does_not_have_is_the_courses_fault_and_named():
    from grader.cli.warm import start_workers

    with pytest.raises(CourseError, match=r"torch\.nonexistent cannot be imported") as caught:
        start_workers(["torch.nonexistent"])
    assert "preimports" in caught.value.hint
