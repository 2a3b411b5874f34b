"""Messages on their way out: read in order, settled without their words, in doubt when nobody can know."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, text

from bot.storage import Database, outbox
from bot.storage.outbox import Settlement, Urgency
from bot.storage.tables import Action, OutboxState
from tests.storage.conftest import ADA, BEN, NOW, Cast

ALL = (Urgency.TAP, Urgency.DIGEST)
MONDAY = date(2026, 3, 2)


def said(tx: Connection, words: str, urgency: Urgency = Urgency.ANSWER, *, once: bool = False) -> int:
    return outbox.add(tx, ADA, Action.SEND, {"text": words}, urgency=urgency, now=NOW, once=once)


def stored(tx: Connection, row: int) -> tuple[object, ...]:
    found = tx.execute(text("select state, body, tries, error from outbox where id = :row"), {"row": row})
    return tuple(found.one())


async def test_rows_are_read_in_the_order_in_which_they_were_said(database: Database) -> None:
    def work(tx: Connection) -> None:
        urgencies = (Urgency.DIGEST, Urgency.ANSWER, Urgency.PROMPT, Urgency.TAP, Urgency.ALERT)
        rows = [said(tx, urgency.name, urgency) for urgency in urgencies]

        def read(after: int, first: Urgency, last: Urgency, limit: int = 10) -> list[str]:
            return [parcel.body["text"] for parcel in outbox.waiting(tx, after, (first, last), limit)]

        assert read(0, *ALL) == ["DIGEST", "ANSWER", "PROMPT", "TAP", "ALERT"]
        assert read(0, Urgency.TAP, Urgency.ALERT) == ["ANSWER", "TAP", "ALERT"]
        assert read(0, Urgency.PROMPT, Urgency.DIGEST) == ["DIGEST", "PROMPT"]
        assert read(rows[1], *ALL, limit=2) == ["PROMPT", "TAP"]
        assert outbox.depth(tx) == 5

    await database.write(work)


async def test_a_row_comes_back_as_it_was_added(database: Database, cast: Cast) -> None:
    body = {"text": "Ardor: 7 de 10 ☀", "buttons": [[{"label": "0", "tap": "s:1:0"}]], "silent": True}

    def work(tx: Connection) -> None:
        bubble = outbox.add_bubble(tx, ADA, cast.ada.id, NOW)
        row = outbox.add(
            tx, ADA, Action.EDIT, body, urgency=Urgency.PROMPT, now=NOW, patient_id=cast.ada.id, once=True,
            bubble_id=bubble, message_id=9, day=MONDAY,
        )  # fmt: skip
        [parcel] = outbox.waiting(tx, 0, ALL, 10)
        assert (parcel.id, parcel.chat_id, parcel.patient_id) == (row, ADA, cast.ada.id)
        assert (parcel.action, parcel.urgency, parcel.once) == (Action.EDIT, Urgency.PROMPT, True)
        assert (parcel.body, parcel.bubble_id, parcel.message_id, parcel.day) == (body, bubble, 9, MONDAY)
        assert (parcel.started_at, parcel.tries) == (None, 0)

    await database.write(work)


async def test_a_settled_row_loses_its_words_and_waits_no_more(database: Database) -> None:
    def work(tx: Connection) -> list[tuple[object, ...]]:
        rows = [said(tx, "How is the burning?"), said(tx, "Still there?")]
        outbox.settle(
            tx,
            [
                Settlement(rows[0], OutboxState.DELIVERED, NOW, 2, message_id=7),
                Settlement(rows[1], OutboxState.BLOCKED, NOW, 1, error="blocked"),
            ],
        )
        outbox.settle(tx, [])
        assert outbox.waiting(tx, 0, ALL, 10) == []
        return [stored(tx, row) for row in rows]

    # JSON's own null, not the words.
    assert [(state, body in (None, "null"), *rest) for state, body, *rest in await database.write(work)] == [
        ("delivered", True, 2, None),
        ("blocked", True, 1, "blocked"),
    ]


async def test_a_day_of_a_patient_has_one_prompt_in_the_outbox(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> None:
        for _ in range(2):
            outbox.add(
                tx, ADA, Action.SEND, {"text": "?"}, urgency=Urgency.PROMPT, now=NOW, patient_id=cast.ada.id, day=MONDAY
            )

    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        await database.write(work)


# --- bubbles --------------------------------------------------------------------------------------------------


async def test_a_bubble_has_a_number_once_it_is_on_screen(database: Database) -> None:
    def work(tx: Connection) -> None:
        first, second = (outbox.add_bubble(tx, ADA, None, NOW) for _ in range(2))
        outbox.add(tx, ADA, Action.SEND, {"text": "?"}, urgency=Urgency.ANSWER, now=NOW, bubble_id=first)
        outbox.add(tx, ADA, Action.EDIT, {"text": "!"}, urgency=Urgency.ANSWER, now=NOW, bubble_id=second)
        assert outbox.still_to_show(tx, {first, second}) == {first}, "an edit shows nothing"
        outbox.show_bubble(tx, first, 41)
        assert outbox.message_of(tx, first) == 41
        assert outbox.message_of(tx, second) is None
        assert outbox.shown(tx, {first, second}) == {first: 41}
        assert (outbox.shown(tx, set()), outbox.still_to_show(tx, set())) == ({}, set())

    await database.write(work)


# --- doubt ----------------------------------------------------------------------------------------------------


async def test_rows_that_were_under_way_and_must_not_go_twice_are_in_doubt(database: Database) -> None:
    def work(tx: Connection) -> None:
        under_way, stopped, untouched = (said(tx, words, once=True) for words in ("a", "b", "c"))
        outbox.start(tx, under_way, NOW)
        outbox.start(tx, stopped, NOW)
        outbox.start(tx, stopped, None)
        assert [parcel.id for parcel in outbox.doubt_started(tx, NOW)] == [under_way]
        assert stored(tx, under_way)[0] == "in_doubt"
        assert [parcel.id for parcel in outbox.waiting(tx, 0, ALL, 10)] == [stopped, untouched]
        assert outbox.doubt_started(tx, NOW) == []

    await database.write(work)


# --- forgetting -----------------------------------------------------------------------------------------------


async def test_settled_rows_are_forgotten_after_two_weeks_and_waiting_ones_never(database: Database) -> None:
    def work(tx: Connection) -> None:
        settled, waiting, newest = (said(tx, words) for words in ("a", "b", "c"))
        outbox.settle(tx, [Settlement(row, OutboxState.DELIVERED, NOW, 1) for row in (settled, newest)])
        assert outbox.forget_old(tx, NOW + timedelta(days=14), 10) == 0
        assert outbox.forget_old(tx, NOW + timedelta(days=14, seconds=1), 10) == 1
        rows = tx.execute(text("select id from outbox order by id")).scalars().all()
        assert list(rows) == [waiting, newest]

    await database.write(work)


async def test_the_number_of_a_row_is_never_given_again(database: Database) -> None:
    """The sender reads only numbers above the last one it has read."""

    def work(tx: Connection) -> tuple[int, int]:
        old = said(tx, "a")
        outbox.settle(tx, [Settlement(old, OutboxState.DELIVERED, NOW, 1)])
        outbox.forget_old(tx, NOW + timedelta(days=90), 10)
        return old, said(tx, "b")

    old, new = await database.write(work)
    assert new > old


async def test_everything_of_a_patient_goes_with_the_patient(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> list[int | None]:
        for chat, patient in ((ADA, cast.ada), (BEN, cast.ben)):
            bubble = outbox.add_bubble(tx, chat, patient.id, NOW)
            outbox.add(
                tx, chat, Action.SEND, {"text": "?"}, urgency=Urgency.PROMPT, now=NOW, patient_id=patient.id,
                bubble_id=bubble, day=MONDAY,
            )  # fmt: skip
        tx.execute(text("delete from items where patient_id = :p"), {"p": cast.ada.id})
        tx.execute(text("delete from patients where id = :p"), {"p": cast.ada.id})
        return [parcel.patient_id for parcel in outbox.waiting(tx, 0, ALL, 10)]

    assert await database.write(work) == [cast.ben.id]
