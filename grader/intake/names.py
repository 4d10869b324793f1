"""Names of files: how they are shown, which ones are refused, and what those of a zip mean.

A name may have been chosen to steer a terminal, to lead out of a folder, or to pass for another one.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from pathlib import PurePosixPath

from grader.locale import mark

_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_WINDOWS = (0, 10)  # systems that a zip says it was made on: MS-DOS, NTFS


def printable(name: str) -> str:
    """Return a name with escapes for what would steer a terminal or cannot be written down: no two names look the same."""
    return "".join(
        character if character.isprintable() and character != "\\" else character.encode("unicode_escape").decode("ascii")
        for character in name
    )


def composed(name: str) -> str:
    """Return a name with its accents composed, as a person's name is filed under, whichever system wrote it."""
    return printable(unicodedata.normalize("NFC", name))


def refusal(name: str) -> str:
    """Return why an archive's member of this name is left behind, "" where nothing speaks against it."""
    path = PurePosixPath(name)
    if "\0" in name:
        return mark("its name holds a NUL")
    if name.strip("./") == "" or name.endswith("/"):
        return mark("it has no name")
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in path.parts[0]:
        return mark("its name leads out of the archive")
    if any(len(part.encode("utf-8", "replace")) > 200 for part in path.parts) or len(path.parts) > 20:
        return mark("its name is too long")
    if any(_RESERVED.fullmatch(part) for part in path.parts):
        return mark("its name is reserved on Windows")
    return ""


class Taken:
    """Names that an archive has used: one that differs by case or accents alone would be the same on another machine."""

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._folders: dict[str, str] = {}

    def clash(self, name: str) -> str:
        """Take a name; return why it cannot be taken, "" where it can."""
        path = PurePosixPath(name)
        folders = [folder.as_posix() for folder in path.parents][:-1]
        key = _key(path.as_posix())
        if key in self._files or key in self._folders:
            return mark("another file has the same name, but for case or accents")
        for folder in folders:
            if _key(folder) in self._files:
                return mark("a file has the name of its folder")
            if self._folders.get(_key(folder), folder) != folder:
                return mark("another folder has the same name, but for case or accents")
        self._files.add(key)
        self._folders.update((_key(folder), folder) for folder in folders)
        return ""


def _key(name: str) -> str:
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
    return "/".join(part.rstrip(". ") or part for part in folded.split("/"))


def name_in_zip(info: zipfile.ZipInfo) -> str:
    """Return a member's name: with Windows' separators turned, and in the encoding that it was most likely written in.

    A zip marks names in UTF-8; the standard library takes others for code page 437, and they often are UTF-8 (macOS) or
    GB 2312 (Chinese Windows) in truth. Letters of western code pages never look like the latter: its bytes come in pairs.
    """
    name = info.orig_filename
    if not info.flag_bits & 0x800 and not name.isascii():
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb2312"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/") if info.create_system in _WINDOWS else name
