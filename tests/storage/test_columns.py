"""Instants are aware and in UTC, whatever zone they were given in; closed sets come back as themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import StatementError

from bot import storage
from bot.diary.people import Reach, Stage
from bot.storage import Database
from tests.storage.conftest import MAX, NOW, Cast

IN_KATHMANDU = datetime(2026, 3, 3, 1, 0, 0, 7, tzinfo=ZoneInfo("Asia/Kathmandu"))


async def test_a_naive_instant_is_refused(database: Database) -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(StatementError, match="an instant needs its time zone"):
        await database.write(lambda tx: storage.people.account(tx, MAX, "en", naive))
    assert await database.write(lambda tx: storage.people.find_account(tx, MAX)) is None


@pytest.mark.parametrize("given", [IN_KATHMANDU, NOW, NOW.astimezone(timezone(-timedelta(hours=9, minutes=30)))])
async def test_an_instant_comes_back_in_utc_to_the_microsecond(database: Database, cast: Cast, given: datetime) -> None:
    patient = await database.write(lambda tx: storage.people.change_patient(tx, cast.ada.id, next_prompt_at=given))
    assert patient.next_prompt_at == given
    assert patient.next_prompt_at.tzinfo is UTC
    beside = await database.read(lambda tx: storage.people.patient_by_id(tx, cast.ada.id))
    assert beside == patient, "the readers' engine says the same"


async def test_an_instant_that_is_not_there_stays_so(database: Database, cast: Cast) -> None:
    assert cast.ada.next_prompt_at is None
    assert (await database.write(storage.prompts.next_due_at)) == NOW, "the therapists' digests alone"


async def test_closed_sets_come_back_as_themselves(database: Database, cast: Cast) -> None:
    assert cast.ada.stage is Stage.STORE
    account = await database.write(lambda tx: storage.people.find_account(tx, cast.ada.chat_id))
    assert account is not None
    assert account.reach is Reach.OK


async def test_a_value_outside_its_closed_set_is_never_written(database: Database, cast: Cast) -> None:
    with pytest.raises(StatementError):
        await database.write(lambda tx: storage.people.change_patient(tx, cast.ada.id, stage="asleep"))
