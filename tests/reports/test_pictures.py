"""Pictures are real PNGs, and the process that draws them comes and goes as it should."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pickle
import signal
import struct
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
import segno

from bot.diary.digests import Diary
from bot.diary.entries import Item, ItemId, Score, Symptom
from bot.reports import fonts, pictures

MONDAY = date(2026, 3, 2)
LINK = "https://t.me/a_diary_bot?start=q7Jd0VvT3mXw8kZs1LrYpN5b"
PATIENCE = 5.0
"""Seconds after which a process that should have gone is called stuck."""


def an_order() -> pictures.CourseOrder:
    item = Item(ItemId(1), Symptom.BURNING, None, None, 0, MONDAY)
    days = [MONDAY + timedelta(days=n) for n in range(28)]
    scores = {
        (day, item.id): Score(item.id, day, n % 11, datetime(2026, 3, 2, tzinfo=UTC)) for n, day in enumerate(days)
    }
    diary = Diary((item,), {}, scores, (), MONDAY, "Europe/Lisbon")
    return pictures.CourseOrder(diary, days[0], days[-1], "en", "Your diary")


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
    png = pictures.draw(an_order())
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
    with pytest.raises(ValueError, match="root node"):
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


def test_orders_travel() -> None:
    for order in (an_order(), pictures.QrOrder(LINK)):
        assert pickle.loads(pickle.dumps(order)) == order


def test_importing_costs_no_drawing_libraries() -> None:
    told = "import sys, bot.reports.pictures; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True)
    assert not {"resvg_py", "segno", "PIL", "telegram", "sqlalchemy", "aiohttp"} & set(done.stdout.split())


@pytest_asyncio.fixture
async def studio() -> AsyncIterator[pictures.Studio]:
    studio = pictures.Studio()
    yield studio
    await studio.close()


def workers() -> list[int]:
    return [child.pid for child in multiprocessing.active_children() if child.pid is not None]


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not happened():  # noqa: ASYNC110 - the end of a process sets no event
            await asyncio.sleep(0.01)


async def test_no_worker_before_the_first_order_and_one_for_many(studio: pictures.Studio) -> None:
    assert not workers()
    chart, code = await asyncio.gather(studio.make(an_order()), studio.make(pictures.QrOrder(LINK)))
    assert size(chart)[0] == 1000
    assert code == pictures.qr(LINK)
    assert len(workers()) == 1


async def test_what_cannot_be_drawn_is_told_and_the_worker_goes_on(studio: pictures.Studio) -> None:
    with pytest.raises(ValueError, match="empty link"):
        await studio.make(pictures.QrOrder(""))
    before = workers()
    assert await studio.make(pictures.QrOrder(LINK))
    assert workers() == before


async def test_a_killed_worker_is_replaced(studio: pictures.Studio) -> None:
    await studio.make(pictures.QrOrder(LINK))
    (first,) = workers()
    os.kill(first, signal.SIGKILL)
    assert await studio.make(pictures.QrOrder(LINK))
    await until(lambda: len(workers()) == 1 and first not in workers())


class Deadly:
    """Ends the process that unpacks it."""

    def __reduce__(self) -> Any:
        return os._exit, (1,)


async def test_an_order_that_kills_two_workers_is_refused_alone(studio: pictures.Studio) -> None:
    refused, drawn = await asyncio.gather(
        studio.make(Deadly()),  # type: ignore[arg-type]
        studio.make(pictures.QrOrder(LINK)),
        return_exceptions=True,
    )
    assert isinstance(refused, pictures.NotDrawn)
    assert isinstance(drawn, bytes)


async def test_signals_meant_for_the_parent_leave_the_worker_alone(studio: pictures.Studio) -> None:
    await studio.make(pictures.QrOrder(LINK))
    (pid,) = workers()
    os.kill(pid, signal.SIGTERM)
    os.kill(pid, signal.SIGINT)
    assert await studio.make(pictures.QrOrder(LINK))
    assert workers() == [pid]


async def test_an_idle_worker_ends_and_another_comes_when_wanted() -> None:
    studio = pictures.Studio(idle_for=timedelta(0))
    for _ in range(2):
        assert await studio.make(pictures.QrOrder(LINK))
        await until(lambda: not workers())
    await studio.close()


async def test_closing_ends_the_worker_and_the_order_under_way() -> None:
    studio = pictures.Studio()
    await studio.make(pictures.QrOrder(LINK))
    order = an_order()
    under_way = [asyncio.create_task(studio.make(order)) for _ in range(20)]
    await asyncio.sleep(0)
    async with asyncio.timeout(PATIENCE):
        await studio.close()
    ended = await asyncio.gather(*under_way, return_exceptions=True)
    assert isinstance(ended[-1], pictures.NotDrawn)
    assert not workers()
    await studio.close()
    with pytest.raises(pictures.NotDrawn, match="closed"):
        await studio.make(order)


PARENT = f"""
import asyncio, multiprocessing, sys
from bot.reports import pictures

async def main():
    studio = pictures.Studio()
    await studio.make(pictures.QrOrder({LINK!r}))
    print(*[child.pid for child in multiprocessing.active_children()], flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def test_the_worker_dies_with_a_killed_parent() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parent:
        assert parent.stdout is not None
        (pid,) = map(int, parent.stdout.readline().split())
        os.kill(pid, 0)
        parent.kill()
        # The worker holds the other end of this pipe too: it is read to its end when the worker has gone.
        rest, _ = parent.communicate(timeout=PATIENCE)
    assert rest == b""
