"""Pictures as PNG: charts and QR codes, drawn in a worker process off the event loop.

Rules of the worker:
1. It costs nothing while nobody wants a picture: it starts with the first order and ends when it was idle.
2. It never outlives its parent, however that one ends.
3. A worker that dies over an order is replaced once; an order that kills two is refused.
"""

from __future__ import annotations

import asyncio
import faulthandler
import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import date, timedelta
from multiprocessing.connection import Connection, wait
from typing import Final

from bot.chat.words import words
from bot.diary.digests import Diary
from bot.reports import charts, fonts

IDLE_FOR: Final = timedelta(minutes=1)
"""After so long without an order the worker ends, and with it its memory."""
DRAWS_FOR: Final = timedelta(seconds=30)
"""A picture that takes longer never comes: the worker then ends (usual: a tenth of a second)."""
CLOSES_IN: Final = timedelta(seconds=1)
QR_SIDE: Final = 800
"""Least width of a QR picture, in pixels: large enough on a laptop and for a phone held over it."""
QUIET_ZONE: Final = 4
"""White modules around a QR code, the least that ISO/IEC 18004 asks for."""


@dataclass(frozen=True, slots=True)
class CourseOrder:
    """Draw charts.course from `first_day` to `last_day` (included).

    It is pickled on its way to the worker: plain dicts in the diary, no views and no proxies.
    """

    diary: Diary
    first_day: date
    last_day: date
    language: str
    title: str


@dataclass(frozen=True, slots=True)
class QrOrder:
    """Draw a link as a QR code."""

    link: str


Order = CourseOrder | QrOrder


class NotDrawn(RuntimeError):
    """No picture came of an order: two workers died over it, or the studio is closed."""


def png(svg: str) -> bytes:
    """The SVG as PNG in its own size, with the bundled letters alone. Raises ValueError for a broken SVG."""
    import resvg_py

    drawn = resvg_py.svg_to_bytes(
        svg_string=svg,
        skip_system_fonts=True,
        font_files=[str(fonts.REGULAR), str(fonts.BOLD)],
        font_family=fonts.FAMILY,
        sans_serif_family=fonts.FAMILY,
    )
    return bytes(drawn)


def qr(link: str) -> bytes:
    """A link as a QR code in a PNG: black on white, error level M (15%), QR_SIDE pixels or a little more.

    Raises ValueError for an empty link or one of more than 2331 bytes.
    """
    from io import BytesIO

    import segno

    if not link:
        raise ValueError("an empty link")
    code = segno.make_qr(link, error="m", boost_error=False)
    modules, _ = code.symbol_size(border=QUIET_ZONE)
    file = BytesIO()
    code.save(file, kind="png", scale=-(-QR_SIDE // modules), border=QUIET_ZONE, dark="black", light="white")
    return file.getvalue()


def draw(order: Order) -> bytes:
    """The picture of an order, as PNG."""
    match order:
        case CourseOrder(diary, first_day, last_day, language, title):
            return png(charts.course(diary, first_day, last_day, words(language), title))
        case QrOrder(link):
            return qr(link)


@dataclass(frozen=True, slots=True)
class _Pool:
    """Workers, and the line that keeps them alive: when the parent lets go of it, they are gone at once."""

    workers: ProcessPoolExecutor
    lifeline: Connection


class Studio:
    """Draws orders in a process of its own. Use it from one event loop."""

    def __init__(self, *, workers: int = 1, idle_for: timedelta = IDLE_FOR) -> None:
        self._workers = workers
        self._idle_for = idle_for
        self._pool: _Pool | None = None
        self._resting: asyncio.TimerHandle | None = None
        self._busy = 0
        self._closed = False
        # No more orders in the pool than workers: one that kills its worker then takes no other with it.
        self._free = asyncio.Semaphore(workers)

    async def make(self, order: Order) -> bytes:
        """The picture of an order, as PNG.

        Raises NotDrawn when the worker died over it twice or the studio is closed, and what `draw` raises.
        """
        self._busy += 1
        self._stay()
        try:
            async with self._free:
                return await self._drawn(order)
        finally:
            self._busy -= 1
            if not self._busy and self._pool is not None:
                self._resting = asyncio.get_running_loop().call_later(self._idle_for.total_seconds(), self._rest)

    async def close(self) -> None:
        """End the workers, within CLOSES_IN; orders under way raise NotDrawn."""
        self._closed = True
        self._stay()
        if (pool := self._pool) is not None:
            self._pool = None
            pool.lifeline.close()
            # The thread that looks after the workers sees them end and then ends itself.
            ended = asyncio.to_thread(pool.workers.shutdown, cancel_futures=True)
            try:
                await asyncio.wait_for(ended, CLOSES_IN.total_seconds())
            except TimeoutError:
                return

    async def _drawn(self, order: Order) -> bytes:
        for _ in range(2):
            if self._closed:
                break
            pool = self._started()
            try:
                return await asyncio.get_running_loop().run_in_executor(pool.workers, _draw_in_time, order)
            except BrokenProcessPool:
                self._let_go(pool)
        raise NotDrawn("the studio is closed" if self._closed else "two workers died over this picture")

    def _started(self) -> _Pool:
        if self._pool is None:
            # Spawned, not forked: a fork would copy the parent's threads' locks and its memory.
            context = multiprocessing.get_context("spawn")
            held, lifeline = context.Pipe(duplex=False)
            pool = ProcessPoolExecutor(self._workers, context, _settle_in, (held,))
            self._pool = _Pool(pool, lifeline)
        return self._pool

    def _let_go(self, pool: _Pool) -> None:
        if self._pool is pool:
            self._pool = None
        pool.lifeline.close()
        pool.workers.shutdown(wait=False, cancel_futures=True)

    def _stay(self) -> None:
        if self._resting is not None:
            self._resting.cancel()
            self._resting = None

    def _rest(self) -> None:
        if self._pool is not None:
            self._let_go(self._pool)


def _draw_in_time(order: Order) -> bytes:
    # A watchdog outside the interpreter: resvg holds the lock meanwhile, so no Python thread could end it.
    faulthandler.dump_traceback_later(DRAWS_FOR.total_seconds(), exit=True)
    try:
        return draw(order)
    finally:
        faulthandler.cancel_dump_traceback_later()


def _settle_in(lifeline: Connection) -> None:
    """Leave the worker's ending to its parent: deaf to the terminal's signals, gone when the parent is."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, args=(lifeline,), name="lifeline", daemon=True).start()


def _end_with_parent(lifeline: Connection) -> None:
    parent = multiprocessing.parent_process()
    wait([lifeline] if parent is None else [lifeline, parent.sentinel])
    os._exit(0)
