"""The night the clocks change: one prompt per diary day, at the patient's own hour, in five places of 2026."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from bot import diary, storage
from bot.chat.words import words_in
from bot.diary.days import Hours
from bot.diary.people import ChatId, Role, Stage
from tests.stage import stage, text_of

PLACES: Final = ("Europe/Lisbon", "America/Chicago", "Asia/Kathmandu", "America/Nuuk", "Australia/Lord_Howe")
HOURS: Final = (time(20), time(23, 30), time(2, 30))
NIGHTS: Final = (
    (date(2026, 3, 7), date(2026, 3, 9)),
    (date(2026, 3, 28), date(2026, 3, 30)),
    (date(2026, 4, 3), date(2026, 4, 6)),
    (date(2026, 10, 3), date(2026, 10, 5)),
    (date(2026, 10, 24), date(2026, 10, 26)),
    (date(2026, 10, 31), date(2026, 11, 2)),
)
ODD: Final = {
    # 02:00 to 03:00 is jumped over, so half past two comes an hour later: 03:30 by the new time.
    ("America/Chicago", time(2, 30), date(2026, 3, 7)): datetime(2026, 3, 8, 8, 30, tzinfo=UTC),
    # 23:00 of the 28th to midnight is jumped over: half past midnight, and still the evening of the 28th.
    ("America/Nuuk", time(23, 30), date(2026, 3, 28)): datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
    # 23:30 comes twice; the first one counts.
    ("America/Nuuk", time(23, 30), date(2026, 10, 24)): datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
}
"""Hours that a clock skips or shows twice."""


def expected(place: str, hour: time, day: date) -> datetime:
    """When the evening of `day` is asked: written down by hand where a clock is odd, else what the wall shows."""
    if (found := ODD.get((place, hour, day))) is not None:
        return found
    on = day + timedelta(days=1) if hour < time(4) else day
    instant = datetime.combine(on, hour, ZoneInfo(place)).astimezone(UTC)
    assert instant.astimezone(ZoneInfo(place)).time() == hour, "an odd hour that nobody has written down"
    return instant


def enrol(tx: Connection, chat: int, place: str, hour: time, first: date, now: datetime) -> None:
    """A patient in a place, asked at an hour from the first evening on."""
    therapist = storage.people.therapist(tx, ChatId(1))
    if therapist is None:
        storage.people.account(tx, ChatId(1), "en", now)
        therapist = storage.people.add_therapist(tx, ChatId(1), "Dr Ito", "UTC", now + timedelta(days=99), now)
    storage.people.account(tx, ChatId(chat), "en", now)
    invite = storage.people.add_invite(
        tx, f"code-{chat}", Role.PATIENT, therapist_id=therapist.id, label=str(chat), expires_at=now, now=now
    )
    patient = storage.people.add_patient(tx, ChatId(chat), invite, place, hour)
    due = diary.prompts.first_due(now, place, Hours(hour), first)
    storage.people.change_patient(
        tx, patient.id, stage=Stage.ACTIVE, enrolled_at=now, enrolled_day=first,
        next_prompt_at=due.at, next_prompt_day=due.day, next_digest_at=now + timedelta(days=99), reminder_minutes=0,
    )  # fmt: skip
    storage.entries.add_default_items(tx, patient.id, first)


@pytest.mark.parametrize(("first", "last"), NIGHTS, ids=lambda day: f"{day:%d-%b}")
async def test_one_prompt_for_each_evening_at_the_hour_of_the_place(tmp_path: Path, first: date, last: date) -> None:
    start = datetime.combine(first, time(0), UTC) - timedelta(hours=16)
    people = {100 + n: (place, hour) for n, (place, hour) in enumerate((p, h) for p in PLACES for h in HOURS)}
    async with stage(tmp_path, start) as played:
        for chat in people:
            played.telegram.person(chat, str(chat))

        def enrol_all(tx: Connection) -> None:
            for chat, (place, hour) in people.items():
                enrol(tx, chat, place, hour, first, start)

        await played.program.database.write(enrol_all)
        await played.until(datetime.combine(last + timedelta(days=1), time(9), UTC))

        evenings = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        for chat, (place, hour) in people.items():
            due = [expected(place, hour, day) for day in evenings]
            heard = played.telegram.people[chat].heard
            asked = [message for message in heard if message["date"] <= due[-1].timestamp() + 60]
            assert len(asked) == len(due), f"{place} at {hour}"
            for message, at, day in zip(asked, due, evenings, strict=True):
                assert 0 <= message["date"] + 1 - at.timestamp() < 60, f"{place} at {hour} on {day}"
                assert words_in("en", place).day(day) in text_of(message)
            rows = await played.rows(
                "select day, intended_at, sent_at is not null, not_asked from diary_days d"
                " join patients p on p.id = d.patient_id where chat_id = :chat and day <= :last order by day",
                chat=chat,
                last=last.isoformat(),
            )
            assert rows == [
                (day.isoformat(), f"{at:%Y-%m-%d %H:%M:%S.%f}", 1, None) for day, at in zip(evenings, due, strict=True)
            ], f"{place} at {hour}"
        assert not played.refused()
