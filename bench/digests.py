"""Weekly digests: whether they are made sooner than they can be sent, what taps notice, and what a chart costs."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from typing import Any, Final

from bench import seed
from bench.people import FIRST_CHAT
from bench.programs import Server, workplace
from bench.replies import TAPS, TAPS_A_SECOND, spread_text, start_ours
from bench.table import Row, say, times
from bot import press, reports, storage
from bot.chat.messages import as_data
from bot.chat.words import words
from bot.diary import digests as rules
from bot.diary.people import ChatId
from bot.reports import charts, fonts

READERS: Final = 1_000
MESSAGES: Final = 2 * READERS
"""The chart, and the words that do not fit under it."""
TELEGRAM_TAKES: Final = MESSAGES / 30
"""Seconds, at 30 messages a second."""
WEEKS: Final = 12
CHARTS: Final = 30
TAPPERS: Final = 2_000
GIVE_UP: Final = 180.0


def digests() -> list[Row]:
    """A thousand weekly digests of two messages each, with the limits out of the way, and 40 taps a second."""
    clinic = seed.Clinic(READERS + TAPPERS, digests_due=READERS, history=7 * WEEKS, with_history=READERS, wide=True)
    with workplace() as folder, Server() as server, ExitStack() as stack:
        mine = start_ours(stack, server, clinic, folder)
        crowd: dict[str, Any] = {"first": READERS + 1, "patients": TAPPERS, "rate": TAPS_A_SECOND}
        began = time.monotonic()
        # More than are needed: they are ended with the last digest.
        mine.begin(server, int(2 * GIVE_UP * TAPS_A_SECOND), give_up=2 * GIVE_UP, **crowd)
        sent = server.ask("sent", token=mine.token, count=MESSAGES, within=GIVE_UP)["sent"]
        taps = mine.end(server, at_once=True)["answer_ms"]
        say(f"  ours while digests are made: {spread_text(taps)}")
        quiet = mine.offer(server, TAPS, **crowd)["answer_ms"]
        say(f"  ours afterwards: {spread_text(quiet)}")
        took = max((at for at, _ in sent), default=began) - began
        each = Counter(chat for _, chat in sent)
        right = all(each[FIRST_CHAT + n] == 2 for n in range(1, READERS + 1)) and len(sent) == MESSAGES
        mine.child.stop()
        parts = _chart(folder / "diary.db", datetime.now(UTC))
    return [
        Row(
            f"{READERS:,} weekly digests made and sent, nothing paced",
            f"{took:.1f} s, {len(sent)} messages{'' if right else ', not two for each'}",
            f"Telegram takes {TELEGRAM_TAKES:.0f} s for them",
            times(took / TELEGRAM_TAKES),
            f"{TELEGRAM_TAKES:.0f} s",
            right and took <= TELEGRAM_TAKES,
        ),
        Row(
            "tap to answer at 40 taps/s while digests are made, p99",
            f"{taps['p99']:.1f} ms",
            f"{quiet['p99']:.1f} ms afterwards",
            times(taps["p99"] / quiet["p99"]),
            "100 ms",
            taps["p99"] <= 100,
        ),
        _chart_row(parts),
    ]


def _chart_row(parts: dict[str, float]) -> Row:
    chart = parts["SVG text"] + parts["reading it and setting its letters"] + parts["picture"]
    drawing = parts["picture"] - parts["empty picture"]
    return Row(
        "CPU of a chart: four symptoms, eight weeks",
        f"{chart:.1f} ms: SVG text {parts['SVG text']:.1f}, reading it and setting its letters "
        f"{parts['reading it and setting its letters']:.1f}, drawing {drawing:.1f}, "
        f"the empty picture as PNG {parts['empty picture']:.1f}",
        f"the whole digest {parts['digest']:.1f} ms",
        times(chart / parts["digest"]),
        "",
        None,
    )


def _chart(database: Path, now: datetime) -> dict[str, float]:
    """Milliseconds of CPU for the parts of a digest, by the functions that its worker process calls."""
    from resvg import render, usvg

    letters = usvg.Options.default()
    for font in (fonts.REGULAR, fonts.BOLD):
        letters.load_font_file(str(font))
    letters.font_family = fonts.FAMILY
    found: dict[str, list[float]] = {}

    def timed(name: str, work: Callable[..., Any], *args: Any) -> Any:
        began = time.process_time()
        result = work(*args)
        found.setdefault(name, []).append(1000 * (time.process_time() - began))
        return result

    engine = storage.database.reader_engine(database)
    try:
        for n in range(1, CHARTS + 1):
            order = _order(database, n, now)
            timed("digest", press.make, order)
            with engine.connect() as tx, tx.begin():
                draft = press.written(tx, order)
            assert isinstance(draft, press.Draft)
            assert draft.picture is not None
            wanted = draft.picture.values
            first, last = date.fromisoformat(wanted["first"]), date.fromisoformat(wanted["last"])
            said_in = words(wanted["language"])
            svg = timed("SVG text", charts.course, draft.diary, first, last, said_in, wanted["title"])
            tree = timed("reading it and setting its letters", usvg.Tree.from_str, svg, letters)
            timed("picture", render, tree, reports.pictures.AS_IT_IS)
            blank = usvg.Tree.from_str(svg[: svg.index(">") + 1] + "</svg>", letters)
            timed("empty picture", render, blank, reports.pictures.AS_IT_IS)
    finally:
        engine.dispose()
    return {name: median(took) for name, took in found.items()}


def _order(database: Path, patient: int, now: datetime) -> press.Order:
    """What a worker is given for the week of a patient."""
    start = rules.last_week(now, seed.zone_at(now), seed.HOUR)
    message = reports.recipes.week(storage.people.PatientId(patient), start, words("es"))[0]
    return press.Order(database, ChatId(FIRST_CHAT + patient), as_data(message), now)
