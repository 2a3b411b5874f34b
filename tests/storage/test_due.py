"""What is due: prompts and digests are claimed once, and a digest that may be missing is named once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Connection, text

from bot.diary.entries import Cause
from bot.diary.people import Patient, Reach, Role
from bot.diary.prompts import Due
from bot.storage import Database, digests, entries, outbox, people, prompts
from bot.storage.outbox import Settlement, Urgency
from bot.storage.tables import Action, OutboxState
from tests.storage.conftest import ADA, BEN, ITO, NOW, ROY, Cast

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
TOMORROW = Due(TUESDAY, NOW + timedelta(days=1))
WEEK, NEXT_WEEK = date(2026, 2, 23), date(2026, 3, 2)


def due_at(tx: Connection, patient: Patient, at: datetime) -> Patient:
    return people.change_patient(tx, patient.id, next_prompt_at=at, next_prompt_day=at.date())


# --- prompts --------------------------------------------------------------------------------------------------


async def test_those_whose_hour_has_come_are_due_the_longest_waiting_first(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> None:
        ada = due_at(tx, cast.ada, NOW)
        ben = due_at(tx, cast.ben, NOW - timedelta(hours=1))
        people.put_reach(tx, BEN, Reach.BLOCKED, NOW)
        assert prompts.due(tx, NOW, 10) == [ben.id, ada.id]
        assert prompts.due(tx, NOW, 1) == [ben.id]
        assert prompts.due(tx, NOW - timedelta(microseconds=1), 10) == [ben.id]
        assert prompts.next_due_at(tx) == NOW - timedelta(hours=1)
        found = prompts.candidates(tx, [ada.id, ben.id])
        assert [(one.patient_id, one.language, one.reach) for one in found] == [
            (ben.id, "en", Reach.BLOCKED), (ada.id, "en", Reach.OK),
        ]  # fmt: skip
        assert [one.due for one in found] == [Due(MONDAY, NOW - timedelta(hours=1)), Due(MONDAY, NOW)]

    await database.write(work)


async def test_a_prompt_is_claimed_only_once(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> list[bool]:
        both = [due_at(tx, cast.ada, NOW), due_at(tx, cast.ben, NOW)]
        claims = [(one, TOMORROW) for one in prompts.candidates(tx, [patient.id for patient in both])]
        claimed = [prompts.claim(tx, claims[:1]), prompts.claim(tx, claims[:1]), prompts.claim(tx, claims)]
        for patient in both:
            moved = people.patient_by_id(tx, patient.id)
            assert (moved.next_prompt_at, moved.next_prompt_day) == (TOMORROW.at, TOMORROW.day)
        assert prompts.due(tx, NOW, 10) == []
        return claimed

    assert await database.write(work) == [True, False, False]


async def test_what_is_known_of_a_day_that_is_due_is_that_days_alone(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> None:
        ada, ben = due_at(tx, cast.ada, NOW), due_at(tx, cast.ben, NOW)
        for day in (MONDAY - timedelta(days=1), MONDAY):
            entries.plan_day(tx, ada.id, day, "Europe/Lisbon", NOW)
        burning, tingling, pain = entries.items_of(tx, ada.id)
        entries.put_score(tx, ada.id, MONDAY, burning.id, 0, NOW)
        entries.put_score(tx, ada.id, MONDAY, tingling.id, None, NOW)
        entries.put_score(tx, ada.id, MONDAY - timedelta(days=1), pain.id, 3, NOW)
        entries.change_day(tx, ada.id, MONDAY - timedelta(days=1), declined_at=NOW, asked_at=NOW)
        hers, his = prompts.candidates(tx, [ben.id, ada.id])
        assert (hers.asked, hers.declined, hers.bubble_id) == (False, False, None)
        assert hers.answered == {burning.id, tingling.id}, "zero and a skipped one are answers"
        assert list(hers.items) == [burning, tingling, pain]
        assert his.answered == frozenset()
        assert list(his.items) == list(entries.items_of(tx, ben.id))
        entries.withdraw_scores(tx, ada.id, MONDAY, [burning.id], NOW, NOW)
        entries.change_day(tx, ada.id, MONDAY, declined_at=NOW, asked_at=NOW)
        (hers,) = prompts.candidates(tx, [ada.id])
        assert (hers.asked, hers.declined, hers.answered) == (True, True, {tingling.id})

    await database.write(work)


async def test_a_postponed_patient_is_due_a_day_later_at_the_same_hour(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> None:
        ada = due_at(tx, cast.ada, NOW)
        prompts.postpone(tx, ada.id)
        assert prompts.due(tx, NOW + timedelta(hours=23), 10) == []
        assert [one.due for one in prompts.candidates(tx, prompts.due(tx, NOW + timedelta(days=1), 10))] == [TOMORROW]

    await database.write(work)


async def test_a_prompt_that_arrived_is_never_called_not_asked(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> list[tuple[datetime | None, Cause | None]]:
        seen = []
        entries.plan_day(tx, cast.ada.id, MONDAY, "Europe/Lisbon", NOW)
        settlements: list[tuple[datetime | None, Cause | None]] = [
            (None, Cause.BLOCKED),
            (NOW, None),
            (None, Cause.BOT),
            (NOW + timedelta(hours=1), None),
        ]
        for sent_at, cause in settlements:
            prompts.settle(tx, cast.ada.id, MONDAY, sent_at=sent_at, cause=cause)
            day = entries.find_day(tx, cast.ada.id, MONDAY)
            assert day is not None
            seen.append((day.sent_at, day.not_asked))
        return seen

    assert await database.write(work) == [(None, Cause.BLOCKED), (NOW, None), (NOW, None), (NOW, None)]


# --- digests --------------------------------------------------------------------------------------------------


async def test_readers_are_due_at_their_own_hour(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> None:
        digests.put_next_for_patient(tx, cast.ada.id, NOW)
        digests.put_next_for_therapist(tx, cast.roy.id, NOW + timedelta(seconds=1))
        assert [reader.person.chat_id for reader in digests.due_patients(tx, NOW, 10)] == [ADA]
        assert [reader.person.chat_id for reader in digests.due_therapists(tx, NOW, 10)] == [ITO]
        later = NOW + timedelta(seconds=1)
        assert [reader.person.chat_id for reader in digests.due_therapists(tx, later, 10)] == [ITO, ROY]
        assert digests.due_patients(tx, NOW - timedelta(seconds=1), 10) == []

    await database.write(work)


async def test_the_digest_of_a_week_is_claimed_once_for_each_reader_and_role(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> list[bool]:
        wanted = [(ITO, Role.THERAPIST, WEEK), (ITO, Role.THERAPIST, WEEK), (ITO, Role.PATIENT, WEEK)]
        wanted += [(ITO, Role.THERAPIST, NEXT_WEEK), (ADA, Role.PATIENT, WEEK)]
        return [digests.claim(tx, chat, role, week, NOW) for chat, role, week in wanted]

    assert await database.write(work) == [True, False, True, True, True]


async def test_a_digest_that_may_be_missing_is_named_once_and_to_its_reader_alone(
    database: Database, cast: Cast
) -> None:
    def work(tx: Connection) -> None:
        for week, became in ((WEEK, OutboxState.IN_DOUBT), (NEXT_WEEK, OutboxState.DELIVERED)):
            row = outbox.add(tx, ADA, Action.SEND, {"text": "Your week"}, urgency=Urgency.DIGEST, now=NOW, once=True)
            digests.claim(tx, ADA, Role.PATIENT, week, NOW)
            digests.put_outbox(tx, ADA, Role.PATIENT, week, row)
            assert digests.name_missing(tx, ADA, Role.PATIENT, NOW) == [], "it may still come"
            outbox.settle(tx, [Settlement(row, became, NOW, 1)])
            if became is OutboxState.IN_DOUBT:
                assert digests.name_missing(tx, BEN, Role.PATIENT, NOW) == []
                assert digests.name_missing(tx, ADA, Role.THERAPIST, NOW) == []
                assert digests.name_missing(tx, ADA, Role.PATIENT, NOW) == [WEEK]
            assert digests.name_missing(tx, ADA, Role.PATIENT, NOW) == []

    await database.write(work)


@pytest.mark.parametrize("doubtful", [0, 1, 2])
async def test_a_digest_of_several_messages_may_miss_any_of_them(database: Database, cast: Cast, doubtful: int) -> None:
    def work(tx: Connection) -> None:
        digests.claim(tx, ADA, Role.PATIENT, WEEK, NOW)
        rows = []
        for _ in range(3):
            rows.append(outbox.add(tx, ADA, Action.SEND, {}, urgency=Urgency.DIGEST, now=NOW, once=True))
            digests.put_outbox(tx, ADA, Role.PATIENT, WEEK, rows[-1])
        for place, row in enumerate(rows):
            became = OutboxState.IN_DOUBT if place == doubtful else OutboxState.DELIVERED
            outbox.settle(tx, [Settlement(row, became, NOW, 1)])
        assert digests.name_missing(tx, ADA, Role.PATIENT, NOW) == [WEEK]
        assert digests.name_missing(tx, ADA, Role.PATIENT, NOW) == []

    await database.write(work)


async def test_a_digest_outlives_the_outbox_row_that_carried_it(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> object:
        row = outbox.add(tx, ADA, Action.SEND, {"text": "Your week"}, urgency=Urgency.DIGEST, now=NOW, once=True)
        outbox.add(tx, ADA, Action.SEND, {"text": "Later"}, urgency=Urgency.ANSWER, now=NOW)
        digests.claim(tx, ADA, Role.PATIENT, WEEK, NOW)
        digests.put_outbox(tx, ADA, Role.PATIENT, WEEK, row)
        outbox.settle(tx, [Settlement(row, OutboxState.DELIVERED, NOW, 1, 5)])
        assert outbox.forget_old(tx, NOW + outbox.KEPT_FOR + timedelta(seconds=1), 10) == 1
        return tx.execute(text("select outbox_id from digests")).one()

    assert await database.write(work) == (None,)
