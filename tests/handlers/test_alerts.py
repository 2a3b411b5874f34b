"""Scores rise on two days in a row: therapists hear of it, what they do is kept, and the patient hears of that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.demo.person import Person
from tests.handlers.desk import Desk
from tests.stage import newest, text_of

MINUTES = timedelta(minutes=11)


async def evening(desk: Desk, day: int, *scores: int) -> None:
    """Ada answers the question of that day of March by a typed line."""
    await desk.until(datetime(2026, 3, day, 20, 1, tzinfo=UTC))
    await desk.says(desk.ada, " ".join(map(str, scores)))


async def risen(desk: Desk, *second: int) -> None:
    """Six usual evenings, and two on which all of them are higher."""
    for day, burning in enumerate((4, 4, 5, 4, 4, 4), 2):
        await evening(desk, day, burning, 3, 3)
    await evening(desk, 8, 7, 3, 3)
    await evening(desk, 9, *(second or (8, 3, 3)))


def alert_of(person: Person) -> dict[str, object]:
    found = [message for message in person.heard if "Alert: Ada L" in text_of(message)]
    assert len(found) == 1
    return found[0]


async def test_two_days_above_the_usual_alert_after_ten_minutes(clinic: Desk) -> None:
    desk, ito, ada = clinic, clinic.ito, clinic.ada
    await risen(desk)
    written = desk.now
    await desk.jump(written + timedelta(minutes=9))
    assert await desk.rows("select * from alerts") == []
    await desk.jump(written + MINUTES)
    alert = alert_of(ito)
    assert "photo" in alert
    assert (
        "Burning 7 on Sunday and 8 on Monday. Usual before: 4.2 from 6 days. "
        "Rule: two days in a row 2 or more above the usual." in text_of(alert)
    )
    asked = newest(ada)
    assert "Burning: 7, then 8. Your usual before: 4.2, from 6 days." in asked
    assert "Dr Ito" in asked
    assert "around the clock" in asked
    assert "112" in asked
    assert desk.refused() == []
