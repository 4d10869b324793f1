"""A file is carried from one worker's folder to another's, whatever either submission left there."""

import pytest

from grader.bridge.failures import StudentError
from grader.judge.fixtures import carry


@pytest.fixture
def folders(tmp_path):
    for name in ("source", "target"):
        (tmp_path / name).mkdir()
    return tmp_path / "source", tmp_path / "target"


@pytest.mark.parametrize("in_the_way", ["nothing", "file", "folder", "link"])
def test_the_file_takes_the_place_of_what_loading_left_there(folders, tmp_path, in_the_way):
    source, target = folders
    (source / "net.pt").write_bytes(b"weights")
    other = tmp_path / "other"
    other.write_bytes(b"untouched")
    if in_the_way == "file":
        (target / "net.pt").write_bytes(b"old")
    elif in_the_way == "folder":
        (target / "net.pt").mkdir()
        (target / "net.pt" / "inside").touch()
    elif in_the_way == "link":
        (target / "net.pt").symlink_to(other)
    carry(source, target, "net.pt")
    assert (target / "net.pt").read_bytes() == b"weights" and not (target / "net.pt").is_symlink()
    assert other.read_bytes() == b"untouched"


@pytest.mark.parametrize("instead", ["nothing", "folder", "link"])
def test_what_is_no_regular_file_is_not_carried(folders, tmp_path, instead):
    source, target = folders
    if instead == "folder":
        (source / "net.pt").mkdir()
    elif instead == "link":
        (source / "net.pt").symlink_to("/etc/passwd")
    with pytest.raises(StudentError, match=r"net\.pt"):
        carry(source, target, "net.pt")
    assert not list(target.iterdir())
