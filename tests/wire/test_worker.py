"""The worker: an update and all that follows from it are one; a bad update harms nobody but itself."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from telegram import Update
from telegram.ext import TypeHandler

from bot import storage
from bot.clock import StillClock
from bot.diary.people import ChatId
from bot.handlers import DiaryContext
from bot.storage import Database
from bot.storage.inbox import Arrival
from bot.storage.outbox import Urgency
from bot.storage.tables import Action
from bot.wire import Worker
from tests.stage import newest, stage
from tests.wire.conftest import NOW, holds

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
SORRY = "was not saved"


class Killed(BaseException):
    """The process dies here."""


def say(tx: Connection, words: str) -> None:
    storage.outbox.add(tx, ChatId(101), Action.SEND, {"text": words}, urgency=Urgency.ANSWER, now=NOW)


def echo(tx: Connection, arrival: Arrival) -> None:
    say(tx, arrival.body)


def apologise(tx: Connection, arrival: Arrival) -> None:
    say(tx, f"sorry for {arrival.body}")


@dataclass
class Bench:
    """A worker on a database, with handlers of a test's own."""

    database: Database
    spoke: int = 0
    running: list[asyncio.Task[None]] = field(default_factory=list)

    def start(
        self,
        handle: Callable[[Connection, Arrival], None] = echo,
        sorry: Callable[[Connection, Arrival], None] = apologise,
    ) -> Worker:
        def spoke() -> None:
            self.spoke += 1

        worker = Worker(self.database, StillClock(NOW), handle, sorry, spoke)
        self.running = [asyncio.create_task(worker.run())]
        return worker

    async def idle(self, worker: Worker) -> None:
        """Wait until the worker has nothing to do; raise what ended it."""
        await holds(lambda: worker.idle() or self.running[0].done())
        if self.running[0].done():
            self.running.pop().result()

    async def stop(self) -> None:
        for task in self.running:
            task.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)

    async def works(self, handle: Callable[[Connection, Arrival], None] = echo) -> None:
        """Work off what is there, then stop."""
        await self.idle(self.start(handle))
        await self.stop()

    async def dies(self, handle: Callable[[Connection, Arrival], None]) -> None:
        self.start(handle)
        with pytest.raises(Killed):
            async with asyncio.timeout(10):
                await self.running.pop()

    async def put(self, *bodies: str) -> None:
        numbered = [(hash(body) & 0xFFFFFFFF, body) for body in bodies]
        await self.database.write(lambda tx: storage.inbox.put(tx, numbered, NOW))

    async def said(self) -> list[str]:
        def read(tx: Connection) -> list[str]:
            parcels = storage.outbox.waiting(tx, 0, (Urgency.TAP, Urgency.DIGEST), 1000)
            return [parcel.body["text"] for parcel in parcels]

        return await self.database.write(read)

    async def states(self) -> list[tuple[str, int]]:
        query = text("select state, tries from inbox order by seq")
        return await self.database.write(lambda tx: [(row[0], row[1]) for row in tx.execute(query)])


@pytest.fixture
async def bench(database: Database) -> Bench:
    return Bench(database)


# --- in order, and whole --------------------------------------------------------------------------------------


async def test_updates_are_handled_in_order_of_arrival_each_once(bench: Bench) -> None:
    worker = bench.start()
    await bench.idle(worker)
    numbers = [str(number) for number in range(250)]
    await bench.put(*numbers[:120])
    worker.wake()
    await bench.put(*numbers[120:])
    worker.wake()
    await bench.idle(worker)
    await bench.stop()
    assert await bench.said() == numbers
    assert bench.spoke >= 3
    assert {state for state, _ in await bench.states()} == {"done"}
    await bench.works()
    assert await bench.said() == numbers, "nothing is handled again"


async def test_what_a_handler_writes_and_the_mark_that_it_is_done_are_one(bench: Bench) -> None:
    def dies_after_speaking(tx: Connection, arrival: Arrival) -> None:
        echo(tx, arrival)
        raise Killed

    await bench.put("burning 7")
    await bench.dies(dies_after_speaking)
    assert await bench.said() == []
    assert [state for state, _ in await bench.states()] == ["waiting"]
    await bench.works()
    assert await bench.said() == ["burning 7"]


# --- failures -------------------------------------------------------------------------------------------------


async def test_a_failing_handler_is_rolled_back_alone_and_parked_after_three_tries(bench: Bench) -> None:
    tries: list[str] = []

    def fails_at_bad(tx: Connection, arrival: Arrival) -> None:
        echo(tx, arrival)
        tries.append(arrival.body)
        if arrival.body == "bad":
            raise ValueError("burning 7")

    worker = bench.start(fails_at_bad)
    await bench.idle(worker)
    await bench.put("before", "bad", "behind")
    worker.wake()
    await bench.idle(worker)
    await bench.stop()
    assert tries == ["before", "bad", "bad", "bad", "behind"]
    assert await bench.said() == ["before", "sorry for bad", "behind"]
    assert [state for state, _ in await bench.states()] == ["done", "parked", "done"]
    reason = await bench.database.write(lambda tx: tx.execute(text("select max(reason) from inbox")).scalar())
    assert "ValueError at" in str(reason)
    assert "burning 7" not in str(reason), "no health data in the reason"


async def test_a_handler_that_fails_once_is_tried_again_on_a_clean_slate(bench: Bench) -> None:
    failures = [ValueError(), KeyError()]

    def unsteady(tx: Connection, arrival: Arrival) -> None:
        echo(tx, arrival)
        if failures:
            raise failures.pop()

    await bench.put("burning 7")
    await bench.works(unsteady)
    assert await bench.said() == ["burning 7"]
    assert [state for state, _ in await bench.states()] == ["done"]


async def test_an_apology_that_fails_leaves_nothing_and_stops_nothing(bench: Bench) -> None:
    def fails(tx: Connection, arrival: Arrival) -> None:
        if arrival.body == "bad":
            raise ValueError
        echo(tx, arrival)

    def half_an_apology(tx: Connection, arrival: Arrival) -> None:
        say(tx, "sorry, but")
        raise ValueError

    await bench.put("bad", "behind")
    await bench.idle(bench.start(fails, half_an_apology))
    await bench.stop()
    assert await bench.said() == ["behind"]
    assert [state for state, _ in await bench.states()] == ["parked", "done"]


async def test_a_database_that_cannot_be_written_ends_the_worker_and_blames_no_update(bench: Bench) -> None:
    def disk_is_full(tx: Connection, arrival: Arrival) -> None:
        echo(tx, arrival)
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    worker = bench.start(disk_is_full)
    await bench.idle(worker)
    await bench.put("one", "two")
    worker.wake()
    with pytest.raises(storage.CannotWrite, match="is full"):
        await asyncio.wait_for(bench.running.pop(), 10)
    assert await bench.said() == []
    assert await bench.states() == [("waiting", 0), ("waiting", 0)]
    await bench.database.close()
    reopened = Database(bench.database.path)
    await reopened.open(NOW)
    await reopened.close()
    assert reopened.left_in_hand == 0


# --- an update that kills the process -------------------------------------------------------------------------


async def test_an_update_in_hand_at_three_deaths_is_parked_at_the_next_start(bench: Bench) -> None:
    def deadly(tx: Connection, arrival: Arrival) -> None:
        if arrival.body == "deadly":
            raise Killed
        echo(tx, arrival)

    await bench.put("before", "deadly", "behind")
    for death in range(1, 4):
        await bench.dies(deadly)
        assert (await bench.states())[1:] == [("waiting", death), ("waiting", 0)], "the innocent is not counted"
    await bench.works(deadly)
    assert [state for state, _ in await bench.states()] == ["done", "parked", "done"]
    assert await bench.said() == ["before", "sorry for deadly", "behind"]


DIES_IN_A_BATCH = """
import asyncio, os, sys
from datetime import UTC, datetime
from pathlib import Path
from bot import storage
from bot.clock import WallClock
from bot.wire import Worker

def handle(tx, arrival):
    if arrival.body == "deadly":
        os._exit(9)

async def main():
    now = datetime(2026, 3, 2, 10, tzinfo=UTC)
    database = storage.Database(Path(sys.argv[1]))
    await database.open(now)
    worker = Worker(database, WallClock(), handle, handle, lambda: None)
    await worker.recover()
    updates = [(1, "before"), (2, "deadly"), (3, "behind")]
    await database.write(lambda tx: storage.inbox.put(tx, updates, now))
    await worker.run()

asyncio.run(main())
"""


async def test_a_death_within_a_batch_counts_for_the_one_that_was_in_hand(tmp_path: Path) -> None:
    path = tmp_path / "diary.db"
    command = [sys.executable, "-c", DIES_IN_A_BATCH, str(path)]
    died = await asyncio.to_thread(subprocess.run, command, check=False)
    assert died.returncode == 9

    def deadly(tx: Connection, arrival: Arrival) -> None:
        if arrival.body == "deadly":
            raise Killed
        echo(tx, arrival)

    for death in (2, 3):
        database = Database(path)
        await database.open(NOW)
        bench = Bench(database)
        await bench.dies(deadly)
        assert (await bench.states())[1:] == [("waiting", death), ("waiting", 0)]
        await database.close()
    database = Database(path)
    await database.open(NOW)
    bench = Bench(database)
    await bench.works(deadly)
    assert [state for state, _ in await bench.states()] == ["done", "parked", "done"]
    await database.close()


async def test_a_clean_stop_is_no_death(bench: Bench) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(tx: Connection, arrival: Arrival) -> None:
        begun.set()
        go_on.wait(10)
        echo(tx, arrival)

    await bench.put("burning 7", "behind")
    bench.start(slow)
    await holds(begun.is_set)
    stopping = asyncio.create_task(bench.stop())
    await asyncio.sleep(0)
    go_on.set()
    await stopping
    assert await bench.states() == [("done", 0), ("waiting", 0)]
    assert await bench.said() == ["burning 7"]


# --- with the real handlers -----------------------------------------------------------------------------------


async def test_an_update_that_ptb_cannot_parse_is_parked_and_its_sender_told(tmp_path: Path) -> None:
    async with stage(tmp_path, MONDAY) as played:
        message = played.ada.send("hello")
        played.telegram.receive("message", {**message, "date": "yesterday", "entities": 7})
        played.telegram.receive("message", {"text": "nothing else"})
        played.max.send("/start")
        await played.settle()
        assert await played.rows("select state from inbox order by seq") == [
            ("done",), ("parked",), ("parked",), ("done",)
        ]  # fmt: skip
        assert SORRY in newest(played.ada)
        assert SORRY not in newest(played.max)


@pytest.mark.parametrize("chat_id", ["", "12", 1.5, True, None])
async def test_an_update_of_a_chat_without_a_number_is_parked_and_nobody_is_told(tmp_path: Path, chat_id: Any) -> None:
    async with stage(tmp_path, MONDAY) as played:
        message = played.ada.send("hello")
        played.telegram.receive("message", {**message, "chat": {**message["chat"], "id": chat_id}})
        await played.settle()
        assert await played.rows("select state from inbox order by seq") == [("done",), ("parked",)]
        assert await played.rows("select distinct typeof(chat_id) from outbox") == [("integer",)]


@pytest.mark.parametrize("broken", [{"id": 10**30}, {"id": None}, {"message_id": "7"}, {"message_id": 1.5}])
async def test_a_tap_that_cannot_be_answered_is_parked(tmp_path: Path, broken: dict[str, Any]) -> None:
    async with stage(tmp_path, MONDAY) as played:
        await played.says(played.ada, "/start")
        query_id = played.telegram.new_query(played.ada)
        message = {"chat": {"id": played.ada.id, "type": "private"}, "message_id": 1, "date": 0}
        query = {"id": query_id, "from": played.ada.user, "chat_instance": "1", "data": "x", "message": message}
        for name, value in broken.items():
            (query if name == "id" else message)[name] = value
        played.telegram.receive("callback_query", query)
        await played.settle()
        assert await played.rows("select state from inbox order by seq") == [("done",), ("parked",)]


async def test_a_handler_that_fails_tells_the_person_that_nothing_was_saved(tmp_path: Path) -> None:
    def failing(update: Update, context: DiaryContext) -> None:
        message = update.effective_message
        if message is not None and message.text == "boom":
            context.turn.expect("name")
            raise ValueError("boom")

    async def fails(update: Update, context: DiaryContext) -> None:
        failing(update, context)

    async with stage(tmp_path, MONDAY) as played:
        played.program.application.add_handler(TypeHandler(Update, fails), group=-1)
        await played.says(played.ito, "/start")
        assert SORRY in await played.says(played.ito, "boom")
        assert await played.rows("select expecting from accounts") == [(None,)]
        assert SORRY not in await played.says(played.ito, "/help")
        [(reason,)] = await played.rows("select reason from inbox where state = 'parked'")
        assert reason.startswith("ValueError at test_worker.py") or "test_worker.py" in reason


async def test_a_handler_that_waits_is_refused(tmp_path: Path) -> None:
    async def waits(update: Update, context: DiaryContext) -> None:
        message = update.effective_message
        if message is not None and message.text == "wait for it":
            await asyncio.sleep(0)

    async with stage(tmp_path, MONDAY) as played:
        played.program.application.add_handler(TypeHandler(Update, waits), group=-1)
        assert SORRY in await played.says(played.ito, "wait for it")
        [(reason,)] = await played.rows("select reason from inbox where state = 'parked'")
        assert reason.startswith("HandlerWaited")
        assert SORRY not in await played.says(played.ito, "/help")
