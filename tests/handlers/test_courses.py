"""Before and after treatment, asked for from the card and from one's own chart, and by those who may not see it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection

from bot.diary.sessions import Kind
from bot.storage import tables
from tests.handlers.desk import Desk
from tests.stage import newest, text_of

PROVES = "One person's diary describes; it does not prove an effect."


async def needled(desk: Desk, *days: int) -> None:
    """Treatments of Ada on these days of March."""

    def log(tx: Connection) -> None:
        for day in days:
            tx.execute(
                tables.sessions.insert().values(
                    patient_id=1, therapist_id=1, day=date(2026, 3, day), kind=Kind.NEEDLING, logged_at=desk.now
                )
            )

    await desk.database.write(log)


@pytest.fixture
async def treated(clinic: Desk) -> Desk:
    """Four weeks of Ada: 8 up to two days after the treatment of 9 March, then 4; one more treatment on the 20th."""
    for evening in range(28):
        await clinic.until(datetime(2026, 3, 2, 20, tzinfo=UTC).replace(day=2 + evening))
        await clinic.says(clinic.ada, "8 5 0" if evening < 10 else "4 5 0")

    await needled(clinic, 9, 20)
    await clinic.until(datetime(2026, 3, 30, 14, tzinfo=UTC))
    clinic.sent.clear()
    return clinic


async def accesses(desk: Desk) -> list[tuple[int, str]]:
    rows = await desk.rows("select patient_id, what from accesses where what = 'course' order by id")
    return [tuple(row) for row in rows]


async def test_the_card_leads_to_it_and_so_does_ones_own_chart(treated: Desk) -> None:
    await _its_pages_turn_in_place(treated)
    await _the_patient_sees_the_same_numbers(treated)
    await _what_was_deleted_meanwhile_is_told_in_its_place(treated)


async def _its_pages_turn_in_place(desk: Desk) -> None:
    ito = desk.ito
    await desk.says(ito, "/patients")
    await desk.taps(ito, "Ada L")
    heard = len(ito.heard)
    said = await desk.taps(ito, "Before and after")
    assert len(ito.heard) == heard + 1, "the card stays"
    assert "photo" in ito.last
    assert "Ada L: before and after treatment" in said
    assert "2 days with treatment: 9 Mar 2026 to 20 Mar 2026." in said
    assert "Last 7 days: 23 Mar to 29 Mar." in said
    assert "Baseline: 2 Mar to 8 Mar, before treatment." in said
    assert "Burning: baseline 8.0 (7 days), last 4.0 (7 days): much better, 4.0 points lower (50%)." in said
    assert PROVES in said
    shown = ito.last["message_id"]
    told = [said]
    while "Next" in ito.labels(shown):
        told.append(await desk.taps(ito, "Next"))
    assert len(ito.heard) == heard + 1, "one message, edited"
    assert len(told) > 1
    assert all(PROVES in page for page in told)
    # 12 to 18 March: all 4; 23 to 29 March: all 4.
    whole = "\n".join(told)
    assert "Before: 2 Mar to 8 Mar. After: 12 Mar to 18 Mar." in whole
    assert "Before: 13 Mar to 19 Mar. After: 23 Mar to 29 Mar." in whole
    assert "Burning: before 8.0 (7 days), after 4.0 (7 days): much better, 4.0 points lower (50%)." in whole
    assert "Burning: before 4.0 (7 days), after 4.0 (7 days): about the same." in whole
    assert await accesses(desk) == [(1, "course")] * len(told)
    assert not desk.refused()


async def _the_patient_sees_the_same_numbers(desk: Desk) -> None:
    ada, logged = desk.ada, await accesses(desk)
    await desk.says(ada, "/chart")
    said = await desk.taps(ada, "Before and after treatment")
    assert "Burning: baseline 8.0 (7 days), last 4.0 (7 days): much better, 4.0 points lower (50%)." in said
    assert PROVES in said
    await desk.taps(ada, "Next")
    assert "photo" in ada.last
    assert await accesses(desk) == logged, "nobody writes down what people see of their own"
    await desk.says(desk.ben, "/chart")
    assert "Before and after treatment" not in desk.ben.labels(desk.ben.last["message_id"])
    assert not desk.refused()


async def _what_was_deleted_meanwhile_is_told_in_its_place(desk: Desk) -> None:
    ada = desk.ada
    await desk.says(ada, "/chart")
    await desk.taps(ada, "Before and after treatment")
    await desk.database.write(lambda tx: tx.execute(tables.sessions.update().values(undone_at=desk.now)))
    said = await desk.taps(ada, "Next")
    assert said == "There is no treatment in your diary yet, so there is nothing to compare."
    assert not desk.refused()


async def test_nobody_else_sees_it_and_absurd_pages_are_the_first_one(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    await needled(desk, 1, 2)
    roy = await desk.therapist(desk.roy)
    for person in (roy, desk.max, desk.ben):
        heard = len(person.heard)
        await desk.says(person, "/help")
        for data in ("kc:1:", "kc:1:0", "kc:1:1", "kc:999:0", "kc:-1:0"):
            await desk.sends(person, data)
        assert not [it for it in person.heard[heard:] if "before and after" in text_of(it)]
    await desk.says(desk.max, "/help")
    await desk.sends(desk.max, "ko:")
    assert "before and after" not in newest(desk.max).lower()
    assert await accesses(desk) == []
    await desk.says(ito, "/help")
    for data in ("kc:1:77", "kc:1:-3"):
        await desk.sends(ito, data)
        assert "2 days with treatment" in newest(ito), data
    # Without a share there is nothing.
    await desk.says(desk.ada, "/sharing")
    await desk.taps(desk.ada, "Stop sharing with Dr Ito")
    heard = len(ito.heard)
    await desk.sends(ito, "kc:1:")
    assert len(ito.heard) == heard
    assert not desk.refused()
