"""An archive gives its regular files, within bounds; all else in it is named with the reason."""

import io
import lzma
import os
import stat
import subprocess
import tarfile
import zipfile

import pytest
from made_up_sources import read, told, with_chinese

from grader.errors import UsageError
from grader.intake.archives import Bounds
from grader.intake.contents import contents


def zipped(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def tarred(path, members, mode="w"):
    with tarfile.open(path, mode) as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def unpacked(tmp_path, source, **bounds):
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    files = contents(source, scratch, Bounds(**bounds))
    taken = {f.name: f.path.read_bytes() for f in files if not f.reason}
    return taken, {f.shown: with_chinese(f.reason) for f in files if f.reason}


FILES = [("ada/ex03.py", b"a"), ("bob/ex03.py", b"b")]


def test_the_files_of_a_zip_come_out(tmp_path):
    assert unpacked(tmp_path, zipped(tmp_path / "c.zip", FILES)) == (dict(FILES), {})


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_the_files_of_a_tar_come_out_however_it_is_packed(tmp_path, mode):
    assert unpacked(tmp_path, tarred(tmp_path / "c.tar", FILES, mode)) == (dict(FILES), {})


@pytest.mark.parametrize("name", ["../ex03.py", "/etc/ex03.py", "ada/../../ex03.py", "C:/ex03.py", "ada\\ex03.py"])
def test_a_name_that_leads_out_is_left_behind(tmp_path, name):
    info = zipfile.ZipInfo("x")
    info.filename = name
    files, skipped = unpacked(tmp_path, zipped(tmp_path / "c.zip", [(info, b"a")]))
    assert not files and "leads out" in next(iter(skipped.values()))
    assert not list(tmp_path.rglob("ex03.py"))


def test_separators_of_windows_are_turned(tmp_path):
    info = zipfile.ZipInfo("ada\\week1\\ex03.py")
    info.create_system = 0
    info.filename = "ada\\week1\\ex03.py"
    assert unpacked(tmp_path, zipped(tmp_path / "c.zip", [(info, b"a")])) == ({"ada/week1/ex03.py": b"a"}, {})


@pytest.mark.parametrize("name", ["con.py", "ada/NUL", "ada/com1.ipynb", "aux/ex03.py"])
def test_names_that_windows_reserves_are_left_behind(tmp_path, name):
    files, skipped = unpacked(tmp_path, zipped(tmp_path / "c.zip", [(name, b"a"), ("ada/console.py", b"b")]))
    assert files == {"ada/console.py": b"b"} and "reserved" in skipped[name]


def test_a_name_with_a_nul_is_left_behind_and_not_cut(tmp_path):
    path = zipped(tmp_path / "c.zip", [("ada/ex03.pyXbad", b"a")])
    path.write_bytes(path.read_bytes().replace(b"ex03.pyXbad", b"ex03.py\0bad"))
    files, skipped = unpacked(tmp_path, path)
    assert not files and skipped == {"ada/ex03.py\\x00bad": "its name holds a NUL"}


def test_names_that_a_zip_does_not_mark_are_read_in_their_encoding(tmp_path):
    path = zipped(tmp_path / "c.zip", [("aabbcc/ex03.py", b""), ("ddeeff/ex03.py", b""), ("Rene1/ex03.py", b"")])
    data = path.read_bytes().replace(b"aabbcc", "张三丰".encode("gb2312")).replace(b"ddeeff", "Ünüx".encode())
    path.write_bytes(data.replace(b"Rene1", "René1".encode("cp437")))
    assert set(unpacked(tmp_path, path)[0]) == {"张三丰/ex03.py", "Ünüx/ex03.py", "René1/ex03.py"}


def test_links_and_devices_of_a_tar_are_left_behind(tmp_path):
    path = tmp_path / "c.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, kind in (
            ("link", tarfile.SYMTYPE),
            ("hard", tarfile.LNKTYPE),
            ("null", tarfile.CHRTYPE),
            ("pipe", tarfile.FIFOTYPE),
        ):
            info = tarfile.TarInfo(f"ada/{name}")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("./ada/ex03.py")
        info.size = 1
        archive.addfile(info, io.BytesIO(b"a"))
    files, skipped = unpacked(tmp_path, path)
    assert files == {"ada/ex03.py": b"a"}
    assert skipped == {
        "ada/link": "it is a link", "ada/hard": "it is a link",
        "ada/null": "it is no regular file", "ada/pipe": "it is no regular file",
    }  # fmt: skip


@pytest.mark.parametrize(("kind", "reason"), [(stat.S_IFLNK, "it is a link"), (stat.S_IFIFO, "it is no regular file")])
def test_a_link_or_device_in_a_zip_is_left_behind(tmp_path, kind, reason):
    info = zipfile.ZipInfo("ada/ex03.py")
    info.external_attr = (kind | 0o777) << 16
    files, skipped = unpacked(tmp_path, zipped(tmp_path / "c.zip", [(info, b"/etc/passwd")]))
    assert not files and skipped == {"ada/ex03.py": reason}


def test_names_that_collide_are_named(tmp_path):
    members = [
        ("ada/ex03.py", b"a"), ("ada/EX03.py", b"b"), ("Ada/ex04.py", b"c"), ("ada/ex03.py ", b""), ("ada/ex03.py/ex05.py", b"d"),
        ("x/e\u0301.py", b""), ("x/\u00e9.py", b""),
    ]  # fmt: skip
    files, skipped = unpacked(tmp_path, zipped(tmp_path / "c.zip", members))
    assert set(files) == {"ada/ex03.py", "x/e\u0301.py"} and len(skipped) == 5
    assert "folder has the same name" in skipped["Ada/ex04.py"] and "a file has the name" in skipped["ada/ex03.py/ex05.py"]


def test_a_bomb_is_left_behind(tmp_path):
    files, skipped = unpacked(tmp_path, zipped(tmp_path / "c.zip", [("ada/ex03.py", b"\0" * (8 << 20)), FILES[1]]))
    assert files == {"bob/ex03.py": b"b"} and "too tightly" in skipped["ada/ex03.py"]


def test_a_bomb_that_lies_about_its_size_is_left_behind(tmp_path):
    path = zipped(tmp_path / "c.zip", [("ada/ex03.py", b"\0" * (8 << 20)), FILES[1]])
    path.write_bytes(path.read_bytes().replace((8 << 20).to_bytes(4, "little"), (100).to_bytes(4, "little")))
    files, skipped = unpacked(tmp_path, path)
    assert files == {"bob/ex03.py": b"b"} and "damaged" in skipped["ada/ex03.py"]


def test_a_packed_tar_that_is_too_tight_is_left_behind(tmp_path):
    tarred(tmp_path / "ada.tar.gz", [("ex03.py", b"\0" * (4 << 20))], "w:gz")
    files, skipped = unpacked(tmp_path, tmp_path, file_bytes=1 << 20, ratio=50)
    assert not files and "too tightly" in skipped["ada.tar.gz"]


def test_more_than_the_bounds_is_refused(tmp_path):
    archive = zipped(tmp_path / "c.zip", [(f"{n}/ex03.py", b"a" * 100) for n in range(20)])
    with pytest.raises(UsageError, match="more than"):
        unpacked(tmp_path, archive, files=10)
    with pytest.raises(UsageError, match="more than"):
        unpacked(tmp_path, archive, total_bytes=1000)


def test_one_students_archive_that_holds_too_much_costs_the_others_nothing(tmp_path):
    inner = zipped(tmp_path / "i.zip", [(f"{n}.py", b"a") for n in range(20)]).read_bytes()
    archive = zipped(tmp_path / "c.zip", [("ada/work.zip", inner), *FILES])
    files, skipped = unpacked(tmp_path, archive, nested_files=10)
    assert files == dict(FILES) and "more than 10 files" in skipped["ada/work.zip"]


def test_an_archive_whose_list_alone_is_too_long_is_not_read(tmp_path):
    inner = zipped(tmp_path / "i.zip", [(f"{n:0150}.py", b"") for n in range(400)]).read_bytes()
    files, skipped = unpacked(tmp_path, zipped(tmp_path / "c.zip", [("ada/work.zip", inner), *FILES]), nested_files=100)
    assert files == dict(FILES) and "lists more" in skipped["ada/work.zip"]


def test_an_xz_that_asks_for_too_much_memory_is_not_unpacked(tmp_path):
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 30}]
    (tmp_path / "ada.tar.xz").write_bytes(lzma.compress(b"\0" * 10240, filters=filters))
    files, skipped = unpacked(tmp_path, tmp_path)
    assert not files and "cannot be read" in skipped["ada.tar.xz"]


def test_archives_in_archives_come_out_in_their_place(tmp_path):
    inner = zipped(tmp_path / "inner.zip", [("ex03.py", b"a")]).read_bytes()
    members = [("ada/work.v2.zip", inner), ("bob/bad.zip", b"PK no"), ("cyd/work/ex03.py", b"c"), ("cyd/work.zip", inner)]
    files, skipped = unpacked(tmp_path, zipped(tmp_path / "c.zip", members))
    assert files == {"ada/work.v2/ex03.py": b"a", "cyd/work/ex03.py": b"c", "cyd/work.zip/ex03.py": b"a"}
    assert set(skipped) == {"bob/bad.zip"} and "cannot be read" in skipped["bob/bad.zip"]


def test_archives_in_a_folder_come_out_in_their_place(tmp_path):
    (tmp_path / "class" / "ada").mkdir(parents=True)
    zipped(tmp_path / "class" / "ada" / "work.zip", [("ex03.py", b"a")])
    tarred(tmp_path / "class" / "bob.tar.gz", [("ex03.py", b"b")], "w:gz")
    assert unpacked(tmp_path, tmp_path / "class") == ({"ada/work/ex03.py": b"a", "bob/ex03.py": b"b"}, {})
    assert (tmp_path / "class" / "ada" / "work.zip").is_file()


def test_nesting_has_an_end(tmp_path):
    data = b"x"
    for depth in range(5):
        data = zipped(tmp_path / f"{depth}.zip", [("deep.zip" if depth else "ex03.py", data)]).read_bytes()
    files, skipped = unpacked(tmp_path, tmp_path / "4.zip")
    assert not files and "too deeply" in next(iter(skipped.values()))


def test_an_empty_archive_is_named(tmp_path):
    empty = zipped(tmp_path / "empty.zip", []).read_bytes()
    files, skipped = unpacked(tmp_path, zipped(tmp_path / "c.zip", [("ada/work.zip", empty), *FILES]))
    assert files == dict(FILES) and skipped == {"ada/work.zip": "it is empty"}


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\x03\x04hello"])
def test_what_is_no_archive_is_refused(tmp_path, data):
    path = tmp_path / "c.zip"
    path.write_bytes(data)
    with pytest.raises(UsageError, match=r"c\.zip"):
        unpacked(tmp_path, path)


def test_one_damaged_file_of_a_zip_costs_the_others_nothing(tmp_path):
    path = tmp_path / "c.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ada/ex03.py", b"x = 12345")
        archive.writestr("bob/ex03.py", b"b")
    path.write_bytes(path.read_bytes().replace(b"x = 12345", b"x = 99999"))
    files, skipped = unpacked(tmp_path, path)
    assert files == {"bob/ex03.py": b"b"} and "damaged" in skipped["ada/ex03.py"]


@pytest.mark.parametrize("end", [512 * 2, 512 * 3, 512 * 4])
def test_a_tar_that_breaks_off_is_never_read_as_if_it_were_whole(tmp_path, end):
    path = tarred(tmp_path / "c.tar", [("ada/ex03.py", b"a"), ("bob/ex03.py", b"b"), ("cyd/ex03.py", b"c")])
    path.write_bytes(path.read_bytes()[:end])
    with pytest.raises(UsageError, match="cannot be read"):
        unpacked(tmp_path, path)


def test_a_tar_with_a_damaged_header_is_never_read_as_if_it_ended_there(tmp_path):
    path = tarred(tmp_path / "c.tar", [("ada/ex03.py", b"a"), ("bob/ex03.py", b"b"), ("cyd/ex03.py", b"c")])
    data = bytearray(path.read_bytes())
    data[1024:1030] = b"XXXXXX"
    path.write_bytes(data)
    with pytest.raises(UsageError, match="damaged"):
        unpacked(tmp_path, path)


def test_a_tar_that_ends_in_a_students_zip_is_a_tar(tmp_path):
    inner = zipped(tmp_path / "i.zip", [("bob/ex03.py", b"x = 1")]).read_bytes()
    path = tarred(tmp_path / "class.tar", [("ada/ex03.py", b"a = 1"), ("zoe/work.zip", inner)])
    assert told(read(path)) == {"ada/ex03.py": ("ada", "ex03"), "zoe/work/bob/ex03.py": ("zoe", "ex03")}


def test_an_encrypted_file_is_named(tmp_path):
    path = zipped(tmp_path / "c.zip", FILES)
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    path.write_bytes(data)
    files, skipped = unpacked(tmp_path, path)
    assert files == {"bob/ex03.py": b"b"} and skipped == {"ada/ex03.py": "it is encrypted"}


def test_times_in_a_zip_are_in_utc_where_it_says_so(tmp_path):
    file = tmp_path / "ada" / "ex03.py"
    file.parent.mkdir()
    file.write_text("x = 1")
    os.utime(file, (1_700_000_001, 1_700_000_001))
    extra = b"UT\x05\x00\x01" + (1_700_000_001).to_bytes(4, "little")
    info = zipfile.ZipInfo("ada/ex03.py", (2001, 1, 1, 0, 0, 0))
    info.extra = extra
    zipped(tmp_path / "c.zip", [(info, b"x = 1")])
    assert [s.received_at for s in read(tmp_path / "c.zip").submissions] == ["2023-11-14T22:13:21+00:00"]


DAY, LATER = 1_700_000_000, 1_800_000_000
ON_THE_DAY = "2023-11-14T22:13:20+00:00"


def old_and_young(tmp_path):
    """A zip and a tar whose members bear the times that a student wrote."""
    old = zipped(tmp_path / "old.zip", [(zipfile.ZipInfo("ex03.py", (2000, 1, 1, 0, 0, 0)), b"x = 1")])
    with tarfile.open(tmp_path / "young.tar", "w") as archive:
        info = tarfile.TarInfo("ex04.py")
        info.size, info.mtime = 5, 1 << 33
        archive.addfile(info, io.BytesIO(b"x = 1"))
    return old.read_bytes(), (tmp_path / "young.tar").read_bytes()


def test_what_a_student_packed_is_as_old_as_the_archive_in_a_class_folder(tmp_path):
    old, young = old_and_young(tmp_path)
    inner = zipped(tmp_path / "twice.zip", [("old.zip", old)]).read_bytes()
    for name, data in (("ada.zip", old), ("bob/work.tar", young), ("cyd/twice.zip", inner)):
        path = tmp_path / "class" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (DAY, DAY))
    assert {s.student: s.received_at for s in read(tmp_path / "class").submissions} == dict.fromkeys(
        ("ada", "bob", "cyd"), ON_THE_DAY
    )


def test_what_a_student_packed_is_as_old_as_the_archive_in_the_teachers_archive(tmp_path):
    with tarfile.open(tmp_path / "class.tar", "w") as archive:
        for name, data, when in (
            *zip(("ada.zip", "bob/work.tar"), old_and_young(tmp_path), (DAY, DAY), strict=True),
            ("cyd/ex03.py", b"x = 1", LATER),
        ):
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), when
            archive.addfile(info, io.BytesIO(data))
    times = {s.student: s.received_at for s in read(tmp_path / "class.tar").submissions}
    assert times == {"ada": ON_THE_DAY, "bob": ON_THE_DAY, "cyd": "2027-01-15T08:00:00+00:00"}


def test_a_students_archive_does_not_date_a_whole_download(tmp_path):
    _, young = old_and_young(tmp_path)
    for name, data in (("curiemarie_77_80_work.tar", young), ("hopper_78_81_ex04.py", b"x = 1")):
        (tmp_path / "class").mkdir(exist_ok=True)
        (tmp_path / "class" / name).write_bytes(data)
        os.utime(tmp_path / "class" / name, (DAY, DAY))
    intake = read(tmp_path / "class")
    assert "Canvas" in intake.kind and {(s.received_at, s.seen_at) for s in intake.submissions} == {("", ON_THE_DAY)}


def test_the_top_folder_of_an_archive_is_no_student(tmp_path):
    ada_and_bob = {"ada/ex03.py": ("ada", "ex03"), "bob/ex03.py": ("bob", "ex03")}
    for name, top in (("class.zip", "class"), ("Class (2).zip", "class"), ("other.zip", "class")):
        intake = read(zipped(tmp_path / name, [(f"{top}/{file}", b"x = 1") for file in ada_and_bob] + [("__MACOSX/._a", b"")]))
        assert told(intake) == ada_and_bob and intake.kind.endswith("in class/")
        assert [s.file for s in intake.skipped] == ["__MACOSX"]


def test_a_lone_students_folder_is_no_top_folder(tmp_path):
    archive = zipped(tmp_path / "handed_in.zip", [("ada/ex03/ex03.py", b"x = 1"), ("ada/ex04/ex04.py", b"x = 1")])
    assert {student for student, _ in told(read(archive)).values()} == {"ada"}
    archive = zipped(tmp_path / "one.zip", [("ada/bob/ex03.py", b"x = 1")])
    assert {student for student, _ in told(read(archive)).values()} == {"ada"}


def test_a_lone_students_archive_is_no_top_folder_and_no_learning_systems_download(tmp_path):
    inner = zipped(
        tmp_path / "i.zip", [("bob/ex03.py", b"x = 1"), ("cyd/ex03.py", b"x = 1"), ("eve_6_7_ex04.py", b"x = 1")]
    ).read_bytes()
    for name in ("ada", "assignment_1_export", "class"):
        archive = zipped(tmp_path / "class.zip", [(f"{name}.zip", inner)])
        assert {student for student, _ in told(read(archive)).values()} == {name}


def test_what_tar_itself_writes_is_read(tmp_path):
    (tmp_path / "class" / "ada").mkdir(parents=True)
    (tmp_path / "class" / "ada" / "ex03.py").write_text("x = 1")
    subprocess.run(["tar", "czf", tmp_path / "week1.tgz", "-C", tmp_path / "class", "."], check=True)
    assert told(read(tmp_path / "week1.tgz")) == {"ada/ex03.py": ("ada", "ex03")}
