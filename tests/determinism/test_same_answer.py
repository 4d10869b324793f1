"""The same submission gets the same JSON, byte for byte but for seconds and usage; the same points on another machine."""

import json
import os

import pytest
from conftest import ROOT, answer


def cleaned(text):
    document = json.loads(text)
    document.pop("usage")
    for check in document["checks"]:
        check.pop("seconds")
    return document


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.py"
    path.write_text(answer("ex03", "wrong_answer", "mean_per_column"))
    return path


def test_50_gradings_give_the_same_json(workers, file):
    import msgspec

    from grader.course.exercise import Course
    from grader.course.pack import build_pack
    from grader.course.submission import read_submission
    from grader.engine.here import judge_all
    from grader.report.json import as_json

    course = Course.around(ROOT)
    exercise = course.find("ex03")
    submission = read_submission(file, exercise.id, "a.py")
    pack = msgspec.structs.replace(build_pack(course, exercise), proven=True)
    judged = judge_all(workers, pack, [submission] * 50)
    assert len({json.dumps(cleaned(as_json(j, "teacher", "en"))) for j in judged}) == 1


def test_another_folder_locale_and_other_modules_change_nothing(grade, file, course_copy, tmp_path):
    plain = grade("ex03", str(file), "--json")
    elsewhere = grade("ex03", str(file), "--json", cwd=course_copy)
    locale = grade(
        "ex03", str(file), "--json", "--lang", "en", LC_ALL="C", PYTHONHASHSEED="7", CI="true", PYTEST_ADDOPTS="-k nothing"
    )
    site = tmp_path / "site"
    site.mkdir()
    (site / "constants_of_mine.py").write_text("NUMBERS = [3, 5, 17, 255, 12345, 'text']\n")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import constants_of_mine, sqlite3, decimal\n"
        "from grader.cli.main import main; main(sys.argv[2:])"
    )
    import subprocess
    import sys

    modules = subprocess.run(
        [sys.executable, "-c", code, str(site), "ex03", str(file), "--json", "--lang", "en"], cwd=ROOT, capture_output=True, text=True,
        env={**os.environ, "LANG": "C.UTF-8"},
    )  # fmt: skip
    wanted = cleaned(plain.stdout)
    assert cleaned(elsewhere.stdout) == cleaned(locale.stdout) == cleaned(modules.stdout) == wanted


@pytest.mark.slow
@pytest.mark.parametrize("word", ["ex01", "ex02", "ex03", "ex04"])
def test_known_answers_get_the_same_verdicts_under_the_default_cpu_capability(grade, word, tmp_path):
    """Other vector instructions round otherwise; no verdict may hang on that."""
    code = (
        "import sys, json\nfrom pathlib import Path\nfrom grader.cli.warm import start_workers\nworkers = start_workers()\n"
        "from grader.course.exercise import Course\nfrom grader.course.pack import build_pack\n"
        "from grader.author.known import known_answers\nfrom grader.engine.here import judge_all\n"
        "course = Course.around(Path.cwd()); exercise = course.find(sys.argv[1]); pack = build_pack(course, exercise)\n"
        "known = [a for a in known_answers(course, exercise, pack) if a.name != 'never_returns']\n"
        "judged = judge_all(workers, pack, [a.submission for a in known])\n"
        "print(json.dumps([[a.name, j.score, [c.verdict for c in j.checks]] for a, j in zip(known, judged)]))\nworkers.close()\n"
    )
    import subprocess
    import sys

    def run(**environment):
        command = [sys.executable, "-c", code, word]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, **environment})
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    assert run() == run(ATEN_CPU_CAPABILITY="default")


def test_what_a_submission_draws_while_it_loads_is_the_same_in_every_process(grade, tmp_path):
    drawing = tmp_path / "drawing.py"
    drawing.write_text("import random\n" + answer("ex03") + "\nprint(torch.randn(3), random.random())\n")
    first, second = (json.loads(grade("ex03", str(drawing), "--json").stdout) for _ in range(2))
    assert "tensor(" in first["notes"][0]["text"] and first["notes"] == second["notes"]


def test_the_order_of_a_set_is_the_same_in_every_run(grade, tmp_path):
    file = tmp_path / "ex03.py"
    file.write_text('print({"ada", "bob", "cyd", "dan", "eve"})\n' + answer("ex03"))
    runs = [json.loads(grade("ex03", str(file), "--json", PYTHONHASHSEED=seed).stdout) for seed in ("1", "2", "random")]
    printed = [run["notes"] for run in runs]
    assert printed[0] == printed[1] == printed[2] and "eve" in str(printed[0])
