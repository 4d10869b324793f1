"""Where `grade ci` finds itself: which system runs it, what that says was pushed before, and where it wants results.

All of it is read from the environment, which is the system's, and never from what a student wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

AUTOGRADER = "GRADE_AUTOGRADER"  # stands in for Gradescope's /autograder in tests
Kind = TypeVar("Kind")
_MOST_BYTES = 5 << 20


class _PullRequestBase(msgspec.Struct):
    sha: str = ""


class _PullRequest(msgspec.Struct):
    base: _PullRequestBase = msgspec.field(default_factory=_PullRequestBase)


class _Event(msgspec.Struct):
    """What GitHub says of an event, as far as it says what was there before."""

    before: str | None = None
    pull_request: _PullRequest | None = None


class _Assignment(msgspec.Struct):
    title: str = ""
    total_points: str | float | None = None


class Metadata(msgspec.Struct):
    """What Gradescope says of a submission, as far as it matters here."""

    assignment: _Assignment = msgspec.field(default_factory=_Assignment)


def recognised(environment: Mapping[str, str]) -> str:
    """Return the format that the surroundings ask for."""
    if environment.get("CLASSROOM") and environment.get("SUBMISSION_TAG"):
        return "classroom50"
    if environment.get("GITHUB_ACTIONS"):
        return "github"
    if environment.get("GITLAB_CI"):
        return "gitlab"
    return "gradescope" if (autograder(environment) / "submission_metadata.json").is_file() else "files"


def bases(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return commits that changes may be counted from, the best first; none where the system knows of none."""
    found: list[str] = []
    if environment.get("GITHUB_ACTIONS"):
        event = _event(environment.get("GITHUB_EVENT_PATH", ""))
        branch = environment.get("GITHUB_BASE_REF", "")
        if event.pull_request is not None:
            found.append(event.pull_request.base.sha)
        if branch:
            found += [f"refs/remotes/origin/{branch}", f"refs/heads/{branch}"]
        elif event.pull_request is None:
            found.append(event.before or "")
    elif environment.get("GITLAB_CI"):
        found += [environment.get("CI_MERGE_REQUEST_DIFF_BASE_SHA", "") or environment.get("CI_COMMIT_BEFORE_SHA", "")]
    return tuple(base for base in found if base.strip("0"))


def top(environment: Mapping[str, str]) -> Path | None:
    """Return the folder from which the system names files."""
    name = environment.get("GITHUB_WORKSPACE") or environment.get("CI_PROJECT_DIR")
    return Path(name).resolve() if name else None


def autograder(environment: Mapping[str, str]) -> Path:
    """Return Gradescope's folder."""
    return Path(environment.get(AUTOGRADER) or "/autograder")


def metadata(environment: Mapping[str, str]) -> Metadata:
    """Return what Gradescope says of the submission; nothing where that cannot be read."""
    return _read(autograder(environment) / "submission_metadata.json", Metadata)


def _event(name: str) -> _Event:
    return _read(Path(name), _Event) if name else _Event()


def _read(path: Path, kind: type[Kind]) -> Kind:
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(_MOST_BYTES), type=kind)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return kind()
