"""What is asked of a patient, in the rows: it is read as it was written, and nobody else's is touched."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import Connection

from bot.diary.entries import Item, Side, Symptom
from bot.diary.items import Wanted
from bot.storage import Database, diaries, entries, items, people, prompts
from tests.storage.conftest import NOW, Cast

MONDAY = NOW.date()
TUESDAY = MONDAY + timedelta(days=1)
KNEE = Wanted(Symptom.PAIN, "knee", Side.LEFT)


async def test_an_item_comes_back_as_it_was_put_wherever_it_is_read(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> None:
        knee = items.add(tx, cast.ada.id, KNEE, 3, MONDAY)
        added = Item(knee, Symptom.PAIN, "knee", Side.LEFT, 3, MONDAY)
        assert entries.items_of(tx, cast.ada.id)[3] == added
        rests = ((MONDAY, TUESDAY), (date(2026, 4, 1), date(2027, 1, 1)))
        changed = replace(added, position=-1, added_day=TUESDAY, ended_day=date(2028, 1, 1), rests=rests)
        items.put(tx, cast.ada.id, [changed])
        ada = people.change_patient(tx, cast.ada.id, next_prompt_at=NOW, next_prompt_day=MONDAY)
        (due,) = prompts.candidates(tx, [ada.id])
        read = diaries.of(tx, [ada], MONDAY, NOW)[ada.id]
        for found in (entries.items_of(tx, ada.id), due.items, read.items):
            assert len(found) == 4
            assert found[0] == changed
        items.put(tx, cast.ada.id, [added])
        assert entries.items_of(tx, ada.id)[3] == added

    await database.write(work)


async def test_an_item_of_another_patient_can_not_be_changed(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> None:
        before = entries.items_of(tx, cast.ada.id)
        items.put(tx, cast.ben.id, [replace(before[0], ended_day=MONDAY)])
        assert entries.items_of(tx, cast.ada.id) == before

    await database.write(work)


async def test_what_lies_ahead_is_one_patients_from_that_day_on(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> None:
        burning, tingling, pain = entries.items_of(tx, cast.ada.id)
        for patient in (cast.ada, cast.ben):
            for day in (MONDAY, TUESDAY):
                entries.plan_day(tx, patient.id, day, "Europe/Lisbon", NOW)
        entries.put_score(tx, cast.ada.id, MONDAY, burning.id, 7, NOW)
        entries.put_score(tx, cast.ada.id, TUESDAY, tingling.id, None, NOW)
        entries.put_score(tx, cast.ada.id, TUESDAY, pain.id, 3, NOW)
        entries.withdraw_scores(tx, cast.ada.id, TUESDAY, [pain.id], NOW, NOW)
        assert [day.day for day in items.days_from(tx, cast.ada.id, TUESDAY)] == [TUESDAY]
        assert [day.day for day in items.days_from(tx, cast.ada.id, MONDAY)] == [MONDAY, TUESDAY]
        assert items.answered_from(tx, cast.ada.id, TUESDAY) == {(TUESDAY, tingling.id)}, "a skip is an answer"
        assert items.answered_from(tx, cast.ben.id, MONDAY) == set()

    await database.write(work)
