"""What the commands for a class say fits what is there: unreadable files by their own fault, one thing as one, nothing as nothing."""

import io
import time

import pytest
from conftest import ROOT, answer

from grader.cli import class_progress
from grader.cli.console import Verbatim

UTF8 = {
    "en": "the file is no text in UTF-8: it holds null bytes, as UTF-16 does. Save it as UTF-8.",
    "zh": "文件不是 UTF-8 文本：其中含有空字节，UTF-16 文件就是这样。请以 UTF-8 编码重新保存。",
}
NOTEBOOK = {
    "en": "the file is not a notebook that can be read. Save it in Jupyter again.",
    "zh": "这个文件不是能够读取的笔记本。请在 Jupyter 中重新保存。",
}
FILES = {
    "ada/ex03.py": (answer("ex03").encode("utf-16"), UTF8),
    "bob/ex03.py": (answer("ex03").encode("utf-16-le"), UTF8),
    "cyd/ex03.ipynb": ('{"cells": [], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}'.encode("utf-16"), UTF8),
    "dan/ex03.ipynb": (b'{"cells": [', NOTEBOOK),
}


def test_a_file_of_another_encoding_and_a_damaged_notebook_are_told_as_what_they_are(grade, tmp_path):
    for name, (data, _) in FILES.items():
        (tmp_path / "class" / name).parent.mkdir(parents=True)
        (tmp_path / "class" / name).write_bytes(data)
    book = ("--book", str(tmp_path / "book.db"))
    for language in ("en", "zh"):
        lines = grade("batch", str(tmp_path / "class"), *book, "--lang", language).stdout.splitlines()
        assert grade("report", str(tmp_path / language), *book, "--lang", language).returncode == 0
        for name, (_, said) in FILES.items():
            assert any(name in line and said[language] in line for line in lines)
            for kind in ("html", "md"):
                page = (tmp_path / language / "students" / f"{name[:3]}.{kind}").read_text("utf-8").replace("\\", "")
                assert said[language] in page
        alone = grade("ex03", str(tmp_path / "class" / "ada" / "ex03.py"), "--lang", language)
        assert alone.returncode == 1 and UTF8[language].split()[0] in alone.stdout and "cannot contain" not in alone.stdout


@pytest.mark.parametrize("count", [1, 2])
def test_one_thing_is_written_and_two_are(count, grade, tmp_path):
    for student in range(count):
        (tmp_path / "class" / f"s{student}").mkdir(parents=True)
        (tmp_path / "class" / f"s{student}" / "ex03.py").write_text("x = (")
    book = ("--book", str(tmp_path / "book.db"))
    assert grade("batch", str(tmp_path / "class"), *book).returncode == 0
    told = grade("export", "csv", *book, "-o", str(tmp_path / "points.csv"), cwd=ROOT).stdout
    assert told.endswith("points.csv: 1 row written.\n" if count == 1 else "points.csv: 2 rows written.\n")


def test_nothing_is_said_to_run_where_nothing_runs(monkeypatch):
    class Pool:
        def running(self):
            return []

    monkeypatch.setattr(class_progress, "SECONDS", 0.01)
    out = io.StringIO()
    with class_progress._lines(Verbatim(out, 80), Pool(), 3, str):
        time.sleep(0.2)
    assert "0 of 3 judged\n" in out.getvalue() and "running" not in out.getvalue()
