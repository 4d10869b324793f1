"""What a student has of a handout: the two commands of its README, from a clone and in a fresh environment."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from a_handout import INDEX, Made
from conftest import ROOT, answer

FOLDER = "exercises/ex03_stateless_layer"


def test_the_readme_tells_how_to_begin_hand_in_and_update_and_every_exercise(made):
    from grader.course.exercise import Course

    course = Course.around(made.teacher)
    for name, other in (("README.md", "README.zh.md"), ("README.zh.md", "README.md")):
        text = (made.handout / name).read_text(encoding="utf-8")
        commands = [line.strip() for line in text.splitlines() if line.startswith("    ")]
        assert commands == [
            "python3 -m venv .venv", ". .venv/bin/activate", "python -m pip install -r requirements.txt", "grade ex03",
            "git add exercises", 'git commit -m "ex03"', "git push",
            "git pull --no-rebase ADDRESS main", "python -m pip install -r requirements.txt",
        ]  # fmt: skip
        assert r"`.venv\Scripts\activate`" in text and "*Actions*" in text and "*Tests*" in text
        assert other in text and "$" not in text and len(text) < 5000
        for exercise in course.exercises:
            title = course.configuration(exercise).title.in_language("zh" if ".zh." in name else "en")
            assert f"| [{exercise.short}](exercises/{exercise.id}/) | {title} |" in text
        for link in re.findall(r"\]\(([^)]+)\)", text):
            assert (made.handout / link).exists(), link


@pytest.mark.parametrize(
    ("way", "english", "chinese"),
    [
        ("packed", "packed, not secret", "并不是秘密"),
        ("keyed", "encrypted: they run where your\nteacher's key is", "只有在有老师密钥"),
        ("none", "They are not in this folder", "不在这个文件夹里"),
    ],
)
def test_the_readme_says_honestly_what_became_of_hidden_checks(made, way, english, chinese):
    from grader.course.sealed import new_key

    files = made.files(way, new_key() if way == "keyed" else "").files
    assert english in files["README.md"].decode() and chinese in files["README.zh.md"].decode()


def test_a_requirement_names_the_grader_as_the_teacher_chose(made):
    from grader import __version__
    from grader.author.wheel import Index, Wheel

    def wanted(way: str, source: Wheel | Index) -> str:
        return made.files(way, KEY if way == "keyed" else "", source).files["requirements.txt"].decode()

    (wheel,) = (made.handout / "wheels").iterdir()
    assert f"./wheels/{wheel.name}\n" in (made.handout / "requirements.txt").read_text()
    assert f"./wheels/{wheel.name}[keys]\n" in wanted("keyed", Wheel(wheel.name, b""))
    from_index = wanted("packed", Index(INDEX))
    assert from_index.startswith(f"--index-url {INDEX}\n") and "wheels" not in from_index
    assert f"\ngrade-torch=={__version__}\n" in from_index
    assert f"\ngrade-torch[keys]=={__version__}\n" in wanted("keyed", Index(INDEX))
    assert "--index-url" not in wanted("packed", Wheel(wheel.name, b"")).replace("--extra-index-url", "")


def test_hints_list_and_reset_work_from_the_pack(grade, handout):
    assert "ex14" in grade(cwd=handout).stdout
    assert "1 of" in grade("hint", "ex03", "--lang", "en", cwd=handout).stdout
    starter = (handout / FOLDER / "ex03.py").read_text()
    (handout / FOLDER / "ex03.py").write_text("mine = 1\n")
    assert grade("reset", "ex03", cwd=handout).returncode == 0
    assert (handout / FOLDER / "ex03.py").read_text() == starter and (handout / FOLDER / "ex03.old-1.py").exists()


def test_a_hidden_check_tells_title_cause_and_hint_and_nothing_drawn(grade, handout):
    (handout / FOLDER / "ex03.py").write_text(answer("ex03", "wrong_answer", "caches_the_first_mean"))
    (handout / FOLDER / "test_visible.py").write_text("raise SystemExit\n")
    run = grade("ex03", "--lang", "en", cwd=handout)
    hidden = run.stdout.partition("(hidden)  [wrong answer]")[2].partition("✓")[0]
    assert run.returncode == 1 and "Hint:" in hidden
    assert not re.search(r"Try it yourself|expected:|got:|torch\.tensor", hidden)
    assert "test_visible.py differs from the checks of the course" in run.stderr
    assert grade("ex03", "--as", "teacher", cwd=handout).returncode == 2


def test_a_copy_without_the_key_says_what_hidden_checks_can_still_add(grade, made, tmp_path):
    folder = made.again(tmp_path / "keyed", "keyed", KEY)
    (folder / FOLDER / "ex03.py").write_text(answer("ex03"))
    without = grade("ex03", "--lang", "en", cwd=folder, GRADE_KEY="")
    assert without.returncode == 1
    assert re.search(r"\d of the 6 points hang on 16 hidden checks; they were not run here.\n", without.stdout)
    assert "All" not in without.stdout
    with_key = grade("ex03", "--lang", "en", cwd=folder, GRADE_KEY=KEY)
    assert with_key.returncode == 0 and "16 hidden ones among them" in with_key.stdout


def test_a_students_copies_of_settings_and_folders_change_nothing_and_are_named(grade, handout):
    exercises = handout / "exercises"
    shutil.copytree(handout / FOLDER, exercises / "ex03_backup")
    (handout / FOLDER / "exercise.toml").write_text("broken")
    (exercises / "course.toml").unlink()
    (handout / FOLDER / "ex03.py").write_text("def (\n")
    assert "ex03_backup" not in grade(cwd=handout).stdout
    run = grade("ex03", "--lang", "en", cwd=handout)
    assert run.returncode == 1, run.stderr
    assert run.stdout.count("ex03.py:1") == 1 and "passed over" not in run.stdout
    assert re.search(r"\d of the 6 points hang on 16 hidden checks; none was run: your file could not be loaded", run.stdout)
    assert f"{FOLDER}/exercise.toml differs from the settings of the course." in run.stderr
    assert "No exercise of this course, and not graded: exercises/ex03_backup." in run.stderr
    shutil.rmtree(handout / FOLDER)
    assert grade("reset", "ex03", cwd=handout).returncode == 0 and (handout / FOLDER / "ex03.py").is_file()


@pytest.mark.slow
def test_without_hidden_suites_a_right_answer_loses_nothing_for_sure(made, workers, tmp_path):
    """The visible checks need nothing that stayed at home: what is not theirs to give is pending, and nothing is lost."""
    from grader.course.exercise import Course
    from grader.course.pack import open_pack
    from grader.course.submission import read_submission
    from grader.engine.here import judge_all

    course = Course.around(made.again(tmp_path / "none", "none"))
    for exercise in course.exercises:
        reference = ROOT / "solutions" / exercise.id / "reference.py"
        (judgement,) = judge_all(
            workers, open_pack(course, exercise), [read_submission(reference, exercise.id, "reference.py")]
        )
        assert judgement.score is not None and judgement.score + judgement.pending_points == judgement.max_score, exercise.id
        assert {check.verdict for check in judgement.checks} == {"accepted", "not_run"}


@pytest.mark.slow
def test_a_students_way_from_a_clone_to_full_marks(made, tmp_path):
    clone = cloned(made, tmp_path)
    begin, activate, install, call = readme_commands(clone)[:4]
    script = f"{shlex.join(begin)} && {shlex.join(activate)} && command -v python"
    path = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    made_so = subprocess.run(["sh", "-ec", script], cwd=clone, env=path, capture_output=True, text=True)
    assert made_so.stdout.strip() == str(clone / ".venv" / "bin" / "python"), made_so.stderr
    shutil.rmtree(clone / ".venv")
    python = fresh_environment(clone / ".venv")  # the same with torch in it

    def run(*words: str, code: int = 0) -> str:
        environment = {"PATH": f"{python.parent}:/usr/bin:/bin", "HOME": str(tmp_path), "LANG": "C.UTF-8", "PIP_NO_INDEX": "1"}
        done = subprocess.run(words, cwd=clone, env=environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    run(*install)
    where = run("python", "-P", "-c", "import grader; print(grader.__file__)").strip()
    assert Path(where).is_relative_to(clone / ".venv"), "the wheel's own"
    assert "ex14" in run("grade")
    assert "0 of 6" in run(*call, code=1)
    shutil.copy(
        ROOT / "solutions" / "ex03_stateless_layer" / "wrong_answer" / "caches_the_first_mean.py", clone / FOLDER / "ex03.py"
    )
    wrong = run(*call, code=1)
    assert "[wrong answer]" in wrong and "Hint:" in wrong and "Score: 6 of 6" not in wrong
    shutil.copy(ROOT / "solutions" / "ex03_stateless_layer" / "reference.py", clone / FOLDER / "ex03.py")
    assert "All 25 checks passed, 16 hidden ones among them." in run(*call)
    if sys.platform.startswith("linux"):
        assert "✗" not in run("grade", "doctor")
    changed = subprocess.run(["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True, check=True).stdout
    assert changed.split() == ["M", f"{FOLDER}/ex03.py"], "what is not the student's is ignored"


KEY = "grade1_" + "A" * 42 + "E"


def cloned(made: Made, tmp_path: Path) -> Path:
    """The handout as a repository on a server, and a student's clone of it."""
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]
    teacher, server, clone = tmp_path / "teacher", tmp_path / "server.git", tmp_path / "clone"
    shutil.copytree(made.handout, teacher)
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "The course"]):
        subprocess.run([*git, *words], cwd=teacher, check=True)
    subprocess.run([*git, "clone", "-q", "--bare", str(teacher), str(server)], check=True)
    subprocess.run([*git, "clone", "-q", str(server), str(clone)], check=True)
    return clone


def fresh_environment(folder: Path) -> Path:
    """A new environment with the libraries of this one, as links to the same bytes, and without the grader."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    packages.rmdir()
    ours = sysconfig.get_paths()["purelib"]
    if subprocess.run(["cp", "-al", ours, str(packages)], capture_output=True).returncode:
        subprocess.run(["cp", "-a", ours, str(packages)], check=True)
    for path in [*packages.glob("grade[-_]*"), *packages.glob("*editable*grade*"), *packages.glob("grader")]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return folder / "bin" / "python"


def readme_commands(clone: Path) -> list[list[str]]:
    lines = (clone / "README.md").read_text(encoding="utf-8").splitlines()
    return [shlex.split(line) for line in lines if line.startswith("    ")]


def test_the_readmes_way_to_an_updated_handout_keeps_the_answers(made, tmp_path):
    """The teacher writes the handout anew and pushes it; a student hands in, pulls, and has both."""
    clone = cloned(made, tmp_path)
    teacher, server, own = tmp_path / "teacher", tmp_path / "server.git", tmp_path / "own.git"
    commands = readme_commands(clone)
    hand_in, update = commands[4:7], commands[7]
    git = ["-c", "user.name=t", "-c", "user.email=t@example.org"]

    def run(words: list[str], cwd: Path) -> None:
        words = [str(server) if word == "ADDRESS" else word for word in words]
        done = subprocess.run([words[0], *git, *words[1:]], cwd=cwd, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    run(["git", "clone", "--quiet", "--bare", str(server), str(own)], tmp_path)
    run(["git", "remote", "set-url", "origin", str(own)], clone)
    (clone / FOLDER / "ex03.py").write_text("mine = 1\n")
    for words in hand_in:
        run(words, clone)
    (teacher / FOLDER / "README.md").write_text("A clearer task\n")
    for words in (["git", "commit", "-qam", "Clearer"], ["git", "push", "-q", str(server), "HEAD:main"]):
        run(words, teacher)
    run(update, clone)
    assert (clone / FOLDER / "ex03.py").read_text() == "mine = 1\n"
    assert (clone / FOLDER / "README.md").read_text() == "A clearer task\n"
