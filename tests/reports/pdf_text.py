"""What a reader finds in a PDF of ours: its pages, its metadata and its texts, in the order in which they stand there.

No more of the format than fpdf2 writes: flat objects, Flate streams, two-byte letters with a ToUnicode map per font.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
STREAM = re.compile(rb"stream\n(.*)\nendstream", re.DOTALL)
ESCAPES = {ord("n"): 10, ord("r"): 13, ord("t"): 9, ord("b"): 8, ord("f"): 12}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text begins, in points from the lower left corner, and in which letters it is."""

    x: float
    y: float
    font: str
    size: float


@dataclass(frozen=True, slots=True)
class Document:
    pages: int
    texts: tuple[str, ...]
    """One for each line that was drawn."""
    places: tuple[Place, ...]
    info: dict[str, str]
    language: str

    @property
    def text(self) -> str:
        return "\n".join(self.texts)


def read(file: bytes) -> Document:
    """Take a file apart."""
    assert file.startswith(b"%PDF-")
    objects = {int(number): body for number, body in OBJECT.findall(file)}
    pages = [body for body in objects.values() if re.search(rb"/Type /Page\b(?!s)", body)]
    letters = {name: _letters(objects[number], objects) for name, number in _fonts(objects).items()}
    texts, places = [], []
    for page in pages:
        found = re.search(rb"/Contents (\d+) 0 R", page)
        assert found
        for place, text in _drawn(_stream(objects[int(found[1])]), letters):
            places.append(place)
            texts.append(text)
    root = next(body for body in objects.values() if b"/Type /Catalog" in body)
    language = re.search(rb"/Lang \((.*?)\)", root)
    return Document(
        len(pages), tuple(texts), tuple(places), _info(file, objects), language[1].decode() if language else ""
    )


def _info(file: bytes, objects: dict[int, bytes]) -> dict[str, str]:
    number = re.search(rb"/Info (\d+) 0 R", file)
    assert number
    body = objects[int(number[1])]
    found = {name.decode(): _string(raw) for name, raw in re.findall(rb"/(\w+) \((.*?)(?<!\\)\)", body, re.DOTALL)}
    coded = re.findall(rb"/(\w+) <([0-9A-Fa-f]+)>", body)
    return found | {name.decode(): _string(bytes.fromhex(raw.decode())) for name, raw in coded}


def _string(raw: bytes) -> str:
    plain = _unescaped(raw)
    return plain[2:].decode("utf-16-be") if plain.startswith(b"\xfe\xff") else plain.decode("latin-1")


def _stream(body: bytes) -> bytes:
    found = STREAM.search(body)
    assert found
    return zlib.decompress(found[1]) if b"/FlateDecode" in body else found[1]


def _fonts(objects: dict[int, bytes]) -> dict[str, int]:
    resources = next(body for body in objects.values() if b"/Font <<" in body and b"/ProcSet" in body)
    return {name.decode(): int(number) for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", resources)}


def _letters(font: bytes, objects: dict[int, bytes]) -> dict[int, str]:
    """What each code of a font stands for, from its ToUnicode map."""
    found = re.search(rb"/ToUnicode (\d+) 0 R", font)
    assert found, "a font whose text can't be searched"
    table = _stream(objects[int(found[1])]).decode()
    letters = {}
    for code, letter in re.findall(r"^<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>$", table, re.MULTILINE):
        letters[int(code, 16)] = bytes.fromhex(letter).decode("utf-16-be")
    assert letters
    return letters


def _drawn(content: bytes, letters: dict[str, dict[int, str]]) -> list[tuple[Place, str]]:
    found = []
    font, size = "", 0.0
    pattern = re.compile(rb"/(F\d+) ([\d.]+) Tf|([\d.]+) ([\d.]+) Td \(((?:[^\\()]|\\.)*)\) Tj", re.DOTALL)
    for name, high, x, y, raw in pattern.findall(content):
        if name:
            font, size = name.decode(), float(high)
            continue
        plain = _unescaped(raw)
        codes = [plain[at] * 256 + plain[at + 1] for at in range(0, len(plain), 2)]
        found.append((Place(float(x), float(y), font, size), "".join(letters[font][code] for code in codes)))
    return found


def _unescaped(raw: bytes) -> bytes:
    return re.sub(rb"\\(.)", lambda match: bytes([ESCAPES.get(match[1][0], match[1][0])]), raw, flags=re.DOTALL)
