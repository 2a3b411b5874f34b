"""The nights when clocks change, with the process's own clock running 600 times faster.

The bot is a child process under Debian's `faketime`, wall and monotonic clock alike; the stand-in stays in real time.
So every time-out, pause and tick of the program is squeezed as well, which a movable clock does not do.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.demo.person import Person
from bot.demo.telegram import Telegram
from tests.stage import TOKEN, link_in, newest

SPEED = 600
HOURS = ("20:00", "23:30", "02:30")
LATE_AT_MOST = timedelta(minutes=5)
"""Half a second of real time."""
PATIENCE_S = 60.0

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("faketime") is None, reason="faketime is not installed"),
]


@pytest.mark.parametrize(
    ("zone", "start", "nights"),
    [
        ("America/Chicago", datetime(2026, 3, 7, 12, tzinfo=UTC), 1),
        ("Europe/Lisbon", datetime(2026, 3, 28, 12, tzinfo=UTC), 1),
        ("America/Nuuk", datetime(2026, 3, 28, 12, tzinfo=UTC), 1),
        ("Australia/Lord_Howe", datetime(2026, 4, 4, 0, tzinfo=UTC), 1),
        ("Australia/Lord_Howe", datetime(2026, 10, 3, 0, tzinfo=UTC), 1),
        ("Europe/Lisbon", datetime(2026, 10, 24, 12, tzinfo=UTC), 1),
        ("America/Nuuk", datetime(2026, 10, 24, 12, tzinfo=UTC), 1),
        ("America/Chicago", datetime(2026, 10, 31, 12, tzinfo=UTC), 1),
        ("Asia/Kathmandu", datetime(2026, 3, 7, 6, tzinfo=UTC), 1),
    ],
)
async def test_one_prompt_per_diary_day_at_the_local_hour(
    zone: str, start: datetime, nights: int, tmp_path: Path
) -> None:
    telegram = Telegram(TOKEN, now=lambda: datetime.now(UTC))
    await telegram.start()
    environment = {
        **os.environ,
        "BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": telegram.address,
        "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'diary.db'}",
        "ADMIN_IDS": "2",
        "LOG_LEVEL": "ERROR",
    }
    child = await asyncio.create_subprocess_exec(
        "faketime",
        "-f",
        f"@{start:%Y-%m-%d %H:%M:%S} x{SPEED}",
        sys.executable,
        "-m",
        "bot",
        "run",
        env=environment,
        start_new_session=True,
    )
    try:
        people = await _enrol(telegram, zone)
        ended = asyncio.get_running_loop().time() + (24 * nights + 4) * 3600 / SPEED
        await asyncio.gather(*(_answer(telegram, person, ended) for person in people))
    finally:
        os.killpg(child.pid, signal.SIGTERM)
        await child.wait()
        await telegram.stop()
    with sqlite3.connect(tmp_path / "diary.db") as file:
        rows = file.execute(
            "select p.prompt_time, d.day, d.intended_at, d.asked_at, d.sent_at, d.patient_id "
            "from diary_days d join patients p on p.id = d.patient_id order by 1, 2"
        ).fetchall()
    assert len({row[0] for row in rows}) == len(HOURS), "every hour was asked at least once"
    for wall, day, intended, asked, sent, _ in rows:
        assert asked is not None, (wall, day, "was not asked")
        assert _instant(asked) - _instant(intended) < LATE_AT_MOST
        assert _right_hour(_instant(intended), wall[:5], zone), (wall, day, intended)
        assert sent is not None
    prompts = sum("past 24 hours" in call.params.get("text", "") for call in telegram.calls_of("sendMessage"))
    assert prompts == len(rows), "one prompt for each diary day"


async def _enrol(telegram: Telegram, zone: str) -> list[Person]:
    ito = telegram.person(2, "Dr Ito")
    ito.send("/start")
    await telegram.until(lambda: "I treat patients too" in ito.labels(), PATIENCE_S)
    ito.tap_label("I treat patients too")
    await telegram.until(lambda: "You are enrolled" in newest(ito), PATIENCE_S)
    people = []
    for number, hour in enumerate(HOURS):
        person = telegram.person(100 + number, f"P{number}")
        ito.send(f"/invite P{number}")
        await telegram.until(lambda name=f"P{number}": f"Invitation for {name}" in newest(ito), PATIENCE_S)  # type: ignore[misc]
        person.open_link(link_in(ito.last))
        for label in ("Yes, store my answers", "Yes, show them to Dr Ito"):
            await telegram.until(lambda p=person, it=label: it in p.labels(), PATIENCE_S)  # type: ignore[misc]
            person.tap_label(label)
        await telegram.until(lambda p=person: "Where do you live" in newest(p), PATIENCE_S)  # type: ignore[misc]
        person.send(zone)
        await telegram.until(lambda p=person: "At what time" in newest(p), PATIENCE_S)  # type: ignore[misc]
        person.send(hour)
        await telegram.until(lambda p=person: "Start now" in p.labels(), PATIENCE_S)  # type: ignore[misc]
        person.tap_label(person.labels()[1])
        await telegram.until(lambda p=person: "Your diary is open" in newest(p), PATIENCE_S)  # type: ignore[misc]
        people.append(person)
    return people


async def _answer(telegram: Telegram, person: Person, ended: float) -> None:
    """Tap 7 on every question until the time is up."""
    loop = asyncio.get_running_loop()
    seen: set[tuple[int, str]] = set()
    revision = telegram.revision
    while (left := ended - loop.time()) > 0:
        last = person.last
        key = (last["message_id"], last.get("text", ""))
        if "past 24 hours" in key[1] and key not in seen:
            seen.add(key)
            person.tap_label("7", last["message_id"])
        try:
            async with asyncio.timeout(left):
                revision = await telegram.changed(revision)
        except TimeoutError:
            return


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _right_hour(at: datetime, wall: str, zone: str) -> bool:
    """It is that hour by the local clock, or the clocks had just jumped over it."""
    local = at.astimezone(ZoneInfo(zone))
    before = (at - timedelta(hours=2)).astimezone(ZoneInfo(zone))
    gap = (local.utcoffset() or timedelta()) - (before.utcoffset() or timedelta())
    return f"{local:%H:%M}" == wall or (gap > timedelta(0) and f"{local - gap:%H:%M}" == wall)
