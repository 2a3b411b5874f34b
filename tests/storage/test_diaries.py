"""Diaries out of the database: of many at once, each its own, whole or as much as is needed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from bot.diary.alerts import USUAL, Limits
from bot.diary.digests import last_week
from bot.diary.entries import Cause
from bot.diary.excerpts import FOR_NUMBERS
from bot.diary.people import Patient, Stage
from bot.diary.sharing import Share
from bot.storage import Database, diaries, entries, limits, panels, people, sharing
from tests.storage.conftest import ADA, NOW, Cast

MONDAY = NOW.date()
TUESDAY = MONDAY + timedelta(days=1)


def answered(tx: Connection, patient: Patient, first: date, until: date, value: int) -> None:
    """Every item, every evening."""
    day = first
    while day < until:
        closes_at = datetime.combine(day, NOW.timetz()) + timedelta(hours=16)
        entries.plan_day(tx, patient.id, day, patient.zone, closes_at)
        for item in entries.items_of(tx, patient.id):
            entries.put_score(tx, patient.id, day, item.id, value, closes_at - timedelta(hours=16))
        day += timedelta(days=1)


async def test_a_diary_holds_what_counts(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> None:
        burning = entries.items_of(tx, cast.ada.id)[0].id
        for number, day in enumerate((MONDAY, TUESDAY)):
            entries.plan_day(tx, cast.ada.id, day, "Europe/Lisbon", NOW + timedelta(days=2))
            entries.put_score(tx, cast.ada.id, day, burning, 3, NOW)
            entries.put_score(tx, cast.ada.id, day, burning, 6 + number, NOW)
        entries.change_day(tx, cast.ada.id, MONDAY, not_asked=Cause.BLOCKED)
        limits.put(tx, cast.ada.id, Limits(high=9))
        found = diaries.of(tx, [cast.ada, cast.ben], MONDAY, NOW)
        kept = found[cast.ada.id]
        assert list(kept.days) == [MONDAY, TUESDAY]
        assert kept.days[MONDAY].not_asked is Cause.BLOCKED
        assert {key: score.value for key, score in kept.scores.items()} == {(MONDAY, burning): 6, (TUESDAY, burning): 7}
        assert len(kept.items) == 3
        assert (kept.limits, found[cast.ben.id].limits) == (Limits(high=9), USUAL)
        assert (found[cast.ben.id].days, found[cast.ben.id].scores) == ({}, {})
        assert diaries.of(tx, [], MONDAY, NOW) == {}

    await database.write(work)


async def test_of_a_long_diary_as_much_is_read_as_it_takes(database: Database, cast: Cast) -> None:
    end = MONDAY + timedelta(days=200)
    now = NOW + timedelta(days=200)

    def work(tx: Connection) -> None:
        people.change_patient(tx, cast.ada.id, enrolled_day=MONDAY)
        people.change_patient(tx, cast.ben.id, enrolled_day=MONDAY)
        ada, ben = people.patient_by_id(tx, cast.ada.id), people.patient_by_id(tx, cast.ben.id)
        answered(tx, ada, MONDAY, end, 4)
        answered(tx, ben, MONDAY, end - timedelta(days=60), 4)
        recent = last_week(now, ada.zone, ada.prompt_time) - FOR_NUMBERS
        found = diaries.of(tx, [ada, ben], recent, now)
        assert len(found[ada.id].days) < 60, "she answers, so her early and her recent days are enough"
        assert len(found[ben.id].days) == 140, "he has been silent, and since when is in between"

    await database.write(work)


async def test_a_panel_has_those_who_share_and_keep_a_diary(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> None:
        assert not panels.anyone(tx, cast.ito.id, NOW), "she has not begun"
        assert panels.panel_of(tx, cast.ito.id, NOW).members == ()
        people.change_patient(tx, cast.ada.id, stage=Stage.ACTIVE, enrolled_day=MONDAY)
        assert [member.label for member in panels.panel_of(tx, cast.ito.id, NOW).members] == ["Ada L"]
        assert panels.anyone(tx, cast.ito.id, NOW)
        assert not panels.anyone(tx, cast.roy.id, NOW)
        sharing.put(tx, Share(cast.ada.id, cast.ito.id, "Ada L", NOW, ended_at=NOW))
        assert not panels.anyone(tx, cast.ito.id, NOW)
        assert panels.panel_of(tx, cast.ito.id, NOW).members == ()
        assert people.find_account(tx, ADA) is not None

    await database.write(work)
