"""`grade report` writes a page for each student, where no id can lead it elsewhere or onto another student's page."""

import errno
import os
import subprocess
import sys

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from grader.cli.options import Settings
from grader.cli.reports import Wanted, write_reports
from grader.errors import UsageError
from grader.gradebook.book import open_gradebook
from grader.model import Student
from grader.report.filenames import file_stem

EN = Settings("en", "student", False)
IDS = [
    "ada",
    "Ada",
    "ADA",
    "../../ada",
    "/etc/passwd",
    "..",
    ".",
    "",
    "con",
    "a b",
    "王小明",
    "x" * 300,
    "a/b",
    "a\\b",
    "<b>",
    "-rf",
]


@pytest.fixture
def book(tmp_path, monkeypatch):
    """A gradebook of students whose ids no one would choose."""
    monkeypatch.chdir(ROOT)
    file = tmp_path / "gradebook.db"
    with open_gradebook(file) as gradebook:
        gradebook.add_students([Student(student) for student in IDS])
    return file


def test_every_student_has_a_page_of_their_own_inside_the_folder(book, tmp_path):
    folder = tmp_path / "reports"
    assert write_reports(Settings("en", "student", False), Wanted(str(folder), (), str(book))) == 0
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    pages = {name for name in written if name.startswith("reports/students/")}
    assert {name.split("/")[0] for name in written} <= {"reports", "gradebook.db", "gradebook.db-lock"}
    assert len({name.casefold() for name in pages}) == 2 * len(IDS)
    assert "reports/index.html" in written
    assert "reports/students/ada.html" in pages and "reports/students/ada.md" in pages
    for student in IDS:
        text = (folder / "students" / f"{file_stem(student)}.md").read_text("utf-8")
        assert text.startswith("# ")


def test_one_students_pages_alone(book, tmp_path):
    folder = tmp_path / "reports"
    assert write_reports(Settings("zh", "student", False), Wanted(str(folder), ("ada",), str(book))) == 0
    assert sorted(p.name for p in folder.rglob("*") if p.is_file()) == [".grade-report.json", "ada.html", "ada.md"]
    assert 'lang="zh-CN"' in (folder / "students" / "ada.html").read_text("utf-8")
    with pytest.raises(UsageError, match="no student adaa") as error:
        write_reports(Settings("en", "student", False), Wanted(str(folder), ("adaa",), str(book)))
    assert error.value.hint == "Did you mean ada?"


def test_a_file_of_ones_own_is_never_overwritten(book, tmp_path):
    folder = tmp_path / "site"
    (folder / "students").mkdir(parents=True)
    (folder / "notes.txt").write_text("mine")
    (folder / "index.html").write_text("my page")
    with pytest.raises(UsageError, match=r"did not write: index\.html") as error:
        write_reports(EN, Wanted(str(folder), (), str(book)))
    assert "move it away" in error.value.hint and (folder / "index.html").read_text() == "my page"
    assert sorted(p.name for p in folder.rglob("*")) == ["index.html", "notes.txt", "students"], "nothing was written at all"
    (folder / "index.html").rename(folder / "mine.html")
    for _ in range(2):
        assert write_reports(EN, Wanted(str(folder), (), str(book))) == 0
    assert (folder / "mine.html").read_text() == "my page" and (folder / "notes.txt").read_text() == "mine"
    (folder / "students" / "ada.md").unlink()
    (folder / "students" / "ada.md").symlink_to(folder / "notes.txt")
    with pytest.raises(UsageError, match=r"did not write: students/ada\.md"):
        write_reports(EN, Wanted(str(folder), ("ada",), str(book)))
    assert (folder / "notes.txt").read_text() == "mine"


def test_pages_of_who_is_gone_go_and_only_they(book, tmp_path, capsys):
    folder = tmp_path / "reports"
    assert write_reports(EN, Wanted(str(folder), (), str(book))) == 0
    (folder / "students" / "by_hand.html").write_text("mine")
    with open_gradebook(tmp_path / "next.db") as gradebook:
        gradebook.add_students([Student("ada"), Student("zoe")])
    assert write_reports(EN, Wanted(str(folder), ("ada",), str(book))) == 0
    assert len(list(folder.glob("students/*.md"))) == len(IDS), "one student's page is no word on the others"
    capsys.readouterr()
    assert write_reports(EN, Wanted(str(folder), (), str(tmp_path / "next.db"))) == 0
    assert f"{2 * len(IDS) - 2} files." in capsys.readouterr().out
    left = sorted(path.name for path in (folder / "students").iterdir())
    assert left == ["ada.html", "ada.md", "by_hand.html", "zoe.html", "zoe.md"]


def test_a_list_of_pages_that_names_files_elsewhere_is_not_believed(book, tmp_path):
    (tmp_path / "reports").mkdir()
    victim = tmp_path / "victim.html"
    victim.write_text("mine")
    listed = '{"schema": "grade/report/v1", "files": ["../victim.html"]}'
    (tmp_path / "reports" / ".grade-report.json").write_text(listed)
    with pytest.raises(UsageError, match="was not written by"):
        write_reports(EN, Wanted(str(tmp_path / "reports"), (), str(book)))
    assert victim.read_text() == "mine"


def test_a_page_is_there_whole_or_as_it_was(book, tmp_path, monkeypatch):
    folder = tmp_path / "reports"
    assert write_reports(EN, Wanted(str(folder), (), str(book))) == 0
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def full(descriptor):
        if os.fstat(descriptor).st_size > 5_000:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("grader.report.whole.os.fsync", full)
    with pytest.raises(UsageError, match="No space left"):
        write_reports(Settings("zh", "student", False), Wanted(str(folder), (), str(book)))
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert {path: after[path] for path in before if path.suffix == ".html"} == {
        p: before[p] for p in before if p.suffix == ".html"
    }
    assert after.keys() == before.keys(), "and nothing half written lies beside it"
    monkeypatch.undo()
    monkeypatch.chdir(ROOT)
    assert write_reports(EN, Wanted(str(folder), (), str(book))) == 0


def test_what_cannot_be_written_is_said(book, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        write_reports(Settings("en", "student", False), Wanted(str(tmp_path / "file"), ("ada",), str(book)))
    with open_gradebook(tmp_path / "empty.db"):
        pass
    with pytest.raises(UsageError, match="There is nobody in"):
        write_reports(Settings("en", "student", False), Wanted(str(tmp_path / "r"), (), str(tmp_path / "empty.db")))


@given(st.lists(st.text(max_size=12), min_size=2, max_size=2, unique=True))
def test_two_ids_never_share_a_file_even_where_case_does_not_count(ids):
    one, two = map(file_stem, ids)
    assert one.casefold() != two.casefold()
    assert one.isascii() and one and not set(one) & set('/\\:*?"<>| \x00') and not one.startswith(".") and len(one) < 100


@pytest.mark.parametrize("student", ["ada", "20001", "s.v-1_x"])
def test_a_plain_id_is_its_own_file_name(student):
    assert file_stem(student) == student


def test_a_file_name_that_looks_marked_is_marked_itself():
    assert file_stem(file_stem("Ada")) != file_stem("Ada")


def test_from_handing_in_to_the_page(grade, tmp_path):
    wrong = ROOT / "solutions" / "ex04_linear_layer" / "wrong_answer" / "weight_data_in_forward.py"
    handed_in = tmp_path / "class" / "ada" / "ex04.py"
    handed_in.parent.mkdir(parents=True)
    handed_in.write_bytes(wrong.read_bytes())
    file, folder = str(tmp_path / "b.db"), tmp_path / "reports"
    assert grade("batch", str(tmp_path / "class"), "--book", file).returncode == 0
    run = grade("report", str(folder), "--book", file, "--lang", "en")
    assert run.returncode == 0 and "Reports of one student" in run.stdout and run.stderr == ""
    page = (folder / "students" / "ada.html").read_text("utf-8")
    assert 'cuts the result off from autograd (<a class="place" href="#e1c1-13">ex04.py:13</a>)' in page
    assert '<span id="e1c1-13"><span class="hll">' in page
    assert "students/ada.html" in (folder / "index.html").read_text("utf-8")


@pytest.mark.parametrize("missing", ["jinja2", "pygments"])
def test_a_library_that_is_missing_is_named_with_its_cure(missing, book, tmp_path):
    script = f"import sys; sys.modules[{missing!r}] = None; from grader.cli.main import main; main(sys.argv[1:])"
    words = ["report", str(tmp_path / "reports"), "--book", str(book)]
    run = subprocess.run([sys.executable, "-c", script, *words], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 4 and missing in run.stderr and "pip install -e '.[teacher]'" in run.stderr
