"""An archive gives back its regular files, inside the folder and within bounds; the rest is named with the reason."""

import io
import tarfile
import zipfile

import pytest

from grader.errors import UsageError
from grader.intake.archives import Bounds, Unpacking, top_of


def zipped(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def unpacked(tmp_path, archive, **bounds):
    into = tmp_path / "into"
    into.mkdir()
    unpacking = Unpacking(into, Bounds(**bounds))
    unpacking.unpack(archive)
    files = {p.relative_to(into).as_posix(): p.read_bytes() for p in into.rglob("*") if p.is_file()}
    return files, {s.file: s.reason for s in unpacking.skipped}


def test_the_files_of_a_zip_come_out(tmp_path):
    archive = zipped(tmp_path / "c.zip", [("ada/ex03.py", b"a"), ("bob/ex03.py", b"b")])
    assert unpacked(tmp_path, archive) == ({"ada/ex03.py": b"a", "bob/ex03.py": b"b"}, {})


@pytest.mark.parametrize("name", ["../ex03.py", "/etc/ex03.py", "ada/../../ex03.py", "C:/ex03.py", "ada\\ex03.py"])
def test_a_name_that_leads_out_is_left_behind(tmp_path, name):
    info = zipfile.ZipInfo("x")
    info.filename = name
    files, skipped = unpacked(tmp_path, zipped(tmp_path / "c.zip", [(info, b"a")]))
    assert not files and "leads out" in next(iter(skipped.values()))
    assert [p.name for p in tmp_path.iterdir()].count("ex03.py") == 0


def test_links_and_devices_of_a_tar_are_left_behind(tmp_path):
    path = tmp_path / "c.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, kind in (("ada/link", tarfile.SYMTYPE), ("ada/hard", tarfile.LNKTYPE), ("ada/null", tarfile.CHRTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("./ada/ex03.py")
        info.size = 1
        archive.addfile(info, io.BytesIO(b"a"))
    files, skipped = unpacked(tmp_path, path)
    assert files == {"ada/ex03.py": b"a"} and set(skipped) == {"ada/link", "ada/hard", "ada/null"}


def test_a_link_in_a_zip_is_left_behind(tmp_path):
    info = zipfile.ZipInfo("ada/ex03.py")
    info.external_attr = 0o120777 << 16
    files, skipped = unpacked(tmp_path, zipped(tmp_path / "c.zip", [(info, b"/etc/passwd")]))
    assert not files and skipped == {"ada/ex03.py": "it is a link"}


def test_names_that_collide_are_named(tmp_path):
    archive = zipped(
        tmp_path / "c.zip", [("ada/ex03.py", b"a"), ("Ada/EX03.py", b"b"), ("e\u0301.py", b""), ("\u00e9.py", b"")]
    )
    files, skipped = unpacked(tmp_path, archive)
    assert len(files) == 2 and set(skipped) == {"Ada/EX03.py", "\u00e9.py"}


def test_a_bomb_is_left_behind(tmp_path):
    files, skipped = unpacked(tmp_path, zipped(tmp_path / "c.zip", [("ada/ex03.py", b"\0" * (8 << 20))]))
    assert not files and "too tightly" in skipped["ada/ex03.py"]


def test_more_than_the_bounds_is_refused(tmp_path):
    archive = zipped(tmp_path / "c.zip", [(f"{n}/ex03.py", b"a" * 100) for n in range(20)])
    with pytest.raises(UsageError, match="more than"):
        unpacked(tmp_path, archive, files=10)


def test_archives_in_archives_come_out_in_their_place(tmp_path):
    inner = zipped(tmp_path / "inner.zip", [("ex03.py", b"a")]).read_bytes()
    files, skipped = unpacked(tmp_path, zipped(tmp_path / "c.zip", [("ada/work.zip", inner), ("bob/bad.zip", b"PK no")]))
    assert files == {"ada/work/ex03.py": b"a"} and "cannot be read" in skipped["bob/bad.zip"]


def test_nesting_has_an_end(tmp_path):
    data = b"x"
    for depth in range(5):
        data = zipped(tmp_path / f"{depth}.zip", [("deep.zip" if depth else "ex03.py", data)]).read_bytes()
    files, skipped = unpacked(tmp_path, tmp_path / "4.zip")
    assert not files and "too deeply" in next(iter(skipped.values()))


def test_what_is_no_archive_is_refused(tmp_path):
    path = tmp_path / "c.zip"
    path.write_bytes(b"hello")
    with pytest.raises(UsageError, match="archive"):
        unpacked(tmp_path, path)


def test_the_top_folder_of_an_archive_is_no_student(tmp_path):
    (tmp_path / "class" / "ada").mkdir(parents=True)
    (tmp_path / "class" / "bob").mkdir()
    assert top_of(tmp_path) == tmp_path / "class"
    (tmp_path / "class" / "ex03.py").touch()
    assert top_of(tmp_path) == tmp_path
