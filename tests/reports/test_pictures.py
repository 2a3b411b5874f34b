"""Pictures are real PNGs, with the bundled letters."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from datetime import UTC, date, datetime, timedelta

import pytest
import segno

from bot.chat.words import words
from bot.diary.digests import Diary
from bot.diary.entries import Item, ItemId, Score, Symptom
from bot.reports import charts, fonts, pictures

MONDAY = date(2026, 3, 2)
LINK = "https://t.me/a_diary_bot?start=q7Jd0VvT3mXw8kZs1LrYpN5b"


def a_chart() -> str:
    item = Item(ItemId(1), Symptom.BURNING, None, None, 0, MONDAY)
    days = [MONDAY + timedelta(days=n) for n in range(28)]
    scores = {
        (day, item.id): Score(item.id, day, n % 11, datetime(2026, 3, 2, tzinfo=UTC)) for n, day in enumerate(days)
    }
    diary = Diary((item,), {}, scores, (), MONDAY, "Europe/Lisbon")
    return charts.course(diary, days[0], days[-1], words("en"), "Your diary")


def chunks(png: bytes) -> dict[bytes, bytes]:
    """The parts of a PNG by their kind, those of one kind together; checksums are verified."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    found: dict[bytes, bytes] = {}
    at = 8
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", png, at + 8 + length)[0] == zlib.crc32(kind + body)
        found[kind] = found.get(kind, b"") + body
        at += 12 + length
    return found


def size(png: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">II", chunks(png)[b"IHDR"])
    return width, height


def rows_of_bits(png: bytes, width: int) -> list[list[int]]:
    """The pixels of a PNG with one bit of grey each: 1 is white. Knows the filters "none" and "up"."""
    parts = chunks(png)
    assert parts[b"IHDR"][8:] == b"\x01\x00\x00\x00\x00"
    data, stride = zlib.decompress(parts[b"IDAT"]), (width + 7) // 8
    above, found = bytes(stride), []
    for at in range(0, len(data), stride + 1):
        row = data[at + 1 : at + 1 + stride]
        assert data[at] in (0, 2)
        above = bytes((a + b) & 255 for a, b in zip(above, row, strict=True)) if data[at] == 2 else row
        found.append([above[x // 8] >> (7 - x % 8) & 1 for x in range(width)])
    return found


def test_a_chart_is_a_png_of_its_own_size_with_something_on_it() -> None:
    png = pictures.png(a_chart())
    width, height = size(png)
    assert width == 1000
    assert 400 < height < 1000
    assert len(set(zlib.decompress(chunks(png)[b"IDAT"]))) > 50


def test_letters_come_from_the_bundled_font() -> None:
    text = '<svg xmlns="http://www.w3.org/2000/svg" width="99" height="40">{}</svg>'
    word = f'<text y="30" font-family="{fonts.FAMILY}" font-size="28"{{}}>Ñandú ↑</text>'
    blank, regular, bold = (
        pictures.png(text.format(inside)) for inside in ("", word.format(""), word.format(' font-weight="bold"'))
    )
    assert len({blank, regular, bold}) == 3


def test_every_letter_of_a_language_is_in_both_fonts() -> None:
    unknown = fonts.width("\U0001f600", 100)
    for bold in (False, True):
        assert fonts.width("i", 100, bold=bold) < fonts.width("m", 100, bold=bold)
        for letter in "áéíóúüñÁÉÍÓÚÜÑ¿¡çãõäößåøæœšžłőğ–—’“”…·↑−×≤≥":
            face = fonts._face(fonts.BOLD if bold else fonts.REGULAR)
            assert ord(letter) in face.advances
    assert unknown > 0


def test_a_broken_drawing_is_refused() -> None:
    with pytest.raises(ValueError, match="no SVG"):
        pictures.png("<svg")


def test_a_qr_code_shows_the_link_module_by_module() -> None:
    png = pictures.qr(LINK)
    width, height = size(png)
    code = segno.make_qr(LINK, error="m", boost_error=False)
    modules = len(code.matrix) + 2 * pictures.QUIET_ZONE
    assert code.error == "M"
    assert width == height >= pictures.QR_SIDE
    assert width % modules == 0
    scale = width // modules
    pixels = rows_of_bits(png, width)
    shown = [line[scale // 2 :: scale] for line in pixels[scale // 2 :: scale]]
    border = pictures.QUIET_ZONE
    assert [line[border:-border] for line in shown[border:-border]] == [
        [1 - dark for dark in line] for line in code.matrix
    ]
    assert all(map(all, (*shown[:border], *shown[-border:])))
    assert all(all((*line[:border], *line[-border:])) for line in shown)


@pytest.mark.parametrize(("link", "told"), [("", "empty link"), ("x" * 2332, "too large")])
def test_a_link_that_fits_no_qr_code_is_refused(link: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        pictures.qr(link)


def test_importing_costs_no_drawing_libraries() -> None:
    told = "import sys, bot.reports.pictures; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True)
    assert not {"resvg", "segno", "PIL", "telegram", "sqlalchemy", "aiohttp"} & set(done.stdout.split())
