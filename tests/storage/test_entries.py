"""Scores, days and notes: the newest value counts, every value is kept, each day is planned once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from bot.diary.entries import DEFAULT_SYMPTOMS, ItemId
from bot.diary.people import PatientId
from bot.storage import Database, entries, outbox
from tests.storage.conftest import NOW, Cast

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
SOON = timedelta(seconds=5)


def every_value(patient_id: PatientId) -> Callable[[Connection], list[tuple[Any, ...]]]:
    """All rows of scores, also those that no longer count."""
    query = "select value, withdrawn_at is null from scores where patient_id = :p order by day, item_id, entered_at"
    return lambda tx: [tuple(row) for row in tx.execute(text(query), {"p": patient_id})]


@pytest.fixture
async def burning(database: Database, cast: Cast) -> ItemId:
    items = await database.write(lambda tx: entries.items_of(tx, cast.ada.id))
    assert [item.symptom for item in items] == list(DEFAULT_SYMPTOMS)
    return items[0].id


# --- scores ---------------------------------------------------------------------------------------------------


async def test_the_newest_value_counts_and_all_are_kept(database: Database, cast: Cast, burning: ItemId) -> None:
    def work(tx: Connection) -> int | None:
        for number, value in enumerate((7, 4, 5)):
            assert entries.put_score(tx, cast.ada.id, MONDAY, burning, value, NOW + number * SOON)
        return entries.scores_on(tx, cast.ada.id, MONDAY)[MONDAY, burning].value

    assert await database.write(work) == 5
    assert await database.write(every_value(cast.ada.id)) == [(7, 1), (4, 1), (5, 1)]


async def test_the_same_value_is_not_stored_twice(database: Database, cast: Cast, burning: ItemId) -> None:
    def work(tx: Connection) -> list[bool]:
        return [
            entries.put_score(tx, cast.ada.id, MONDAY, burning, value, NOW + number * SOON)
            for number, value in enumerate((7, 7, 4, 7, None, None))
        ]

    assert await database.write(work) == [True, False, True, True, True, False]
    assert await database.write(every_value(cast.ada.id)) == [(7, 1), (4, 1), (7, 1), (None, 1)]


async def test_zero_is_an_answer_and_a_skip_is_a_row_without_a_value(
    database: Database, cast: Cast, burning: ItemId
) -> None:
    def work(tx: Connection) -> list[int | None]:
        seen = []
        for value in (0, None, 0):
            assert entries.put_score(tx, cast.ada.id, MONDAY, burning, value, NOW)
            seen.append(entries.scores_on(tx, cast.ada.id, MONDAY)[MONDAY, burning].value)
        return seen

    assert await database.write(work) == [0, None, 0]
    assert await database.write(every_value(cast.ada.id)) == [(0, 1), (None, 1), (0, 1)]


async def test_two_values_of_the_same_microsecond_are_both_kept_in_order(
    database: Database, cast: Cast, burning: ItemId
) -> None:
    def work(tx: Connection) -> list[timedelta]:
        for value in (3, 8, 2):
            entries.put_score(tx, cast.ada.id, MONDAY, burning, value, NOW)
        rows = tx.execute(text("select entered_at from scores order by entered_at")).scalars().all()
        newest = entries.scores_on(tx, cast.ada.id, MONDAY)[MONDAY, burning]
        assert newest.value == 2
        return [newest.entered_at - NOW, timedelta(microseconds=len(set(rows)))]

    assert await database.write(work) == [timedelta(microseconds=2), timedelta(microseconds=3)]


async def test_a_clock_that_was_set_back_cannot_bring_an_old_value_back(
    database: Database, cast: Cast, burning: ItemId
) -> None:
    def work(tx: Connection) -> int | None:
        entries.put_score(tx, cast.ada.id, MONDAY, burning, 9, NOW)
        entries.put_score(tx, cast.ada.id, MONDAY, burning, 3, NOW - timedelta(hours=1))
        return entries.scores_on(tx, cast.ada.id, MONDAY)[MONDAY, burning].value

    assert await database.write(work) == 3


@pytest.mark.parametrize("value", [11, -1, 100])
async def test_the_file_itself_refuses_what_is_not_on_the_scale(
    database: Database, cast: Cast, burning: ItemId, value: int
) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="ck_scores_in_range"):
        await database.write(lambda tx: entries.put_score(tx, cast.ada.id, MONDAY, burning, value, NOW))
    assert await database.write(every_value(cast.ada.id)) == []


async def test_a_score_belongs_to_its_patient_and_day_alone(database: Database, cast: Cast, burning: ItemId) -> None:
    def work(tx: Connection) -> list[int]:
        entries.put_score(tx, cast.ada.id, MONDAY, burning, 6, NOW)
        asked = [(cast.ada.id, MONDAY), (cast.ada.id, TUESDAY), (cast.ben.id, MONDAY)]
        return [len(entries.scores_on(tx, patient, day)) for patient, day in asked]

    assert await database.write(work) == [1, 0, 0]


async def test_withdrawn_values_are_kept_and_what_counted_before_counts_again(
    database: Database, cast: Cast, burning: ItemId
) -> None:
    """Typed for today, meant for yesterday: moved with one tap."""

    def work(tx: Connection) -> tuple[dict[ItemId, int], int | None, int | None]:
        entries.put_score(tx, cast.ada.id, TUESDAY, burning, 4, NOW)
        typed_at = NOW + SOON
        entries.put_score(tx, cast.ada.id, TUESDAY, burning, 9, typed_at)
        taken = entries.withdraw_scores(tx, cast.ada.id, TUESDAY, [burning], typed_at, NOW + 2 * SOON)
        for item, value in taken.items():
            entries.put_score(tx, cast.ada.id, MONDAY, item, value, NOW + 2 * SOON)
        return (
            taken,
            entries.scores_on(tx, cast.ada.id, TUESDAY)[TUESDAY, burning].value,
            entries.scores_on(tx, cast.ada.id, MONDAY)[MONDAY, burning].value,
        )

    assert await database.write(work) == ({burning: 9}, 4, 9)
    assert await database.write(every_value(cast.ada.id)) == [(9, 1), (4, 1), (9, 0)]


async def test_withdrawing_takes_neither_earlier_values_nor_anyone_elses(
    database: Database, cast: Cast, burning: ItemId
) -> None:
    def work(tx: Connection) -> list[dict[ItemId, int]]:
        entries.put_score(tx, cast.ada.id, MONDAY, burning, 4, NOW)
        later = NOW + SOON
        return [
            entries.withdraw_scores(tx, cast.ada.id, MONDAY, [burning], later, later),
            entries.withdraw_scores(tx, cast.ben.id, MONDAY, [burning], NOW, later),
            entries.withdraw_scores(tx, cast.ada.id, TUESDAY, [burning], NOW, later),
            entries.withdraw_scores(tx, cast.ada.id, MONDAY, [], NOW, later),
        ]

    assert await database.write(work) == [{}, {}, {}, {}]
    assert await database.write(every_value(cast.ada.id)) == [(4, 1)]


async def test_a_value_can_be_given_again_after_it_was_withdrawn(
    database: Database, cast: Cast, burning: ItemId
) -> None:
    def work(tx: Connection) -> bool:
        entries.put_score(tx, cast.ada.id, MONDAY, burning, 4, NOW)
        entries.withdraw_scores(tx, cast.ada.id, MONDAY, [burning], NOW, NOW)
        return entries.put_score(tx, cast.ada.id, MONDAY, burning, 4, NOW)

    assert await database.write(work)
    assert await database.write(every_value(cast.ada.id)) == [(4, 0), (4, 1)]


# --- days -----------------------------------------------------------------------------------------------------


async def test_a_day_is_planned_once(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> None:
        first = entries.plan_day(tx, cast.ada.id, MONDAY, "Europe/Lisbon", NOW)
        entries.change_day(tx, cast.ada.id, MONDAY, asked_at=NOW)
        again = entries.plan_day(tx, cast.ada.id, MONDAY, "Asia/Kathmandu", NOW + timedelta(days=9))
        assert again == first
        assert entries.was_asked(tx, cast.ada.id, MONDAY)
        assert not entries.was_asked(tx, cast.ada.id, TUESDAY)
        assert entries.find_day(tx, cast.ben.id, MONDAY) is None

    await database.write(work)


async def test_a_day_remembers_when_it_was_first_answered(database: Database, cast: Cast, burning: ItemId) -> None:
    def work(tx: Connection) -> object:
        entries.plan_day(tx, cast.ada.id, MONDAY, "Europe/Lisbon", NOW)
        entries.put_score(tx, cast.ada.id, MONDAY, burning, 4, NOW)
        entries.put_score(tx, cast.ada.id, MONDAY, burning, 5, NOW + SOON)
        day = entries.find_day(tx, cast.ada.id, MONDAY)
        assert day is not None
        return day.answered_at

    assert await database.write(work) == NOW


async def test_open_days_are_those_that_have_not_closed_newest_first(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> list[date]:
        for day, closes_at in ((MONDAY, NOW), (TUESDAY, NOW + SOON), (date(2026, 3, 4), NOW + 2 * SOON)):
            entries.plan_day(tx, cast.ada.id, day, "Europe/Lisbon", closes_at)
        return [day.day for day in entries.open_days(tx, cast.ada.id, NOW)]

    assert await database.write(work) == [date(2026, 3, 4), TUESDAY]


async def test_a_bubble_leads_to_its_own_patients_day(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> list[date | None]:
        bubble = outbox.add_bubble(tx, cast.ada.chat_id, cast.ada.id, NOW, MONDAY)
        entries.plan_day(tx, cast.ada.id, MONDAY, "Europe/Lisbon", NOW)
        entries.change_day(tx, cast.ada.id, MONDAY, bubble_id=bubble)
        unsent = entries.day_of_bubble(tx, cast.ada.id, 77)
        outbox.show_bubble(tx, bubble, 77)
        assert entries.bubble_of(tx, cast.ada.id, MONDAY) == bubble
        return [unsent, entries.day_of_bubble(tx, cast.ada.id, 77), entries.day_of_bubble(tx, cast.ben.id, 77)]

    assert await database.write(work) == [None, MONDAY, None]


# --- notes ----------------------------------------------------------------------------------------------------


async def test_an_undone_note_loses_its_words_and_is_read_by_nobody(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> list[bool]:
        entries.add_note(tx, cast.ada.id, MONDAY, "Slept well.", NOW)
        note = entries.add_note(tx, cast.ada.id, MONDAY, "Sent too early", NOW)
        undone = [
            entries.undo_note(tx, cast.ben.id, note, NOW),
            entries.undo_note(tx, cast.ada.id, note, NOW),
            entries.undo_note(tx, cast.ada.id, note, NOW),
        ]
        assert [note.text for note in entries.notes_since(tx, cast.ada.id, MONDAY)] == ["Slept well."]
        assert entries.notes_since(tx, cast.ada.id, TUESDAY) == []
        assert entries.notes_since(tx, cast.ben.id, MONDAY) == []
        assert tx.execute(text("select text from notes where id = :n"), {"n": note}).scalar() == ""
        return undone

    assert await database.write(work) == [False, True, False]
