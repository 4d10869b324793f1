"""Text of strangers made fit to be looked at: every character is seen, and there are not too many of them."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"  # scripts and emoji need them
_UNSEEN = ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp")


def visible(text: str) -> str:
    """Return text whose every character can be seen: controls, turns of direction and the like as Python writes them."""
    return text if text.isascii() and text.isprintable() else "".join(map(_sign, text))


def _sign(character: str) -> str:
    if character in "\n\t" or character in _JOINERS or unicodedata.category(character) not in _UNSEEN:
        return character
    return character.encode("unicode_escape").decode()


def shortened(text: str, lines: int, width: int) -> str:
    """Return text of at most so many lines of at most so many characters; `[...]` stands for what is left out."""
    kept = text.rstrip("\n").split("\n")
    if len(kept) > lines:
        kept = [*kept[: lines - lines // 3], "[...]", *kept[len(kept) - lines // 3 :]]
    return "\n".join(line if len(line) <= width else f"{line[:width]} [...]" for line in kept)
