"""The grader as a handout carries it: built from its repository, with a version of its own for each content."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT

from grader.author.wheel import SOURCES, build_wheel
from grader.errors import MachineError
from grader.judge.conditions import versions
from grader.package import how_to_get


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A copy of the grader's own repository; the grader believes that it runs from there."""
    import grader

    (tmp_path / "own").mkdir()
    for name in SOURCES:
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, tmp_path / "own" / name)
    monkeypatch.setattr(grader, "__file__", str(tmp_path / "own" / "grader" / "__init__.py"))
    return tmp_path / "own"


def test_a_version_changes_with_the_content_and_only_with_it(repository):
    first = build_wheel()
    assert re.fullmatch(r"grade_torch-0\.1\.0\+[0-9a-f]{8}-py3-none-any\.whl", first.name)
    assert build_wheel() == first
    assert '__version__ = "0.1.0"' in (repository / "grader" / "__init__.py").read_text(), "the repository is as it was"
    with (repository / "grader" / "judge" / "score.py").open("a") as file:
        file.write("# another way to count\n")
    assert build_wheel().name != first.name


@pytest.mark.slow
def test_pip_takes_the_grader_of_an_updated_handout(repository, tmp_path):
    """It keeps what it has where a wheel has the same version, whatever is in it."""
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    python = environment / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]

    def installed():
        wheel = build_wheel()
        (tmp_path / "wheels").mkdir(exist_ok=True)
        (tmp_path / "wheels" / wheel.name).write_bytes(wheel.data)
        (tmp_path / "requirements.txt").write_text(f"./wheels/{wheel.name}[keys]\n")
        subprocess.run([*pip, "-r", "requirements.txt"], cwd=tmp_path, check=True)
        (packages,) = environment.glob("lib/python*/site-packages")
        return (packages / "grader" / "judge" / "score.py").read_text(), (packages / "grader" / "__init__.py").read_text()

    assert "another way" not in installed()[0]
    with (repository / "grader" / "judge" / "score.py").open("a") as file:
        file.write("# another way to count\n")
    score, version = installed()
    assert "another way" in score and re.search(r'__version__ = "0\.1\.0\+[0-9a-f]{8}"', version)


def test_judgements_of_one_version_can_be_compared_whatever_build_made_them(monkeypatch):
    from grader.judge import conditions

    conditions._our_versions.cache_clear()
    plain = versions()
    monkeypatch.setattr(conditions, "__version__", "0.1.0+5f0c2a91")
    conditions._our_versions.cache_clear()
    assert versions() == plain and plain["grade"] == "0.1.0"
    conditions._our_versions.cache_clear()


def test_a_wheel_needs_the_graders_repository_and_says_so(repository):
    (repository / "pyproject.toml").write_text('[project]\nname = "other"\n')
    with pytest.raises(MachineError, match="its own repository") as caught:
        build_wheel()
    assert "pip install -e ." in caught.value.hint and "--grader index --index-url URL" in caught.value.hint


def test_a_wheel_needs_a_builder_and_says_so(monkeypatch):
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MachineError, match="hatchling") as caught:
        build_wheel()
    assert caught.value.hint.startswith("pip install -e ")


# ---- what to install -----------------------------------------------------------------------------------------------------


def installed_as_a_copy(monkeypatch, tmp_path):
    import grader

    monkeypatch.setattr(grader, "__file__", str(tmp_path / "site-packages" / "grader" / "__init__.py"))


def test_in_the_graders_repository_what_is_missing_comes_from_there(monkeypatch, tmp_path):
    monkeypatch.chdir(ROOT)
    assert how_to_get("teacher") == "pip install -e '.[teacher]'"
    monkeypatch.chdir(tmp_path)
    assert how_to_get("teacher").replace("'", "") == f"pip install -e {ROOT}[teacher]"
    installed_as_a_copy(monkeypatch, tmp_path)
    monkeypatch.chdir(ROOT)
    assert how_to_get("teacher") == "pip install '.[teacher]'"
    monkeypatch.chdir(ROOT / "exercises")
    assert how_to_get("keys").replace("'", "") == f"pip install {ROOT}[keys]"


def test_in_a_handout_it_comes_from_the_wheel_that_lies_there(monkeypatch, tmp_path):
    installed_as_a_copy(monkeypatch, tmp_path)
    (tmp_path / "handout" / "wheels").mkdir(parents=True)
    (tmp_path / "handout" / "wheels" / "grade_torch-0.1.0+5f0c2a91-py3-none-any.whl").touch()
    monkeypatch.chdir(tmp_path / "handout")
    assert how_to_get("keys") == "pip install './wheels/grade_torch-0.1.0+5f0c2a91-py3-none-any.whl[keys]'"


def test_elsewhere_no_name_is_given_that_is_a_strangers_package_on_an_index(monkeypatch, tmp_path):
    installed_as_a_copy(monkeypatch, tmp_path)
    monkeypatch.chdir(tmp_path)
    assert "pip install" not in how_to_get("teacher") and "[teacher]" in how_to_get("teacher")


def test_nothing_in_the_house_tells_anyone_to_install_the_strangers_package():
    told = re.compile(r"""pip install ['"]?grade\b(?!-torch)""")
    for place in ("grader", "README.md", "SECURITY.md", "Dockerfile", "Makefile", ".github"):
        for path in [ROOT / place, *(ROOT / place).rglob("*")]:
            if path.is_file() and path.suffix in (".py", ".md", ".txt", ".yml", ".po", "", ".sh"):
                assert not told.search(path.read_text(encoding="utf-8")), path
