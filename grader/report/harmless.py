"""Text of strangers, made harmless for the programs that read an export: spreadsheets, XML readers, file systems."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from urllib.parse import quote

# XML 1.0 knows no other characters; half a surrogate pair cannot be written down at all.
_NOT_FOR_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?([eE][+-]?\d{1,3})?", re.ASCII)
_RUN_BY_SPREADSHEETS = "=+-@"
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
LONGEST_NAME = 80


def legal(text: str) -> str:
    """Return a text without the characters that XML forbids: most control characters, and halves of a surrogate pair."""
    return _NOT_FOR_XML.sub("", text)


def cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: with `'` in front where one would. Numbers stay numbers.

    Some programs read a formula after blanks or invisible characters, too, or one in full-width characters. And where
    semicolons part the cells of a language, what follows one in a text may begin a cell.
    """
    pieces = "".join(_defused(piece) for piece in re.split("([;\t\r\n])", text))
    return f"'{pieces}" if text.startswith(("\t", "\r", "\n")) else pieces


def _defused(text: str) -> str:
    if _NUMBER.fullmatch(text.strip(" ")):
        return text
    seen = unicodedata.normalize("NFKC", text)
    bare = next((c for c in seen if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf", "Mn")), "")
    return f"'{text}" if bare and bare in _RUN_BY_SPREADSHEETS else text


def file_names(words: Iterable[str]) -> dict[str, str]:
    """Return a file's or folder's name for each word: valid on every system, and no two alike but for case or accents."""
    wanted = {word: _file_name(word) for word in words}
    taken = Counter(name.casefold() for name in wanted.values())
    return {word: name if taken[name.casefold()] == 1 else f"{name}-{_digest(word)}" for word, name in wanted.items()}


def _file_name(word: str) -> str:
    name = "".join(
        c if c.isalnum() or c in "-_@+. " else quote(c, safe="", errors="replace") for c in unicodedata.normalize("NFC", word)
    )
    if name != name.strip(". ") or not name or _RESERVED.fullmatch(name):
        name = f"_{name.strip('. ')}-{_digest(word)}"
    return name if len(name.encode()) <= LONGEST_NAME else f"{name[: LONGEST_NAME // 4]}-{_digest(word)}"


def _digest(word: str) -> str:
    return hashlib.sha256(word.encode("utf-8", "surrogatepass")).hexdigest()[:8]
