"""The rules of the house: layers, sizes, no pickle, catalogues that are fresh, suites that speak both languages."""

import ast
import re
import subprocess
import sys

import pytest
from conftest import ROOT

MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "grader").rglob("*.py")
    if path.name != "__main__.py" and "skeleton" not in path.parts
)
SUITES = sorted([*(ROOT / "exercises").glob("*/test_visible.py"), *(ROOT / "solutions").glob("*/test_hidden.py")])


def test_imports_point_down():
    run = subprocess.run([sys.executable, "-m", "importlinter.cli", "lint"], cwd=ROOT, capture_output=True, text=True)
    if "No module named importlinter.cli" in run.stderr or run.returncode not in (0, 1):
        run = subprocess.run(["lint-imports"], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout


def test_each_module_imports_alone_in_a_fresh_interpreter_with_warnings_as_errors():
    """One interpreter with torch and pytest loaded forks once per module: the same as a fresh one, in a fraction of the time."""
    script = (
        "import os, sys, warnings, torch, pytest, hypothesis, rich.console, click, nbformat, msgspec\n"
        "warnings.simplefilter('error')\nfailed = 0\n"
        "for name in sys.argv[1:]:\n"
        "    pid = os.fork()\n"
        "    if pid == 0:\n"
        "        try:\n            __import__(name)\n"
        "        except BaseException as error:\n            print(name, repr(error)); sys.stdout.flush(); os._exit(1)\n"
        "        os._exit(0)\n"
        "    failed += os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])\n"
        "sys.exit(failed)"
    )
    run = subprocess.run([sys.executable, "-c", script, *MODULES], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def test_nothing_outside_the_worker_unpickles():
    words = re.compile(r"^\s*(import|from) (pickle|dill|cloudpickle|marshal|shelve)\b|torch\.load\(", re.M)
    for path in (ROOT / "grader").rglob("*.py"):
        assert path.parent.name == "worker" or not words.search(path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("path", sorted((ROOT / "grader").rglob("*.py")), ids=lambda p: p.name)
def test_files_and_functions_are_of_a_readable_size(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400, "which noun is hiding in this file?"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno <= 50, node.name


def test_the_chinese_catalogue_is_whole_and_compiled(tmp_path):
    from babel.messages.extract import extract_from_dir
    from babel.messages.mofile import read_mo
    from babel.messages.pofile import read_po

    folder = ROOT / "grader" / "locale" / "zh_CN" / "LC_MESSAGES"
    keywords = {"mark": None, "say": None}
    used = {m[2] for m in extract_from_dir(ROOT / "grader", [("**.py", "python")], keywords=keywords)}
    catalogue = read_po((folder / "grade.po").open("rb"))
    written = {m.id: m.string for m in catalogue if m.id}
    assert used == set(written), used ^ set(written)
    assert all(written.values())
    compiled = {m.id: m.string for m in read_mo((folder / "grade.mo").open("rb")) if m.id}
    assert compiled == written, "compile it: make messages"


@pytest.mark.parametrize("path", SUITES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_every_title_hint_and_diagnosis_has_chinese(path):
    from grader.course.exercise import Course
    from grader.course.settings import read_messages

    exercise = Course.around(ROOT).find(path.parent.name)
    messages = read_messages(exercise)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        decorators = {ast.unparse(d).partition("(")[0] for d in function.decorator_list}
        if "criterion" in decorators:
            assert messages.titles.get(function.name), f"title of {function.name}"
            assert messages.hints.get(function.name), f"hint of {function.name}"
        if "diagnosis" in decorators:
            assert messages.diagnoses.get(function.name), f"diagnosis {function.name}"


@pytest.mark.parametrize("path", SUITES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_every_sentence_of_a_check_has_chinese(path):
    from grader.course.exercise import Course
    from grader.course.settings import read_messages

    words = read_messages(Course.around(ROOT).find(path.parent.name)).words
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "check":
            sentence = node.args[1]
            if isinstance(sentence, ast.Name):
                continue  # a helper's parameter: `verify` asks for the Chinese of every sentence that an answer is told
            assert isinstance(sentence, ast.Constant), "a sentence for students holds nothing that was drawn"
            assert words.get(sentence.value), sentence.value


def test_every_suite_is_proven_as_it_stands():
    from grader.course.exercise import Course
    from grader.course.pack import build_pack

    course = Course.around(ROOT)
    assert all(build_pack(course, exercise).proven for exercise in course.exercises), "run `grade verify`"


def test_both_statements_of_every_exercise_are_there():
    for folder in sorted((ROOT / "exercises").glob("ex*")):
        for name in ("README.md", "README.zh.md"):
            assert len((folder / name).read_text(encoding="utf-8")) > 1000, folder / name


def test_the_transcript_of_the_readme_is_what_grade_prints(grade):
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("    $ grade "))
    end = next(i for i, line in enumerate(lines) if line.startswith("    Score:"))
    printed = iter(line.rstrip() for line in grade(*lines[start].split()[2:], "--lang", "en").stdout.splitlines())
    for line in lines[start + 1 : end + 1]:
        wanted = line.removeprefix("    ").rstrip()
        assert any(wanted == found for found in printed), wanted
