"""The receiver: commits before it acknowledges, survives what networks do, and ends where going on is no use."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from sqlalchemy import Connection
from structlog.testing import capture_logs

from bot import storage
from bot.clock import StillClock
from bot.demo.calls import Fault, Params
from bot.demo.person import Person
from bot.demo.telegram import Telegram
from bot.storage import Database
from bot.wire import Receiver, Request, SomeoneElsePolls, TokenRevoked
from bot.wire import receiver as module
from tests.wire.conftest import ADA, NOW, TOKEN, Leap, first_of, holds

PAGE = Fault(gateway=True)
PATIENCE = 600.0
"""Seconds of a clock that leaps."""
CONFLICT = Fault(status=409, description="Conflict: terminated by other getUpdates request")


class Line:
    """A receiver at work, and what it kept."""

    def __init__(self, telegram: Telegram, database: Database, request: Request) -> None:
        self.telegram, self.database, self.request = telegram, database, request
        self.arrived = 0
        self.running: list[asyncio.Task[None]] = []
        self.person: Person = telegram.person(ADA, "Ada")

    def start(self, token: str = TOKEN, database: Database | None = None) -> Receiver:
        def arrived() -> None:
            self.arrived += 1

        receiver = Receiver(
            database or self.database, self.request, f"{self.telegram.address}/bot{token}", StillClock(NOW), arrived
        )
        self.running.append(asyncio.create_task(receiver.run()))
        return receiver

    async def stop(self) -> None:
        for task in self.running:
            task.cancel()
        await asyncio.wait(self.running) if self.running else None
        self.running = []

    async def ends(self) -> None:
        """Wait for the receiver's end, which raises."""
        async with asyncio.timeout(PATIENCE):
            await self.running.pop()

    async def confirmed(self) -> None:
        await self.telegram.until(lambda: self.telegram.pending == 0, PATIENCE)

    def kept(self) -> list[tuple[int, str | None]]:
        """What a crash at this moment would leave in the file: ids and bodies."""
        beside = sqlite3.connect(self.database.path)
        try:
            return beside.execute("select update_id, body from inbox order by seq").fetchall()
        finally:
            beside.close()


@pytest.fixture
async def line(telegram: Telegram, database: Database, request_: Request) -> AsyncIterator[Line]:
    made = Line(telegram, database, request_)
    yield made
    await made.stop()


@pytest.fixture
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_pause", lambda failures: 0)


def one_after_the_other(*faults: Fault) -> Callable[[str, Params], Fault | None]:
    left = list(faults)
    return lambda method, params: left.pop(0) if left else None


# --- commit, then acknowledge ---------------------------------------------------------------------------------


async def test_a_batch_is_committed_before_it_is_acknowledged(line: Line) -> None:
    acknowledged: list[int] = []

    def look(method: str, params: Params) -> None:
        offset = params.get("offset")
        if offset is not None:
            acknowledged.append(offset)
            assert offset - 1 in {update_id for update_id, _ in line.kept()}

    line.telegram.fault = look  # type: ignore[assignment]
    for number in range(250):
        line.person.send(str(number))
    line.start()
    await line.confirmed()
    assert len(line.kept()) == 250
    assert len(acknowledged) >= 3, "Telegram gives 100 at a time"
    assert line.arrived >= 3


async def test_what_could_not_be_kept_is_never_acknowledged(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(tx: Connection, *_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(storage.inbox, "put", full)
    line.person.send("burning 7")
    line.start()
    with pytest.raises(OSError, match="No space"):
        await line.ends()
    assert line.telegram.pending == 1
    assert [call.params for call in line.telegram.calls_of("getUpdates") if "offset" in call.params] == []
    assert line.arrived == 0

    monkeypatch.undo()
    line.start()
    await line.confirmed()
    assert len(line.kept()) == 1


async def test_updates_that_come_again_are_kept_once(line: Line) -> None:
    tried = asyncio.Event()

    def never_confirmed(method: str, params: Params) -> Fault | None:
        if "offset" not in params:
            return None
        tried.set()
        return Fault.lost_before()

    line.telegram.fault = never_confirmed
    line.person.send("one")
    line.person.send("two")
    line.start()
    async with asyncio.timeout(10):
        await tried.wait()
    before = line.kept()
    await line.database.write(
        lambda tx: storage.inbox.done(tx, [arrival.seq for arrival in storage.inbox.waiting(tx, 10)], NOW)
    )
    await line.stop()
    assert line.telegram.pending == 2

    line.telegram.fault = None
    line.start()
    await line.confirmed()
    assert line.kept() == [(update_id, None) for update_id, _ in before], "handled once, and not again"


async def test_an_answer_that_was_lost_is_asked_for_again(line: Line, without_pauses: None) -> None:
    line.telegram.fault = first_of("getUpdates", Fault.lost_after(), times=3)
    line.person.send("burning 7")
    line.start()
    await line.confirmed()
    [(_, body)] = line.kept()
    assert body is not None
    assert "burning 7" in body


async def test_half_a_character_does_not_stop_the_diary(line: Line) -> None:
    message = line.person.send("hello")
    line.telegram.receive("message", {**message, "text": "cut \ud83d off"})
    line.person.send("still here")
    line.start()
    await line.confirmed()
    assert len(line.kept()) == 3


async def test_the_first_poll_asks_for_what_is_there_and_does_not_hang(line: Line) -> None:
    receiver = line.start()
    async with asyncio.timeout(10):
        await receiver.first_poll.wait()
    assert line.telegram.calls_of("getUpdates")[0].params["timeout"] == 0
    await line.telegram.until(lambda: line.telegram.polling)


async def test_only_wanted_updates_are_asked_for(line: Line) -> None:
    receiver = line.start()
    async with asyncio.timeout(10):
        await receiver.first_poll.wait()
    [first, *_] = line.telegram.calls_of("getUpdates")
    assert first.params["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]


# --- what networks do -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        PAGE,
        Fault(gateway=True, after=True),
        Fault(status=500),
        Fault(status=503, description="Service Unavailable"),
        Fault(status=400, description="Bad Request: something new"),
        Fault.lost_before(),
        Fault.lost_after(),
    ],
    ids=["page", "page, acted", "500", "503", "400", "dropped", "dropped, acted"],
)
async def test_a_server_in_trouble_is_asked_again(line: Line, without_pauses: None, fault: Fault) -> None:
    line.telegram.fault = first_of("getUpdates", fault, times=5)
    line.person.send("burning 7")
    line.start()
    await line.confirmed()
    assert len(line.kept()) == 1


async def test_a_server_that_is_away_is_asked_until_it_is_back(line: Line, without_pauses: None) -> None:
    port = int(line.telegram.address.rpartition(":")[2])
    line.person.send("burning 7")
    await line.telegram.stop()
    with capture_logs() as told:
        line.start()
        await holds(lambda: sum(event["event"] == "polling fails" for event in told) >= 3)
        await line.telegram.start(port=port)
        await line.confirmed()
    assert TOKEN not in str(told)


async def test_flood_control_is_waited_for(line: Line, leap: Leap) -> None:
    line.telegram.fault = first_of("getUpdates", Fault.flood(40))
    line.person.send("burning 7")
    with capture_logs() as told:
        line.start()
        await holds(lambda: told)
    for _ in range(3):
        await line.database.write(lambda tx: None)
    assert len(line.telegram.calls_of("getUpdates")) == 1
    leap(40)
    await line.confirmed()


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (1, 1), (2, 2), (3, 4), (5, 16), (6, 30), (7, 30), (1_000_000, 30)]
)
def test_the_pause_doubles_up_to_half_a_minute(failures: int, seconds: float) -> None:
    assert module._pause(failures) == seconds


# --- where going on is no use ---------------------------------------------------------------------------------


async def test_another_poll_that_ends_in_time_is_waited_for(line: Line, leap: Leap, without_pauses: None) -> None:
    """The poll of a process that was just killed may still be open."""
    left = [5]

    def conflict(method: str, params: Params) -> Fault | None:
        if not left[0]:
            return None
        left[0] -= 1
        leap(10)
        return CONFLICT

    line.telegram.fault = conflict
    line.person.send("burning 7")
    line.start()
    await line.confirmed()
    assert len(line.kept()) == 1


async def test_a_minute_of_conflict_ends_the_receiver_and_says_why(
    line: Line, leap: Leap, without_pauses: None
) -> None:
    polls: list[Any] = []

    def conflict(method: str, params: Params) -> Fault:
        polls.append(params)
        leap(10)
        return CONFLICT

    line.telegram.fault = conflict
    line.start()
    with pytest.raises(SomeoneElsePolls, match=r"answered 409 for a minute\. Stop the other one"):
        await line.ends()
    assert 5 <= len(polls) <= 8


async def test_a_minute_begins_anew_after_a_poll_that_went_well(line: Line, leap: Leap, without_pauses: None) -> None:
    faults = [CONFLICT] * 4 + [None] + [CONFLICT] * 4

    def conflict(method: str, params: Params) -> Fault | None:
        if not faults:
            return None
        leap(10)
        return faults.pop(0)

    line.telegram.fault = conflict
    line.person.send("one")
    line.start()
    await line.confirmed()
    assert len(line.kept()) == 1


@pytest.mark.parametrize("times", [1, 3])
async def test_a_revoked_token_ends_the_receiver_and_says_what_to_do(
    line: Line, without_pauses: None, times: int
) -> None:
    line.telegram.fault = one_after_the_other(*[PAGE] * (times - 1))
    line.start(token="700700700:another-token-altogether")
    with pytest.raises(TokenRevoked, match="Telegram does not know this BOT_TOKEN") as caught:
        await line.ends()
    assert "another-token" not in str(caught.value)
