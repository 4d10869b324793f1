"""What the page of a student is called: a name that no id can lead out of its folder or onto another student's page."""

from __future__ import annotations

import hashlib
import re

_PLAIN = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
_MARKED = re.compile(r".*-[0-9a-f]{12}")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")


def file_stem(student: str) -> str:
    """Return a file's name without suffix for an id, always the same one, and another one for every other id.

    A plain id in small letters is its own name. Any other one is made plain, and marked with a digest: two that differ in
    case only would be one file on some disks.
    """
    if _PLAIN.fullmatch(student) and not _MARKED.fullmatch(student) and not _RESERVED.fullmatch(student):
        return student
    plain = re.sub(r"[^a-z0-9]+", "-", student.lower())[:40].strip("-") or "student"
    return f"{plain}-{hashlib.sha256(student.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
