"""Strings planted in what nobody may get, and a look through every layer that could hide one."""

from __future__ import annotations

import base64
import binascii
import contextlib
import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{20,}={0,2}")
DEEPEST = 6


def plant(course: Path) -> dict[str, str]:
    """Plant a string of its own in every private file, and in what a teacher may leave lying about; return them by path."""
    (course / "solutions" / "course.toml").write_text("[extensions.someone]\nex03 = 2031-01-01T00:00:00Z\n")
    (course / "solutions" / "notes of the staff.txt").write_text("notes")
    (course / "solutions" / "ex03_stateless_layer" / "exam.bin").write_bytes(bytes(range(256)))
    (course / "exercises" / "staff.toml").write_text("")
    ex03 = course / "exercises" / "ex03_stateless_layer"
    (ex03 / "ex03.old-1.py").write_text("")
    (ex03 / ".ex03.py.swp").write_text("")
    places = [p for p in sorted((course / "solutions").rglob("*")) if p.is_file()]
    places += [
        course / "exercises" / "staff.toml",
        ex03 / "ex03.old-1.py",
        ex03 / ".ex03.py.swp",
        ex03 / "ex03.py",
        ex03 / "ex03.ipynb",
    ]
    planted = {}
    for number, path in enumerate(places):
        canary = f"canary{number:04d}Qz7"
        planted[path.relative_to(course).as_posix()] = canary
        _plant_one(path, canary)
    return planted


def _plant_one(path: Path, canary: str) -> None:
    if path.name == "reference.py":  # what stands outside of the markers is the starter, which is public
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"^( *)# BEGIN SOLUTION$", rf"\g<0>\n\g<1># {canary}", text, flags=re.M), encoding="utf-8")
        assert canary in path.read_text(encoding="utf-8")
    elif path.suffix == ".ipynb":
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["metadata"]["author"] = canary
        path.write_text(json.dumps(notebook), encoding="utf-8")
    elif path.name == "proven.json":
        path.write_text(json.dumps({**json.loads(path.read_text()), canary: canary}))
    elif path.name == "messages.zh.toml":  # a comment would not get as far as a value does
        text = path.read_text(encoding="utf-8")
        words = text.replace("[words]\n", f'[words]\n"{canary}" = "{canary}"\n', 1)
        path.write_text(words if words != text else f'{text}\n[words]\n"{canary}" = "{canary}"\n', encoding="utf-8")
    elif path.parts[-2] == "solutions" and path.name == "course.toml":
        path.write_text(f"[extensions.{canary}]\nex03 = 2031-01-01T00:00:00Z\n")
    else:
        with path.open("ab") as file:
            file.write(f"\n# {canary}\n".encode())


def layers(data: bytes, depth: int = 0) -> Iterator[bytes]:
    """Yield some bytes, and all that is packed in them: zip, gzip, zlib, base64 of either alphabet, JSON's escapes."""
    yield data
    if depth == DEEPEST:
        return
    for inner in (*_unzipped(data), *_inflated(data), *_unescaped(data), *_from_base64(data)):
        yield from layers(inner, depth + 1)


def _unzipped(data: bytes) -> Iterator[bytes]:
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from (archive.read(member) for member in archive.infolist())


def _inflated(data: bytes) -> Iterator[bytes]:
    if data[:2] == b"\x1f\x8b":
        yield gzip.decompress(data)
    if data[:1] == b"\x78":
        with contextlib.suppress(zlib.error):
            yield zlib.decompressobj().decompress(data)


def _unescaped(data: bytes) -> Iterator[bytes]:
    if data[:1] in b"{[" and b"\\u" in data:
        with contextlib.suppress(ValueError):
            yield json.dumps(json.loads(data), ensure_ascii=False).encode()


def _from_base64(data: bytes) -> Iterator[bytes]:
    for run in BASE64.findall(data):
        run = run.translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")
        try:
            plain = base64.b64decode(run + b"=" * (-len(run) % 4), validate=True)
        except binascii.Error:
            continue
        if plain[:1] in b"\x78{[" or plain[:2] in (b"PK", b"\x1f\x8b") or plain.isascii():
            yield plain


def found(folder: Path, planted: dict[str, str]) -> dict[str, set[str]]:
    """Return where planted strings occur: the private file of each, by the file of the folder that it is in."""
    by_canary = {canary.encode(): path for path, canary in planted.items()}
    any_of_them = re.compile(rb"canary\d{4}Qz7")
    seen: dict[str, set[str]] = {}
    for path in (p for p in folder.rglob("*") if p.is_file()):
        for layer in layers(path.read_bytes()):
            for hit in any_of_them.findall(layer):
                seen.setdefault(path.relative_to(folder).as_posix(), set()).add(by_canary[hit])
    return seen
