"""Names of people: the systems around us write one name in many ways, and two people may share one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


def unique(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, Value]:
    """Return the pairs whose key is there once, and is not empty."""
    found: dict[Key, Value] = {}
    twice: set[Key] = set()
    for key, value in pairs:
        if key in found:
            twice.add(key)
        found[key] = value
    return {key: value for key, value in found.items() if key and key not in twice}


def words_of(name: str) -> tuple[str, ...]:
    """Return a name's words in an order of their own: `Lovelace, Ada` is `Ada Lovelace`."""
    return tuple(sorted(_plain(name).split()))


def run_together(name: str) -> frozenset[str]:
    """Return a name without what parts its words, begun at each of them: Canvas' files are called `lovelaceada`."""
    words = _plain(name).split()
    return frozenset(re.sub(r"[\W_]", "", "".join(words[start:] + words[:start])) for start in range(len(words))) - {""}


def strange(one: str, other: str) -> bool:
    """Whether two names in one script have no word in common, run together or not (`lovelaceada`)."""
    a, b = words_of(one), words_of(other)
    together, apart = "".join(a), "".join(b)
    if not a or not b or together.isascii() != apart.isascii():
        return False
    return not any(word in apart for word in a) and not any(word in together for word in b)


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().replace(",", " ")
