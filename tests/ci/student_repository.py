"""A student's repository as a handout leaves it, with a bare remote, and the environment that a CI system sets."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from conftest import ROOT, answer

from grader.course.exercise import Course
from grader.course.pack import HiddenCheck, build_pack, packs_as_file
from grader.model import Text

WORDS = ("ex01", "ex03")
EX01, EX03 = "exercises/ex01_linear_forward", "exercises/ex03_stateless_layer"
RIGHT, WRONG = answer("ex03"), answer("ex03", "wrong_answer", "leaky_relu")
IDENTITY = ("-c", "user.name=ada", "-c", "user.email=ada@x")


def handout(folder: Path, way="packed", key="", words=WORDS, absent=False) -> Path:
    """What students get, made by hand: two exercises, and their checks in a pack, which may name a hidden one."""
    course = Course.around(ROOT)
    exercises = [course.find(word) for word in words]
    for exercise in exercises:
        shutil.copytree(exercise.public, folder / "exercises" / exercise.id, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "exercises" / exercise.id / exercise.script.name).write_text(build_pack(course, exercise).starter)
    shutil.copy(course.paths.course_file, folder / "exercises" / "course.toml")
    titles = (HiddenCheck("hidden", Text("A hidden check."), "values", False),) if absent else ()
    pack = packs_as_file(course, {exercise.id: titles for exercise in exercises}, way, key)
    (folder / "exercises" / "course.pack").write_bytes(pack)
    return folder


def git(folder, *words, check=True, **environment):
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **environment}
    run = subprocess.run(
        ["git", *IDENTITY, *words], cwd=folder, check=check, capture_output=True, text=True, env={**os.environ, **own}
    )
    return run.stdout.strip()


class Repository:
    """A clone of a bare remote, and what was pushed before its last commit."""

    def __init__(self, folder: Path, way="packed", key="", words=WORDS) -> None:
        self.remote, self.clone, self.runner = folder / "remote.git", folder / "ada", folder / "runner"
        handout(self.clone, way, key, words)
        self.runner.mkdir()
        git(folder, "init", "-q", "--bare", "-b", "main", str(self.remote))
        git(self.clone, "init", "-q", "-b", "main")
        git(self.clone, "remote", "add", "origin", str(self.remote))
        self.before = "0" * 40
        self.push("the handout")

    def push(self, message="work", **files):
        """Commit files, named by keys or by `{name: text}`, and push; a text of None is a file that is there already."""
        before = git(self.clone, "rev-parse", "--verify", "--quiet", "HEAD", check=False)
        self.write(files)
        git(self.clone, "add", "-A")
        git(self.clone, "commit", "-qm", message, "--allow-empty")
        git(self.clone, "push", "-q", "origin", "HEAD")
        self.before = before or "0" * 40

    def write(self, files):
        for name, text in files.items():
            path = self.clone / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def checkout(self, name="checkout", *words):
        """What the runner has: a fresh clone of the remote."""
        target = self.runner / name
        git(self.runner, "clone", "-q", *words, f"file://{self.remote}", str(target))
        return target

    def github(self, checkout, **more):
        """The environment of a step on a push."""
        event = self.runner / "event.json"
        event.write_text(json.dumps({"before": self.before, "ref": "refs/heads/main"}))
        return {
            "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": str(event),
            "GITHUB_WORKSPACE": str(checkout), "GITHUB_STEP_SUMMARY": str(self.runner / "summary.md"),
            "GITHUB_OUTPUT": str(self.runner / "output"), **more,
        }  # fmt: skip

    def summary(self):
        return (self.runner / "summary.md").read_text()

    def outputs(self):
        """Read `$GITHUB_OUTPUT` as the runner does."""
        lines = iter((self.runner / "output").read_text().splitlines())
        found = {}
        for line in lines:
            name, delimiter = line.split("<<", 1)
            found[name] = "\n".join(iter(lambda d=delimiter: next(lines), delimiter))
        return found


def grade_ci(checkout, *words, environment=None, safe=True):
    """Run `grade ci` as a workflow should: in the checkout, with no folder of the student's on the path of imports."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    command = [sys.executable, *(["-P"] if safe else []), "-m", "grader.cli", "ci", *words]
    return subprocess.run(
        command,
        cwd=checkout,
        capture_output=True,
        text=True,
        timeout=300,
        env={**kept, "LANG": "C.UTF-8", **(environment or {})},
    )
