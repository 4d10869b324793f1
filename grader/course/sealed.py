"""The hidden half of a pack as it travels: compressed, or encrypted with a key that is given apart.

Encryption is Fernet's, of the library `cryptography`: a published format, authenticated, with a version in its first byte.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import zlib
from typing import Any, Literal

import msgspec

from grader.course.settings import Messages
from grader.errors import CourseError, MachineError, UsageError
from grader.package import how_to_get

Way = Literal["packed", "keyed", "none"]
AGAIN = "Get the handout again; in a git clone: git restore exercises/course.pack"
LARGEST = 16 << 20
_KEY = re.compile(r"grade1_([A-Za-z0-9_-]{43})")


class HiddenHalf(msgspec.Struct, frozen=True):
    """What students do not get to read of an exercise. `belongs` names what is public of it: this goes with nothing else."""

    exercise: str
    belongs: str
    digest: str
    suite: str
    props: str
    messages: Messages


class Sealed(msgspec.Struct, frozen=True):
    """A hidden half, not to be read by eye. `key` tells which key opens it, not what it is."""

    way: Literal["packed", "keyed"]
    data: str
    key: str = ""


def new_key() -> str:
    """Return a new key, fit for an environment variable or a secret of a CI system."""
    key: bytes = _fernet().Fernet.generate_key()
    return "grade1_" + key.decode().rstrip("=")


def seal(half: HiddenHalf, key: str = "") -> Sealed:
    """Seal a hidden half: with a key so that nobody opens it without, otherwise so that nobody reads it by accident."""
    plain = zlib.compress(msgspec.json.encode(half), 9)
    if not key:
        return Sealed("packed", base64.b64encode(plain).decode())
    return Sealed("keyed", _fernet().Fernet(_raw(key)).encrypt(plain).decode(), fingerprint(key))


def unseal(sealed: Sealed, exercise: str, belongs: str, file: str, key: str = "") -> HiddenHalf | None:
    """Open a hidden half; None where it needs a key and none is given. It must be this exercise's, sealed with what is public.

    `CourseError` where the file is damaged, `UsageError` where the key is another one or the pack has none.
    """
    if sealed.way == "keyed":
        if not key:
            return None
        plain = _decrypt(sealed, file, key)
    else:
        refuse_key(file, key)
        plain = _decode(sealed.data, file)
    try:
        inflate = zlib.decompressobj()
        text = inflate.decompress(plain, LARGEST)
        if not inflate.eof or inflate.unused_data:
            raise zlib.error("it does not end where it should")
        half = msgspec.json.decode(text, type=HiddenHalf)
    except (zlib.error, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise CourseError(f"{file}: the hidden checks in it are damaged: {error}", AGAIN) from None
    if (half.exercise, half.belongs) != (exercise, belongs):
        raise CourseError(f"{file}: its visible and its hidden checks do not belong together: it was changed.", AGAIN)
    return half


def refuse_key(file: str, key: str) -> None:
    """Refuse to run, as if they were the keyed ones, checks that need no key: anyone can write such a pack."""
    if key:
        raise UsageError(
            f"GRADE_KEY is set, but {file} was not made with a key: it is not the pack that this key belongs to.",
            "Unset GRADE_KEY, or use the handout that was made with `--hidden keyed`.",
        )


def fingerprint(key: str) -> str:
    """Return a name for a key: tells keys apart, and nothing about them."""
    return hashlib.sha256(b"grade key: " + _raw(key)).hexdigest()[:8]


def _decrypt(sealed: Sealed, file: str, key: str) -> bytes:
    if sealed.key != fingerprint(key):
        raise UsageError(
            f"GRADE_KEY is not the key of {file}: it needs key {sealed.key}, and this is key {fingerprint(key)}.",
            "Ask for the key that this handout was made with.",
        )
    fernet = _fernet()
    try:
        return bytes(fernet.Fernet(_raw(key)).decrypt(sealed.data.encode()))
    except (fernet.InvalidToken, UnicodeEncodeError):
        raise CourseError(f"{file}: the hidden checks in it are damaged: they are not what was encrypted.", AGAIN) from None


def _raw(key: str) -> bytes:
    """Return the key as Fernet takes it. Its value is in no message."""
    match = _KEY.fullmatch(key)
    if match is None:
        raise UsageError("GRADE_KEY is no key: one begins with grade1_ and has 50 characters.", "Copy it again, whole.")
    return f"{match[1]}=".encode()


def _decode(data: str, file: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CourseError(f"{file}: the hidden checks in it are damaged: {error}", AGAIN) from None


def _fernet() -> Any:
    try:
        from cryptography import fernet  # late: only who has a key, or makes one, needs it
    except ImportError:
        raise MachineError("Hidden checks with a key need a library.", how_to_get("keys")) from None
    return fernet
