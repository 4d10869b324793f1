"""The command line: what each call does, and the exit code that says how it ended."""

import json
import shutil
import sys
from pathlib import Path

import pytest
from conftest import ROOT, answer

CHECK_KEYS = ["id", "title", "criterion", "gate", "visibility", "verdict", "message", "hint", "example", "seconds"]


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_full_marks_exit_0(grade, tmp_path):
    run = grade("ex03", write(tmp_path / "a.py", answer("ex03")))
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.splitlines()[0].startswith(str(tmp_path / "a.py"))
    assert "Score: 6 of 6" in run.stdout and "hidden" in run.stdout


def test_less_than_full_marks_exit_1_and_show_code_to_paste(grade, tmp_path):
    run = grade("ex03", write(tmp_path / "a.py", answer("ex03", "wrong_answer", "leaky_relu")))
    assert run.returncode == 1
    assert "layer = CustomReLU()" in run.stdout and "expected:" in run.stdout


def test_the_code_to_paste_shows_what_the_report_says(grade, tmp_path):
    import re
    import subprocess

    wrong = answer("ex03", "wrong_answer", "leaky_relu")
    report = json.loads(grade("ex03", write(tmp_path / "a.py", wrong), "--json").stdout)
    (example,) = {c["example"] for c in report["checks"] if c["id"] == "relu_takes_the_larger_of_x_and_zero"}
    (tmp_path / "ex03.py").write_text(wrong)
    run = subprocess.run([sys.executable, "-c", example + "\nprint(y)"], cwd=tmp_path, capture_output=True, text=True)
    assert re.search(r"-0\.\d+", run.stdout), run.stderr  # a negative number that a ReLU would have made 0


@pytest.mark.parametrize("word", ["ex3", "3", "ex03_stateless_layer", "EX03"])
def test_an_exercise_has_several_names(grade, tmp_path, word):
    assert grade(word, write(tmp_path / "a.py", "x = (")).returncode == 1


def test_a_typo_is_asked_about_and_exits_2(grade):
    run = grade("ex03_statles")
    assert run.returncode == 2 and "Did you mean ex03?" in run.stderr


def test_a_misspelt_command_is_asked_about(grade):
    run = grade("verfy")
    assert run.returncode == 2 and "verify" in run.stderr


@pytest.mark.parametrize("words", [("ex03", "no_such.py"), ("ex03", "README.md"), ("hint", "ex99"), ("--lang", "fr")])
def test_wrong_words_exit_2_without_a_traceback(grade, words):
    run = grade(*words)
    assert run.returncode == 2 and "Traceback" not in run.stderr and run.stdout == ""


def test_json_is_one_object_with_the_promised_keys(grade, tmp_path):
    run = grade("ex03", write(tmp_path / "a.py", answer("ex03", "wrong_answer", "mean_detached")), "--json")
    document = json.loads(run.stdout)
    assert list(document) == [
        "schema", "exercise", "submission", "load_error", "notes", "score", "pending_points", "max_score", "criteria", "checks",
        "seed", "suite_digest", "versions", "usage",
    ]  # fmt: skip
    assert document["schema"] == "grade/judgement/v1" and document["score"] == 5.0
    assert list(document["submission"]) == ["file", "sha256"]
    assert list(document["criteria"][0]) == ["id", "title", "points", "max_points"]
    assert all(list(check) == CHECK_KEYS for check in document["checks"])
    assert list(document["usage"]) == ["wall_seconds", "cpu_seconds", "peak_memory_mib"]


def test_json_names_a_load_error(grade, tmp_path):
    document = json.loads(grade("ex03", write(tmp_path / "a.py", "x = (\n"), "--json").stdout)
    assert document["score"] == 0 and document["load_error"]["line"] == 1


def test_standard_input_is_graded(grade):
    run = grade("ex03", "-", stdin=answer("ex03"))
    assert run.returncode == 0 and run.stdout.startswith("standard input")


def test_a_notebook_is_graded(grade, tmp_path):
    from grader.course.starter import notebook_of

    run = grade("ex03", write(tmp_path / "a.ipynb", notebook_of(answer("ex03"))))
    assert run.returncode == 0, run.stdout


def test_a_notebook_with_a_byte_order_mark_is_graded(grade, tmp_path):
    from grader.course.starter import notebook_of

    text = "\ufeff" + notebook_of(answer("ex03"))
    run = grade("ex03", write(tmp_path / "a.ipynb", text))
    assert run.returncode == 0, run.stdout
    run = grade("ex03", "-", stdin=text)
    assert run.returncode == 0, run.stdout


def test_the_untouched_starter_is_graded_gently(grade):
    run = grade("ex03")
    assert run.returncode == 1
    assert "exercises/ex03_stateless_layer/ex03.py" in run.stdout.splitlines()[0]
    assert "still to be written" in run.stdout and "Traceback" not in run.stdout


def test_the_file_that_differs_from_its_starter_is_graded_and_two_are_asked_about(grade, course_copy):
    folder = course_copy / "exercises" / "ex03_stateless_layer"
    from grader.course.starter import notebook_of

    (folder / "ex03.ipynb").write_text(notebook_of(answer("ex03")))
    run = grade("ex03", cwd=course_copy)
    assert run.returncode == 0 and "ex03.ipynb" in run.stdout.splitlines()[0]
    (folder / "ex03.py").write_text(answer("ex03"))
    run = grade("ex03", cwd=course_copy)
    assert run.returncode == 2 and "ex03.py" in run.stderr and "ex03.ipynb" in run.stderr


def test_a_starter_that_an_editor_saved_anew_does_not_count_beside_an_answer(grade, course_copy):
    from grader.course.starter import notebook_of

    folder = course_copy / "exercises" / "ex03_stateless_layer"
    starter = (folder / "ex03.py").read_text(encoding="utf-8")
    (folder / "ex03.py").write_text("\ufeff# my notes\n" + starter, encoding="utf-8", newline="\r\n")
    (folder / "ex03.ipynb").write_text("\ufeff" + notebook_of(answer("ex03")), encoding="utf-8", newline="\r\n")
    run = grade("ex03", cwd=course_copy)
    assert run.returncode == 0 and "ex03.ipynb" in run.stdout.splitlines()[0], run.stdout + run.stderr


def test_list_shows_how_far_the_student_is(grade, course_copy):
    (course_copy / "exercises" / "ex03_stateless_layer" / "ex03.py").write_text(answer("ex03"))
    grade("ex03", cwd=course_copy)
    run = grade(cwd=course_copy)
    assert run.returncode == 0 and run.stdout == grade("list", cwd=course_copy).stdout
    assert "6 ✓" in run.stdout and "ex01" in run.stdout


def test_hints_come_one_by_one(grade, course_copy):
    first, second = grade("hint", "ex03", cwd=course_copy).stdout, grade("hint", "ex03", cwd=course_copy).stdout
    assert first != second and "1 of" in first and "2 of" in second


def test_reset_keeps_the_old_file_beside_the_starter(grade, course_copy):
    folder = course_copy / "exercises" / "ex03_stateless_layer"
    starter = (folder / "ex03.py").read_text()
    (folder / "ex03.py").write_text("mine = 1\n")
    assert grade("reset", "ex03", cwd=course_copy).returncode == 0
    assert (folder / "ex03.py").read_text() == starter
    assert (folder / "ex03.old-1.py").read_text() == "mine = 1\n"


def test_an_edited_copy_of_the_visible_suite_is_named_and_never_run(grade, course_copy):
    make_handout(course_copy, (), "packed")
    (course_copy / "exercises" / "ex03_stateless_layer" / "test_visible.py").write_text("raise SystemExit('run')\n")
    run = grade("ex03", write(course_copy / "a.py", answer("ex03")), cwd=course_copy)
    assert run.returncode == 0 and "test_visible.py differs" in run.stderr


def make_handout(folder, absent, way):
    """Make a student's copy of a teacher's: ex03's checks in a pack, and no solutions."""
    from grader.course.exercise import Course
    from grader.course.pack import packs_as_file

    pack = packs_as_file(Course.around(folder), {"ex03_stateless_layer": absent}, way)
    (folder / "exercises" / "course.pack").write_bytes(pack)
    shutil.rmtree(folder / "solutions")


def test_hidden_checks_that_are_not_here_are_pending_and_never_full_marks(grade, course_copy):
    from grader.course.pack import HiddenCheck
    from grader.model import Text

    absent = (HiddenCheck("h1", Text("A hidden check"), "values", False), HiddenCheck("h2", Text("Another"), "modes", False))
    make_handout(course_copy, absent, "none")
    file = write(course_copy / "a.py", answer("ex03"))
    run = grade("ex03", file, cwd=course_copy)
    assert run.returncode == 1 and "hang on 2 hidden checks; they were not run here." in run.stdout and "All" not in run.stdout
    document = json.loads(grade("ex03", file, "--json", cwd=course_copy).stdout)
    assert document["pending_points"] > 0 and document["score"] + document["pending_points"] == 6


def test_a_teachers_report_needs_solutions(grade, course_copy):
    shutil.rmtree(course_copy / "solutions")
    assert grade("ex03", "--as", "teacher", cwd=course_copy).returncode == 2


def test_a_teacher_sees_the_example_of_a_hidden_check(grade, tmp_path):
    file = write(tmp_path / "a.py", answer("ex03", "wrong_answer", "caches_the_first_mean"))
    student, teacher = grade("ex03", file), grade("ex03", file, "--as", "teacher")
    assert len(teacher.stdout) > len(student.stdout) and "CenteredLayer()" in teacher.stdout


def test_a_copy_without_checks_says_where_to_get_them_and_exits_3(grade, course_copy):
    shutil.rmtree(course_copy / "solutions")
    run = grade("ex03", cwd=course_copy)
    assert run.returncode == 3 and "handout" in run.stderr


def test_a_fault_of_the_course_names_file_and_place_and_exits_3(grade, course_copy):
    file = course_copy / "exercises" / "ex03_stateless_layer" / "exercise.toml"
    file.write_text(file.read_text().replace("points = 2", 'points = "two"', 1))
    run = grade("ex03", cwd=course_copy)
    assert run.returncode == 3 and "exercise.toml" in run.stderr and "criteria[" in run.stderr


def test_outside_a_course_it_says_so_and_exits_2(grade, tmp_path):
    assert grade("list", cwd=tmp_path).returncode == 2


def test_help_answers_without_torch(grade):
    code = "import sys; sys.modules['torch'] = None\nfrom grader.cli.main import main\nmain(sys.argv[1:])"
    import subprocess

    for words in (["--help"], ["--version"], ["verify", "--help"], ["ex03", "--help"]):
        run = subprocess.run([sys.executable, "-c", code, *words], cwd=ROOT, capture_output=True, text=True)
        assert run.returncode == 0 and run.stdout, run.stderr


def test_no_color_is_honoured(grade, tmp_path):
    file = write(tmp_path / "a.py", answer("ex03"))
    assert "\x1b" not in grade("ex03", file, NO_COLOR="1", FORCE_COLOR="").stdout


def test_chinese_by_option_and_by_locale(grade, tmp_path):
    file = write(tmp_path / "a.py", answer("ex03", "wrong_answer", "leaky_relu"))
    by_option, by_locale = grade("ex03", file, "--lang", "zh").stdout, grade("ex03", file, LANG="zh_CN.UTF-8").stdout
    assert by_option == by_locale and "得分" in by_option


def test_doctor_shows_the_walls(grade):
    run = grade("doctor")
    assert run.returncode == 0 and "Landlock" in run.stdout and "seccomp" in run.stdout


def test_stubs_check_names_a_stale_starter_and_exits_3(grade, course_copy):
    assert grade("stubs", "--check", cwd=course_copy).returncode == 0
    (course_copy / "exercises" / "ex03_stateless_layer" / "ex03.py").write_text("stale\n")
    run = grade("stubs", "--check", cwd=course_copy)
    assert run.returncode == 3 and "ex03.py" in run.stdout
    grade("stubs", cwd=course_copy)
    assert grade("stubs", "--check", cwd=course_copy).returncode == 0


@pytest.mark.parametrize("moment", ["importing torch", "judging"])
def test_ctrl_c_exits_130(tmp_path, moment):
    import os
    import signal
    import subprocess
    import time

    endless = answer("ex03").replace("return torch.maximum", "while True: pass\n        return torch.maximum")
    file = write(tmp_path / "a.py", endless)
    process = subprocess.Popen(
        [sys.executable, "-m", "grader.cli", "ex03", file], cwd=ROOT, stdout=-1, stderr=-1, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # tests may run in the background, where it is ignored
    )  # fmt: skip
    about = Path("/proc", str(process.pid))
    torch, template = about / "maps", about / "task" / str(process.pid) / "children"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (
        "libtorch" in torch.read_text() if moment == "importing torch" else template.read_text()
    ):
        time.sleep(0.05)
    time.sleep(0.1 if moment == "importing torch" else 4)
    os.killpg(process.pid, signal.SIGINT)
    said, complaints = process.communicate(timeout=60)
    assert process.returncode == 130, said.decode() + complaints.decode()
    assert said == b"" and complaints.split() == [b"Stopped."]
