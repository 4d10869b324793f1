"""What a handout must not hold: nothing of `solutions/` but hidden suites, their props and their words, in the pack alone."""

from __future__ import annotations

import shutil
import zipfile

import pytest
from a_handout import INDEX, public_halves
from canary import found

PACK = "exercises/course.pack"
IN_A_PACK = ("test_hidden.py", "props.py", "messages.zh.toml")


def of_hidden_suites(planted: dict[str, str]) -> set[str]:
    return {path for path in planted if path.startswith("solutions/") and path.endswith(IN_A_PACK)}


def test_a_string_from_every_private_file_is_nowhere_in_the_handout_but_for_suites_in_the_pack(made):
    seen = found(made.handout, made.planted)
    assert set(seen) == {PACK}
    assert seen[PACK] == of_hidden_suites(made.planted), "suites, their props and messages, all of them, and nothing else"
    assert len(made.planted) > 700


def test_what_is_keyed_or_left_out_is_in_no_layer_of_any_file(made, tmp_path):
    from grader.course.sealed import new_key

    assert found(made.again(tmp_path / "keyed", "keyed", new_key()), made.planted) == {}
    assert found(made.again(tmp_path / "none", "none"), made.planted) == {}


def test_hidden_suites_are_not_to_be_read_by_eye(made):
    raw = (made.handout / PACK).read_bytes()
    for path in of_hidden_suites(made.planted):
        assert made.planted[path].encode() not in raw
    secret = (made.teacher / "solutions" / "ex03_stateless_layer" / "test_hidden.py").read_text()
    lines = [line.strip() for line in secret.splitlines() if "assert_close(" in line]
    assert lines and not [line for line in lines if line.encode() in raw]


def test_the_autograder_of_gradescope_holds_no_more_than_that(made, tmp_path):
    from grader.author.handout import gradescope_zip
    from grader.author.wheel import Wheel

    (wheel,) = (made.handout / "wheels").iterdir()
    handout = made.files("packed", "", Wheel(wheel.name, wheel.read_bytes()))
    (tmp_path / "only").mkdir()
    archive = tmp_path / "only" / "autograder.zip"
    archive.write_bytes(gradescope_zip(handout))
    assert found(archive.parent, made.planted) == {"autograder.zip": of_hidden_suites(made.planted)}
    with zipfile.ZipFile(archive) as opened:
        modes = {m.filename: m.external_attr >> 16 for m in opened.infolist()}
    assert modes["setup.sh"] & 0o111 and modes["run_autograder"] & 0o111 and not modes["requirements.txt"] & 0o111
    assert {PACK, "requirements.txt", f"wheels/{wheel.name}"} <= set(modes)


def test_the_look_through_layers_finds_what_is_packed_in_every_way(tmp_path):
    """The other tests are worth what this one is."""
    import base64
    import gzip
    import io
    import json
    import zlib

    canary = "canary0000Qz7"
    plain = f"# {canary}".encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner", base64.urlsafe_b64encode(gzip.compress(plain * 9)))
    ways = {
        "plain": plain,
        "zip of base64 of gzip": buffer.getvalue(),
        "base64 in JSON": json.dumps({"data": base64.b64encode(zlib.compress(plain)).decode()}).encode(),
        "base64 of text": b"x: " + base64.b64encode(plain * 4),
        "escapes of JSON": json.dumps("".join(chr(ord(c)) for c in canary))
        .encode()
        .replace(b"c", b"\\u0063")
        .join([b"[", b"]"]),
    }
    for name, data in ways.items():
        (tmp_path / name).write_bytes(data)
    assert set(found(tmp_path, {"solutions/x": canary})) == set(ways)


def test_only_what_is_on_the_list_travels(made):
    from grader.course.exercise import Course

    allowed = {"README.md", "README.zh.md", "requirements.txt", ".gitignore", ".gitlab-ci.yml", ".github/workflows/grade.yml"}
    allowed |= {".grade-handout.json", "exercises/course.toml", PACK}
    for exercise in Course.around(made.teacher).exercises:
        names = ("README.md", "README.zh.md", "exercise.toml", "test_visible.py", "props.py", "messages.zh.toml")
        names += (f"{exercise.short}.py", f"{exercise.short}.ipynb")
        allowed |= {f"exercises/{exercise.id}/{name}" for name in names}
    present = {path.relative_to(made.handout).as_posix() for path in made.handout.rglob("*") if path.is_file()}
    assert {path for path in present if not path.endswith(".whl")} <= allowed
    assert len([path for path in present if path.endswith(".whl")]) == 1


def test_starters_are_fresh_whatever_the_teacher_has_written_into_their_own(made):
    starter = (made.handout / "exercises" / "ex03_stateless_layer" / "ex03.py").read_text()
    assert "raise NotImplementedError" in starter and "canary" not in starter


def test_longer_dates_of_single_students_and_proofs_stay_at_home(made):
    assert not (made.handout / "solutions").exists() and not list(made.handout.rglob("proven.json"))
    assert all(isinstance(pack.proven, bool) for pack in public_halves(made.handout).values())


def test_a_link_from_the_public_folder_into_the_private_one_is_refused(course_copy):
    from grader.author.handout import make_handout
    from grader.author.wheel import own_index
    from grader.course.exercise import Course
    from grader.errors import CourseError

    props = course_copy / "exercises" / "ex03_stateless_layer" / "props.py"
    props.symlink_to(course_copy / "solutions" / "ex03_stateless_layer" / "reference.py")
    with pytest.raises(CourseError, match=r"ex03_stateless_layer/props\.py is a link"):
        make_handout(Course.around(course_copy), {"ex03_stateless_layer": ()}, "none", "", own_index(INDEX))


def test_a_folder_that_is_a_link_is_refused_too(course_copy):
    from grader.author.handout import make_handout
    from grader.author.wheel import own_index
    from grader.course.exercise import Course
    from grader.errors import CourseError

    public = course_copy / "exercises" / "ex03_stateless_layer"
    elsewhere = course_copy / "solutions" / "elsewhere"
    shutil.move(public, elsewhere)
    public.symlink_to(elsewhere)
    with pytest.raises(CourseError, match="is a link"):
        make_handout(Course.around(course_copy), {"ex03_stateless_layer": ()}, "none", "", own_index(INDEX))


def test_every_private_file_was_planted_in(made):
    private = [p for p in (made.teacher / "solutions").rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    assert {p.relative_to(made.teacher).as_posix() for p in private} <= set(made.planted)
