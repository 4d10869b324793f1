"""What GitHub's machine does with a workflow: variables, files for a step to write, and `bash` for each `run`, in order.

Actions of other people are played: a clone for checkout, this interpreter for setup-python, a folder that stays for a cache.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from environments import bare_environment, python_first
from workflow_files import read

BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]  # for `shell: bash`
WHO = ["-c", "user.name=ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main"]


def git(folder: Path, *words: str) -> str:
    """Run git as a student does."""
    run = subprocess.run(["git", *WHO, *words], cwd=folder, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


@dataclass(frozen=True)
class Event:
    """What started a run. `base` is the branch that a pull request is for."""

    name: str
    sha: str
    before: str = ""
    base: str = ""


@dataclass
class Done:
    """What is left of a run: each step's exit code and log, the summary and the outputs."""

    codes: dict[str, int] = field(default_factory=dict)
    logs: dict[str, str] = field(default_factory=dict)
    summary: str = ""
    outputs: str = ""

    @property
    def log(self) -> str:
        """All that the run's page shows."""
        return "\n".join(self.logs.values())

    def commands(self) -> list[str]:
        """The lines that GitHub's runner would obey."""
        obeyed, stopped = [], ""
        for line in self.log.split("\n"):
            word = line.strip()
            if stopped:
                stopped = "" if word == f"::{stopped}::" else stopped
            elif match := re.match(r"::stop-commands::(\S+)$", word):
                stopped = match[1]
            elif word.startswith("::") or "##[" in word:
                obeyed.append(word)
        return obeyed


@dataclass
class Machine:
    """One machine, and what stays on it from run to run: that is what a cache amounts to."""

    folder: Path
    secrets: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    fakes: dict[str, dict[str, str]] = field(default_factory=dict)
    """Variables that a test adds to a step, by the step's name."""
    after: dict[str, Any] = field(default_factory=dict)
    """What a test does after a step, by the step's name."""
    cached: bool = False

    def perform(self, workflow: Path, remote: Path, event: Event) -> Done:
        """Run the workflow's one job. The steps after one that fails are left out, but those that want to be run all the same."""
        (job,) = read(workflow)["jobs"].values()
        workspace = self._checkout(remote, event)
        variables = self._variables(workspace, event)
        done = Done()
        for step in job["steps"]:
            if "run" not in step or not self._wanted(step.get("if", ""), failed=any(done.codes.values())):
                continue
            own = {name: self._expression(str(value)) for name, value in step.get("env", {}).items()}
            run = subprocess.run(
                [*BASH, "-c", step["run"]], cwd=workspace, env={**variables, **self.fakes.get(step["name"], {}), **own},
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=300,
            )  # fmt: skip
            done.codes[step["name"]] = run.returncode
            done.logs[step["name"]] = run.stdout.decode("utf-8", "replace")
            if run.returncode == 0 and step["name"] in self.after:
                self.after[step["name"]](self)
        done.summary, done.outputs = (Path(variables[n]).read_text() for n in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"))
        return done

    @property
    def temp(self) -> Path:
        """The runner's folder for temporary files."""
        return self.folder / "temp"

    @property
    def workspace(self) -> Path:
        """Where the repository lies while a run lasts, and until the next."""
        return self.folder / "workspace"

    def _checkout(self, remote: Path, event: Event) -> Path:
        shutil.rmtree(self.workspace, ignore_errors=True)
        self.temp.mkdir(parents=True, exist_ok=True)
        git(self.folder, "clone", "--quiet", str(remote), str(self.workspace))
        git(self.workspace, "checkout", "--quiet", "--detach", event.sha)
        if event.base:  # as GitHub does: what a merge would give
            git(self.workspace, "checkout", "--quiet", "--detach", f"origin/{event.base}")
            git(self.workspace, "merge", "--quiet", "--no-ff", "--no-edit", event.sha)
        return self.workspace

    def _variables(self, workspace: Path, event: Event) -> dict[str, str]:
        files = {
            name: self.folder / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH")
        }
        for file in files.values():
            file.write_text("")
        payload: dict[str, Any] = {"before": event.before} if event.name == "push" else {}
        if event.base:
            payload["pull_request"] = {"base": {"sha": git(workspace, "rev-parse", f"origin/{event.base}")}}
        (self.folder / "event.json").write_text(json.dumps(payload))
        tools = self.folder / "tools"
        return {
            **bare_environment(self.folder / "home", tools if tools.exists() else python_first(tools)),
            **{name: str(file) for name, file in files.items()},
            "CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": event.name, "GITHUB_WORKSPACE": str(workspace),
            "GITHUB_EVENT_PATH": str(self.folder / "event.json"), "GITHUB_BASE_REF": event.base, "GITHUB_SHA": event.sha,
            "GITHUB_REF": "refs/pull/1/merge" if event.base else "refs/heads/main", "GITHUB_REPOSITORY": "course/answers-ada",
            "GITHUB_SERVER_URL": "https://github.com", "RUNNER_TEMP": str(self.temp), "RUNNER_OS": "Linux",
        }  # fmt: skip

    def _expression(self, text: str) -> str:
        def value(match: re.Match[str]) -> str:
            where, _, name = match[1].partition(".")
            return {"secrets": self.secrets, "vars": self.variables}[where].get(name, "")

        return re.sub(r"\$\{\{ (\S+) \}\}", value, text)

    def _wanted(self, condition: str, *, failed: bool) -> bool:
        known = {"": not failed, "${{ !cancelled() }}": True, "always()": True}
        known["steps.environment.outputs.cache-hit != 'true'"] = not failed and not self.cached
        return known[condition]
