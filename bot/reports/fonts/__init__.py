"""The letters of the pictures: DejaVu Sans cut to Latin, and how wide a text is in them.

The cut has no kerning (README.md), so a text is exactly as wide as its letters together.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

FAMILY: Final = "DejaVu Sans"
REGULAR: Final = Path(__file__).with_name("DejaVuSans.ttf")
BOLD: Final = Path(__file__).with_name("DejaVuSans-Bold.ttf")


@dataclass(frozen=True, slots=True)
class _Face:
    """`advances` of the characters of one font, in font units; `unknown` stands for every other character."""

    advances: dict[int, int]
    unknown: int
    units_per_em: int


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide `text` is when its letters are `size` high, in the same unit."""
    face = _face(BOLD if bold else REGULAR)
    return _units(text, face) * size / face.units_per_em


def knows(letter: str) -> bool:
    """Whether both fonts have this character."""
    return ord(letter) in _face(REGULAR).advances and ord(letter) in _face(BOLD).advances


def fitted(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """`text` if it is no wider than `room`, else as much of it as fits with an ellipsis."""
    face = _face(BOLD if bold else REGULAR)
    most = room * face.units_per_em / size
    if _units(text, face) <= most:
        return text
    left, kept = most - _units("…", face), 0
    for letter in text:
        left -= _units(letter, face)
        if left < 0:
            break
        kept += 1
    return text[:kept].rstrip() + "…"


def lines(text: str, room: float, size: float, *, most: int, bold: bool = False) -> tuple[str, ...]:
    """`text` broken between words into `most` lines or fewer, no wider than `room`; the last may be cut."""
    face = _face(BOLD if bold else REGULAR)
    widest, space = room * face.units_per_em / size, _units(" ", face)
    found: list[str] = []
    rest = text.split()
    while rest and len(found) < most - 1:
        taken, wide = 1, _units(rest[0], face)
        for word in rest[1:]:
            wide += space + _units(word, face)
            if wide > widest:
                break
            taken += 1
        found.append(fitted(" ".join(rest[:taken]), room, size, bold=bold))
        rest = rest[taken:]
    if rest:
        found.append(fitted(" ".join(rest), room, size, bold=bold))
    return tuple(found)


def _units(text: str, face: _Face) -> int:
    """How wide `text` is in font units."""
    return sum(face.advances.get(ord(letter), face.unknown) for letter in text)


@cache
def _face(path: Path) -> _Face:
    """Read a font's widths: tables head, hhea, hmtx and cmap (format 4) of the OpenType specification 1.9."""
    data = path.read_bytes()
    tables = {
        data[at : at + 4].decode("ascii"): struct.unpack_from(">I", data, at + 8)[0]
        for at in range(12, 12 + 16 * struct.unpack_from(">H", data, 4)[0], 16)
    }
    (units_per_em,) = struct.unpack_from(">H", data, tables["head"] + 18)
    (measured,) = struct.unpack_from(">H", data, tables["hhea"] + 34)
    # Glyphs beyond the measured ones share the width of the last of them.
    widths = [struct.unpack_from(">H", data, tables["hmtx"] + 4 * glyph)[0] for glyph in range(measured)]
    glyphs = _glyphs(data, tables["cmap"])
    return _Face({code: widths[min(glyph, measured - 1)] for code, glyph in glyphs.items()}, widths[0], units_per_em)


def _glyphs(data: bytes, cmap: int) -> dict[int, int]:
    """The glyph of each character, from the first subtable (both of ours are the same one, format 4)."""
    start = cmap + struct.unpack_from(">I", data, cmap + 8)[0]
    kind, _, _, doubled = struct.unpack_from(">4H", data, start)
    if kind != 4:
        raise ValueError(f"a cmap of format {kind}, expected 4")
    count = doubled // 2
    ends_at = start + 14
    starts_at = ends_at + doubled + 2
    deltas_at = starts_at + doubled
    offsets_at = deltas_at + doubled
    found: dict[int, int] = {}
    for segment in range(count):
        (last,) = struct.unpack_from(">H", data, ends_at + 2 * segment)
        (first,) = struct.unpack_from(">H", data, starts_at + 2 * segment)
        (delta,) = struct.unpack_from(">H", data, deltas_at + 2 * segment)
        (offset,) = struct.unpack_from(">H", data, offsets_at + 2 * segment)
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offset:
                at = offsets_at + 2 * segment + offset + 2 * (code - first)
                (glyph,) = struct.unpack_from(">H", data, at)
                if glyph == 0:
                    continue
            if mapped := (glyph + delta) & 0xFFFF:
                found[code] = mapped
    return found
