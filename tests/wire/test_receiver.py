"""The receiver: commits before it acknowledges, survives what networks do, and ends where going on is no use."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
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
        self.clock = StillClock(NOW)
        self.arrived = 0
        self.running: list[asyncio.Task[None]] = []
        self.person: Person = telegram.person(ADA, "Ada")

    def start(self, token: str = TOKEN, database: Database | None = None) -> Receiver:
        def arrived() -> None:
            self.arrived += 1

        receiver = Receiver(
            database or self.database, self.request, f"{self.telegram.address}/bot{token}", self.clock, arrived
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


async def test_a_minute_begins_anew_once_nobody_else_has_polled_for_a_while(
    line: Line, leap: Leap, without_pauses: None
) -> None:
    faults = [CONFLICT] * 4 + [None] * 5 + [CONFLICT] * 4

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


async def test_of_two_programs_that_end_each_others_polls_in_turn_the_one_that_came_last_ends(
    line: Line, leap: Leap, without_pauses: None
) -> None:
    """Between two conflicts each of them has a poll that goes well, so no refusal lasts."""

    def taking_turns(good_at_first: int, conflicts: int) -> Callable[[str, Params], Fault | None]:
        faults = [None] * good_at_first + [CONFLICT, None] * conflicts

        def turn(method: str, params: Params) -> Fault | None:
            if not faults:
                return None
            line.person.send("burning 7")  # A poll that goes well returns at once.
            leap(10)
            return faults.pop(0)

        return turn

    line.telegram.fault = taking_turns(0, 6)
    line.start()
    with pytest.raises(SomeoneElsePolls):
        await line.ends()
    line.telegram.fault = taking_turns(8, 6)
    line.start()
    await line.confirmed()
    assert not line.running[0].done()
    line.telegram.fault = taking_turns(0, 9)
    line.person.send("burning 7")  # Ends the poll that is held.
    with pytest.raises(SomeoneElsePolls):
        await line.ends()


@pytest.mark.parametrize("code", [401, 404])
async def test_a_token_refused_for_a_minute_ends_the_receiver_and_says_what_to_do(
    line: Line, leap: Leap, without_pauses: None, code: int
) -> None:
    polls = refused_with(line, leap, *[Fault(status=code, description="Unauthorized")] * 99)
    line.start()
    with pytest.raises(TokenRevoked, match="Telegram does not know this BOT_TOKEN") as caught:
        await line.ends()
    assert TOKEN not in str(caught.value)
    assert 5 <= len(polls) <= 8


async def test_a_token_refused_for_a_moment_is_tried_again(line: Line, leap: Leap, without_pauses: None) -> None:
    unauthorized = Fault(status=401, description="Unauthorized")
    refused_with(line, leap, *[unauthorized] * 5, None, *[unauthorized] * 5)
    line.person.send("burning 7")
    line.start()
    await line.confirmed()
    assert len(line.kept()) == 1


@pytest.mark.parametrize("between", [PAGE, Fault.lost_before(), Fault.garbled(), Fault(status=500), CONFLICT])
async def test_a_minute_of_refusals_is_one_without_a_break(
    line: Line, leap: Leap, without_pauses: None, between: Fault
) -> None:
    unauthorized = Fault(status=401, description="Unauthorized")
    refused_with(line, leap, *[unauthorized] * 5, between, *[unauthorized] * 5)
    line.person.send("burning 7")
    line.start()
    await line.confirmed()


def refused_with(line: Line, leap: Leap, *faults: Fault | None) -> list[Params]:
    """Polls that fail one after the other, each ten seconds after the one before; the list of them."""
    left, polls = list(faults), []

    def refuse(method: str, params: Params) -> Fault | None:
        polls.append(params)
        leap(10)
        return left.pop(0) if left else None

    line.telegram.fault = refuse
    return polls


# --- polls that stall -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [Fault(stall=True), Fault(trickle=True)], ids=["no byte", "bytes without end"])
async def test_a_poll_that_stalls_is_broken_off_and_begun_anew_on_another_connection(
    line: Line, leap: Leap, fault: Fault
) -> None:
    polls: list[int] = []
    line.telegram.fault = stalling(polls, fault)
    line.person.send("burning 7")
    with capture_logs() as told:
        receiver = line.start()
        await holds(lambda: polls)
        assert receiver.polled_at is None
        leap(module.STALLED_AFTER - 1)
        await line.database.write(lambda tx: None)
        assert len(polls) == 1, "it may still come"
        leap(1.1)
        await line.confirmed()
    assert len(line.kept()) == 1
    assert receiver.polled_at == NOW
    assert [event["log_level"] for event in told if "stalled" in event["event"]] == ["warning"]


def stalling(polls: list[int], *faults: Fault) -> Callable[[str, Params], Fault | None]:
    left = list(faults)

    def hook(method: str, params: Params) -> Fault | None:
        polls.append(int(params["limit"]))
        return left.pop(0) if left else None

    return hook


async def test_a_held_poll_is_given_its_hold_before_it_counts_as_stalled(line: Line, leap: Leap) -> None:
    receiver = line.start()
    async with asyncio.timeout(10):
        await receiver.first_poll.wait()
    await line.telegram.until(lambda: line.telegram.polling)
    polls: list[int] = []
    line.telegram.fault = stalling(polls)
    leap(module.POLL_FOR + module.STALLED_AFTER - 1)
    await line.database.write(lambda tx: None)
    assert not polls
    leap(1.1)
    await holds(lambda: polls)
    assert module.POLL_FOR + module.STALLED_AFTER < 60, "well before two minutes"


async def test_over_a_slow_line_fewer_updates_are_asked_for(line: Line, leap: Leap, without_pauses: None) -> None:
    polls: list[int] = []
    line.telegram.fault = stalling(polls, *[Fault(trickle=True)] * 2)
    for number in range(101):
        line.person.send(str(number))
    line.start()
    for stalls in (1, 2):
        await holds(lambda stalls=stalls: len(polls) == stalls)
        leap(module.STALLED_AFTER + 0.1)
    await line.confirmed()
    assert polls[:5] == [100, 50, 25, 100, 100]
    assert len(line.kept()) == 101


async def test_it_can_be_read_when_telegram_last_answered(line: Line, without_pauses: None) -> None:
    failed = asyncio.Event()

    def never(method: str, params: Params) -> Fault:
        failed.set()
        return Fault(status=500)

    line.telegram.fault = never
    receiver = line.start()
    async with asyncio.timeout(10):
        await failed.wait()
    assert receiver.polled_at is None
    line.telegram.fault = None
    async with asyncio.timeout(10):
        await receiver.first_poll.wait()
    assert receiver.polled_at == NOW


# --- answers that make no sense -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        '{"ok":true,"result":{"update_id":5}}',
        '{"ok":true,"result":"none"}',
        '{"ok":true}',
        '{"ok":true,"result":["update",7,null,{},{"update_id":"5"},{"update_id":true},{"update_id":-3}]}',
        '{"ok":true,"result":[{"update_id":99999999999999999999}]}',
        '{"ok":false,"error_code":429,"parameters":["soon"]}',
        '{"ok":false,"error_code":429,"parameters":{"retry_after":"soon"}}',
        '{"ok":false,"error_code":"what"}',
        '["ok"]',
        '"ok"',
        "{}",
        "",
        "[" * 100_000,
        '{"ok":tr',
    ],
)
async def test_an_answer_that_makes_no_sense_is_asked_for_again(line: Line, without_pauses: None, body: str) -> None:
    left, offsets = [Fault.garbled(body)] * 3, set()

    def hook(method: str, params: Params) -> Fault | None:
        offsets.add(params.get("offset"))
        return left.pop() if left else None

    line.telegram.fault = hook
    line.person.send("burning 7")
    line.start()
    await line.confirmed()
    assert len(line.kept()) == 1
    assert offsets == {None, line.kept()[0][0] + 1}, "nothing but what was kept is confirmed"


DEEP = '{"a":[' * 50_000 + "]}" * 50_000


@pytest.mark.parametrize(
    "monster", [DEEP, "9" * 5_000, f'{{"text":"a [\\"[{{ bracket","more":{DEEP},"number":{"-" + "1" * 9_999}}}']
)
async def test_one_update_that_cannot_be_held_does_not_keep_the_others_out(line: Line, monster: str) -> None:
    odd = f'{{"update_id":1,"message":{monster}}}'
    body = f'{{"ok":true,"result":[{odd},{{"update_id":2,"message":{{"text":"burning 7"}}}}]}}'
    line.telegram.fault = first_of("getUpdates", Fault.garbled(body))
    receiver = line.start()
    await receiver.first_poll.wait()
    assert [number for number, _ in line.kept()] == [1, 2]
    assert json.loads(line.kept()[1][1] or "")["message"] == {"text": "burning 7"}


def test_what_can_just_be_read_can_be_kept() -> None:
    for depth in range(800, 1_010):
        update = '{"update_id":1,"message":' + "[" * depth + "]" * depth + "}"
        found = module.result_of(200, f'{{"ok":true,"result":[{update}]}}'.encode())
        assert [number for number, _ in module.as_rows(found)] == [1]


async def test_half_an_answer_is_asked_for_again(line: Line, without_pauses: None) -> None:
    line.telegram.fault = first_of("getUpdates", Fault(cut=True), times=3)
    line.person.send("burning 7")
    line.start()
    await line.confirmed()
    assert len(line.kept()) == 1


async def test_what_is_no_update_does_not_hold_up_the_others(line: Line) -> None:
    line.telegram.fault = first_of(
        "getUpdates", Fault(changed=lambda updates: ["noise", *updates, {"update_id": None}])
    )
    line.person.send("burning 7")
    line.start()
    await line.confirmed()
    assert len(line.kept()) == 1


async def test_updates_out_of_order_are_put_in_order(line: Line) -> None:
    line.telegram.fault = first_of("getUpdates", Fault(changed=lambda updates: updates[::-1]))
    for number in range(5):
        line.person.send(str(number))
    line.start()
    await line.confirmed()
    ids = [update_id for update_id, _ in line.kept()]
    assert ids == sorted(ids)
    assert len(ids) == 5


async def test_confirmed_updates_that_come_again_do_not_move_the_offset_back(
    line: Line, leap: Leap, without_pauses: None
) -> None:
    given: list[dict[str, Any]] = []
    offsets: list[int] = []

    def again(updates: list[dict[str, Any]]) -> list[dict[str, Any]]:
        given.extend(updates)
        return updates or given[:1]

    def hook(method: str, params: Params) -> Fault:
        offsets.append(params.get("offset", 0))
        return Fault(changed=again)

    line.telegram.fault = hook
    for number in range(3):
        line.person.send(str(number))
    with capture_logs() as told:
        line.start()
        await line.telegram.until(lambda: line.telegram.polling)
        leap(module.POLL_FOR)
        await holds(lambda: sum("confirmed before" in event["event"] for event in told) >= 3)
        line.person.send("new")
        await holds(lambda: len(line.kept()) == 4)
    assert offsets == sorted(offsets)


async def test_telegram_may_begin_to_count_anew_at_a_lower_number(line: Line) -> None:
    line.telegram.fault = then(None, Fault(changed=lambda updates: [{"update_id": 7, "message": {}}]))
    line.person.send("one")
    line.start()
    await line.telegram.until(lambda: line.telegram.polling)
    line.person.send("two")
    await line.confirmed()
    ids = [update_id for update_id, _ in line.kept()]
    assert ids == [ids[0], 7, ids[0] + 1]


def then(*faults: Fault | None) -> Callable[[str, Params], Fault | None]:
    left = list(faults)
    return lambda method, params: left.pop(0) if left else None


async def test_after_six_quiet_days_nothing_is_confirmed_that_nobody_has_seen(line: Line, leap: Leap) -> None:
    offsets: list[int | None] = []
    line.telegram.fault = lambda method, params: offsets.append(params.get("offset"))  # type: ignore[func-returns-value]
    line.person.send("one")
    line.start()
    await line.confirmed()
    await line.telegram.until(lambda: line.telegram.polling)
    for polls in (3, 4):
        line.clock.move(timedelta(days=3, seconds=1))
        leap(module.POLL_FOR)
        await line.telegram.until(lambda polls=polls: len(offsets) == polls and line.telegram.polling)
    line.person.send("two")
    await line.confirmed()
    (first, _), (second, _) = line.kept()
    assert offsets == [None, first + 1, first + 1, None, second + 1]
