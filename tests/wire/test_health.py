"""Alive and ready: each is said to be wrong when it is, in words, and to be well otherwise."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from bot import storage
from bot.clock import StillClock
from bot.storage import Database
from bot.wire import Figures, Health, health
from bot.wire.health import Finding, well
from tests.wire.conftest import ADA, NOW, Leap, holds, say

NOTE = '{"message": {"text": "burning 7"}}'


class Patient:
    """The program as its health sees it: figures that tests set, a real database, parts that run."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock, self.figures = database, StillClock(NOW), Figures()
        self.held_back = False
        self.health = Health(database, self.clock, self.figures, lambda: not self.held_back, NOW)

    def work(self) -> None:
        """All parts run, and the first minute's work is done."""
        for name in ("sender", "worker", "receiver"):
            self.health.parts.append(asyncio.create_task(asyncio.Event().wait(), name=name))  # type: ignore[arg-type]
        self.figures.clock_ran_at = asyncio.get_running_loop().time()
        self.figures.in_touch(NOW)

    async def wrong(self) -> list[str]:
        """What stands in the way of being ready."""
        return [f"{found.check}: {found.words}" for found in await self.health.ready() if not found.ok]


@pytest.fixture
async def patient(database: Database) -> AsyncIterator[Patient]:
    made = Patient(database)
    made.work()
    yield made
    for part in made.health.parts:
        part.cancel()
    await asyncio.gather(*made.health.parts, return_exceptions=True)


def words_of(findings: list[Finding]) -> dict[str, str]:
    return {finding.check: finding.words for finding in findings}


# --- alive ----------------------------------------------------------------------------------------------------


async def test_all_is_well(patient: Patient) -> None:
    assert well(patient.health.alive())
    assert words_of(await patient.health.ready()) == {
        "parts": "sender, worker, receiver run",
        "clock": "ran 0 seconds ago",
        "telegram": "in touch 0 seconds ago",
        "database": "takes writes",
        "worker": "0 updates wait",
        "sender": "0 messages wait",
    }
    assert await patient.wrong() == []


async def test_while_it_starts_it_is_alive_and_not_ready(database: Database) -> None:
    starting = Patient(database)
    assert well(starting.health.alive())
    assert await starting.wrong() == ["telegram: not in touch yet: what waits there is still to come"]


async def test_a_part_that_ended_is_named(patient: Patient) -> None:
    patient.health.parts[1].cancel()
    await asyncio.gather(patient.health.parts[1], return_exceptions=True)
    assert words_of(patient.health.alive())["parts"] == "worker ended"
    assert not well(patient.health.alive())


async def test_a_minutes_work_that_does_not_end_is_not_alive(patient: Patient, leap: Leap) -> None:
    leap(health.CLOCK_STUCK_FOR)
    assert not well(patient.health.alive())
    assert words_of(patient.health.alive())["clock"] == "the minute's work has not ended for 15 minutes"


# --- ready ----------------------------------------------------------------------------------------------------


async def test_out_of_touch_is_not_ready_but_alive(patient: Patient) -> None:
    patient.clock.move(health.FRESH_FOR)
    assert await patient.wrong() == []
    patient.clock.move(timedelta(minutes=5))
    assert await patient.wrong() == ["telegram: out of touch for 6 minutes: answers may wait there"]
    assert well(patient.health.alive())
    patient.figures.refusal = "Wrong response from the webhook: 502 Bad Gateway"
    [wrong] = await patient.wrong()
    assert wrong.endswith("It can't deliver to WEBHOOK_URL: Wrong response from the webhook: 502 Bad Gateway")
    patient.figures.in_touch(patient.clock.now())
    assert await patient.wrong() == []


async def test_a_full_disk_is_not_ready_until_there_is_room(patient: Patient) -> None:
    def limit(tx: Connection, pages: int | None) -> None:
        most = tx.exec_driver_sql("pragma page_count").scalar() if pages is None else pages
        tx.exec_driver_sql(f"pragma max_page_count = {most}")

    await patient.database.write(lambda tx: limit(tx, None))
    [wrong] = await patient.wrong()
    assert wrong.startswith("database: takes no writes: ")
    assert "is full" in wrong
    await patient.database.write(lambda tx: limit(tx, 1_000_000))
    assert await patient.wrong() == []


async def test_a_writer_that_hangs_is_not_ready_and_the_question_is_answered_all_the_same(
    patient: Patient, leap: Leap
) -> None:
    began, release = threading.Event(), threading.Event()
    busy = asyncio.ensure_future(patient.database.write(lambda tx: began.set() or release.wait(10)))
    await holds(began.is_set)
    asking = [asyncio.ensure_future(patient.wrong()) for _ in range(3)]
    for _ in range(10):  # Until they wait.
        await asyncio.sleep(0)
    leap(health.WRITES_WITHIN)
    assert await asking[0] == ["database: took no write within 4 seconds"]
    assert await asyncio.gather(*asking[1:]) == [await asking[0]] * 2
    release.set()
    await busy
    assert await patient.wrong() == []


async def test_asking_leaves_nothing_behind(patient: Patient) -> None:
    for _ in range(3):
        await patient.health.ready()
    with sqlite3.connect(patient.database.path) as beside:
        assert beside.execute("select count(*) from inbox").fetchone() == (0,)
    beside.close()


async def test_updates_that_wait_without_one_being_handled_are_not_ready(patient: Patient) -> None:
    await patient.database.write(lambda tx: storage.inbox.put(tx, [(1, NOTE), (2, NOTE)], NOW))
    patient.clock.move(health.MOVES_WITHIN)
    patient.figures.in_touch(patient.clock.now())
    assert await patient.wrong() == []
    patient.clock.move(timedelta(minutes=1))
    patient.figures.in_touch(patient.clock.now())
    assert await patient.wrong() == ["worker: 2 updates wait and none was handled for 3 minutes"]
    patient.figures.worked(1, patient.clock.now())
    assert await patient.wrong() == [], "it moves"


async def test_messages_that_wait_without_one_going_out_are_not_ready(patient: Patient) -> None:
    await patient.database.write(lambda tx: storage.outbox.add(tx, **say("How is the burning?", ADA)))
    patient.clock.move(timedelta(minutes=3))
    patient.figures.in_touch(patient.clock.now())
    assert await patient.wrong() == ["sender: 1 messages wait and none went out for 3 minutes"]
    patient.held_back = True
    assert await patient.wrong() == [], "Telegram itself wants us to wait"
    patient.held_back = False
    patient.figures.settled("send", "delivered", patient.clock.now(), prompt=False)
    assert await patient.wrong() == [], "it moves"


async def test_what_an_outage_left_is_counted_from_the_start(patient: Patient) -> None:
    """What has waited for a night is not the fault of a program that started a moment ago."""
    await patient.database.write(lambda tx: storage.inbox.put(tx, [(1, NOTE)], NOW - timedelta(hours=9)))
    assert await patient.wrong() == []
