"""What a judgement depends on beside the submission and the suite: versions, and the cage that it was made in."""

from __future__ import annotations

import functools
import platform
from importlib.metadata import version

from grader import __version__
from grader.wire.messages import Greeting


def versions(greeting: Greeting | None = None) -> dict[str, str]:
    """Return the versions that a judgement depends on, with those that a worker says of itself."""
    return {**_our_versions(), **(greeting.versions if greeting else {})}


def walls(greeting: Greeting | None) -> tuple[tuple[str, bool, str], ...]:
    """Return which walls of the cage stand, as a judgement keeps them."""
    return tuple((wall.name, wall.stands, wall.detail) for wall in greeting.walls) if greeting else ()


@functools.cache  # each is read from a file of the package
def _our_versions() -> dict[str, str]:
    names = ("torch", "pytest", "hypothesis", "nbformat")
    # Which build of a version a handout carried (0.1.0+5f0c2a91) is left out: judgements of one version can be compared.
    ours = __version__.partition("+")[0]
    return {"python": platform.python_version(), "grade": ours, **{name: version(name) for name in names}}
