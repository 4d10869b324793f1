"""Text of strangers made fit to be looked at: every character is seen, and there are not too many of them."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"  # scripts and emoji need them


def visible(text: str) -> str:
    """Return text whose every character can be seen: controls, turns of direction and lone surrogates become signs."""
    return text if text.isascii() and text.isprintable() else "".join(map(_sign, text))


def _sign(character: str) -> str:
    if character in "\n\t" or character in _JOINERS:
        return character
    category = unicodedata.category(character)
    if category == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    if category == "Cc" and ord(character) < 0x20:
        return chr(0x2400 + ord(character))  # the picture of a control character
    return f"[U+{ord(character):04X}]" if category in ("Cc", "Cf", "Zl", "Zp", "Cn") else character


def shortened(text: str, lines: int, width: int) -> str:
    """Return text of at most so many lines of at most so many characters; `[...]` stands for what is left out."""
    kept = text.rstrip("\n").split("\n")
    if len(kept) > lines:
        kept = [*kept[: lines - lines // 3], "[...]", *kept[len(kept) - lines // 3 :]]
    return "\n".join(line if len(line) <= width else f"{line[:width]} [...]" for line in kept)
