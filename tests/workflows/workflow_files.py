"""The files that CI services and learning systems read, and what stands in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from conftest import ROOT

TRAVELLING = ROOT / "grader" / "author" / "handout_files"
GRADE = TRAVELLING / "repository" / ".github" / "workflows" / "grade.yml"
GITLAB = TRAVELLING / "repository" / ".gitlab-ci.yml"
CLASS = ROOT / ".github" / "workflows" / "class.yml"
TEST = ROOT / ".github" / "workflows" / "test.yml"
WORKFLOWS = (GRADE, CLASS, TEST)


def read(file: Path) -> dict[Any, Any]:
    """Return a YAML file's content. `on`, which YAML takes for a boolean, is found under True."""
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def steps(file: Path) -> Iterator[dict[str, Any]]:
    """Yield every step of a workflow."""
    for job in read(file)["jobs"].values():
        yield from job["steps"]


def gitlab_commands() -> list[str]:
    """Return the command lines of the GitLab job, in order."""
    job = read(GITLAB)["grade"]
    return [*job["before_script"], *job["script"]]
