"""A wall of the cage, and the one way to raise it: what cannot stand says why, and nothing is raised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Wall:
    """One wall of the cage: whether it stands, and what it is made of or what it lacks."""

    name: str
    stands: bool
    detail: str


class CannotStand(Exception):
    """What a wall lacks, in words for whoever runs the grader."""


def build(name: str, work: Callable[[], str]) -> Wall:
    """Do the work and return its wall. Whatever goes wrong is the wall's detail: the walls after it are still to be raised."""
    try:
        return Wall(name, True, work())
    except CannotStand as lack:
        return Wall(name, False, str(lack))
    except Exception as error:
        return Wall(name, False, f"{type(error).__name__}: {error}")
