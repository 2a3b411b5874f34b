"""The webhook: 200 after the commit and not before, nobody but Telegram is believed, and in touch is what is so."""

from __future__ import annotations

import asyncio
import io
import json
import sqlite3
import threading
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from sqlalchemy import Connection
from structlog.testing import capture_logs

from bot import storage
from bot.clock import StillClock
from bot.demo.calls import Fault, Params
from bot.demo.telegram import Telegram
from bot.storage import Database
from bot.wire import CannotListen, Figures, Request, SomeoneElsePolls, TokenRevoked, Webhook, WebhookRefused
from bot.wire import webhook as module
from bot.wire.receiver import WANTED
from tests.wire.conftest import ADA, NOW, TOKEN, Leap, first_of, holds

SECRET = "a-word-between-telegram-and-us"
URL = "https://diary.example.org/telegram/updates"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
MIB = 2**20


class Door:
    """A webhook at work behind the stand-in, and a client that knocks at it as anybody could."""

    def __init__(self, telegram: Telegram, database: Database, request: Request) -> None:
        self.telegram, self.database, self.request = telegram, database, request
        self.clock = StillClock(NOW)
        self.arrived = 0
        self.figures = Figures()
        self.client = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        self.running: asyncio.Task[None] | None = None

    def start(self, connections: int = 40, *, token: str = TOKEN, port: int = 0) -> Webhook:
        def arrived() -> None:
            self.arrived += 1

        self.webhook = Webhook(
            self.database, self.request, f"{self.telegram.address}/bot{token}", self.clock, arrived, self.figures,
            url=URL, secret=SECRET, host="127.0.0.1", port=port, connections=connections,
        )  # fmt: skip
        self.running = asyncio.create_task(self.webhook.run())
        return self.webhook

    async def open(self, connections: int = 40) -> None:
        """Start, and wait until Telegram knows us."""
        webhook = self.start(connections)
        await holds(lambda: webhook.address or self.running_is_over())
        self.telegram.courier.proxy = webhook.address
        await self.telegram.until(lambda: self.telegram.webhook["url"])

    def running_is_over(self) -> bool:
        assert self.running is not None
        return self.running.done()

    async def ends(self) -> BaseException:
        """Wait for the webhook's end, and give the first real error."""
        assert self.running is not None
        async with asyncio.timeout(10):
            [error] = await asyncio.gather(self.running, return_exceptions=True)
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        assert isinstance(error, BaseException)
        return error

    async def stop(self) -> None:
        await self.client.close()
        if self.running is not None:
            self.running.cancel()
            await asyncio.gather(self.running, return_exceptions=True)

    async def post(self, body: Any = None, **changes: Any) -> int:
        """Knock; the HTTP status of the answer."""
        headers = {HEADER: SECRET, "Content-Type": "application/json"} | changes.pop("headers", {})
        data = body if isinstance(body, bytes | io.BytesIO) or hasattr(body, "__aiter__") else json.dumps(body).encode()
        path, method = changes.pop("path", "/telegram/updates"), changes.pop("method", "POST")
        given = {name: value for name, value in headers.items() if value is not None}
        async with self.client.request(method, self.webhook.address + path, data=data, headers=given) as answer:
            return answer.status

    async def limit_pages(self, full: bool) -> None:
        """Let the file grow no more, as on a full disk; or let it grow again."""

        def limit(tx: Connection) -> None:
            pages = tx.exec_driver_sql("pragma page_count").scalar() if full else 1_000_000
            tx.exec_driver_sql(f"pragma max_page_count = {pages}")

        await self.database.write(limit)

    def kept(self) -> list[int]:
        """What a crash at this moment would leave in the file."""
        beside = sqlite3.connect(self.database.path)
        try:
            return [update_id for (update_id,) in beside.execute("select update_id from inbox order by seq")]
        finally:
            beside.close()


@pytest.fixture
async def door(telegram: Telegram, database: Database, request_: Request) -> AsyncIterator[Door]:
    made = Door(telegram, database, request_)
    yield made
    await made.stop()


def update(number: int, **more: Any) -> dict[str, Any]:
    return {"update_id": number, "message": {"text": "burning 7"}, **more}


# --- commit, then 200 -----------------------------------------------------------------------------------------


async def test_200_comes_after_the_commit_and_those_who_wait_share_one(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    await door.open()
    batches: list[int] = []
    plain = storage.inbox.put

    def counted(tx: Connection, rows: Any, *more: Any) -> None:
        batches.append(len(rows))
        plain(tx, rows, *more)

    monkeypatch.setattr(storage.inbox, "put", counted)
    release = threading.Event()
    busy = asyncio.ensure_future(door.database.write(lambda tx: release.wait(10)))
    knocks = [asyncio.ensure_future(door.post(update(number))) for number in range(1, 31)]
    await holds(lambda: door.webhook._gate is not None and door.webhook._gate.inside == 30)
    await holds(lambda: sum(len(batch) for batch in [door.webhook._gathered]) >= 29)
    assert not any(knock.done() for knock in knocks), "the writer is busy: nothing is on the disk"
    assert door.kept() == []
    release.set()
    await busy
    assert await asyncio.gather(*knocks) == [200] * 30
    assert door.kept() == sorted(range(1, 31))
    assert sum(batches) == 30
    assert len(batches) <= 2
    assert 1 <= door.arrived <= 2


async def test_an_update_that_is_offered_again_is_kept_once(door: Door) -> None:
    await door.open()
    assert [await door.post(update(7)) for _ in range(3)] == [200, 200, 200]
    assert door.kept() == [7]


async def test_a_full_disk_is_503_and_what_was_offered_comes_again(door: Door) -> None:
    await door.open()
    await door.webhook.first_poll.wait()
    await door.limit_pages(True)
    assert await door.post(update(1, filling="x" * 50_000)) == 503
    assert door.kept() == []
    assert door.arrived == 0
    error = await door.ends()
    assert isinstance(error, storage.CannotWrite)
    assert "is full" in str(error)
    ada = door.telegram.person(ADA, "Ada")
    ada.send("x" * 4_000)
    await door.limit_pages(False)
    await door.open()
    await door.telegram.until(lambda: not door.telegram.pending)
    assert len(door.kept()) == 1


async def test_a_file_that_another_program_holds_makes_telegram_wait_and_loses_nothing(door: Door) -> None:
    await door.open()
    await door.webhook.first_poll.wait()
    await door.database.write(lambda tx: tx.exec_driver_sql("pragma busy_timeout = 200"))
    other = sqlite3.connect(door.database.path, isolation_level=None)
    other.execute("begin immediate")
    with capture_logs() as told:
        knock = asyncio.ensure_future(door.post(update(1)))
        await holds(lambda: told)
        assert not knock.done()
        other.execute("rollback")
        other.close()
        assert await knock == 200
    assert door.kept() == [1]


async def test_in_a_batch_telegrams_own_order_counts(door: Door) -> None:
    await door.open()
    release = threading.Event()
    busy = asyncio.ensure_future(door.database.write(lambda tx: release.wait(10)))
    first = asyncio.ensure_future(door.post(update(50)))
    await holds(lambda: door.webhook._more.is_set() or door.webhook._gathered or door.figures is None)
    knocks = [asyncio.ensure_future(door.post(update(number))) for number in (9, 3, 7)]
    await holds(lambda: {row[0] for row, _ in door.webhook._gathered} >= {9, 3, 7})
    release.set()
    await asyncio.gather(busy, first, *knocks)
    assert [number for number in door.kept() if number != 50] == [3, 7, 9]


# --- who is believed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [None, "", "wrong", SECRET[:-1], SECRET + "x", "geheim-é", SECRET.upper()])
async def test_who_does_not_know_the_secret_gets_403_and_nothing_happens(door: Door, given: str | None) -> None:
    await door.open()
    with capture_logs() as told:
        assert await door.post(update(1), headers={HEADER: given}) == 403
    assert door.kept() == []
    assert door.arrived == 0
    assert not [line for line in told if line["log_level"] != "info"]


async def test_the_body_of_a_stranger_is_not_even_waited_for(door: Door) -> None:
    await door.open()
    host, port = door.webhook.address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /telegram/updates HTTP/1.1\r\nHost: here\r\nContent-Length: 1000000000\r\n\r\n")
    async with asyncio.timeout(10):
        assert (await reader.readline()).startswith(b"HTTP/1.1 403")
    writer.close()


@pytest.mark.parametrize(
    ("secret", "size", "first"),
    [("wrong", 50, b"HTTP/1.1 403"), (SECRET, MIB + 1, b"HTTP/1.1 400"), (SECRET, 100, b"HTTP/1.1 100")],
)
async def test_who_asks_before_sending_a_body_is_told_to_send_only_what_is_wanted(
    door: Door, secret: str, size: int, first: bytes
) -> None:
    await door.open()
    host, port = door.webhook.address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"Host: here\r\n{HEADER}: {secret}\r\nExpect: 100-continue\r\nContent-Length: {size}\r\n\r\n"
    writer.write(b"POST /telegram/updates HTTP/1.1\r\n" + head.encode())
    async with asyncio.timeout(10):
        assert (await reader.readline()).startswith(first)
        if first.endswith(b"100"):
            await reader.readline()
            writer.write(json.dumps(update(1)).encode().ljust(size))
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    writer.close()


async def in_pieces(size: int) -> AsyncIterator[bytes]:
    """A body whose length nobody is told before."""
    head, tail = b'{"update_id": 1, "filling": "', b'"}'
    yield head
    left = size - len(head) - len(tail)
    while left > 0:
        piece = b"x" * min(left, 65_536)
        left -= len(piece)
        yield piece
    yield tail


async def test_a_body_over_one_mebibyte_is_400_whether_its_length_is_told_or_not(door: Door) -> None:
    await door.open()
    whole = b"".join([piece async for piece in in_pieces(MIB)])
    assert len(whole) == MIB
    assert await door.post(io.BytesIO(whole.replace(b"x", b"xx", 1))) == 400
    assert await door.post(in_pieces(MIB + 1)) == 400
    assert door.kept() == []
    assert await door.post(io.BytesIO(whole)) == 200
    assert await door.post(in_pieces(MIB)) == 200
    assert door.kept() == [1]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"hello", b"\xff\xfe", b"null", b"7", b"[]", b"{}", b"[" * 100_000, b'{"update_id": "7"}',
        b'{"update_id": 7.0}', b'{"update_id": true}', b'{"update_id": -1}', b'{"update_id": 9223372036854775808}',
        b'{"update_id": ' + b"9" * 5_000 + b"}", b'[{"update_id": 7}]', b'{"update_id": 7',
    ],
)  # fmt: skip
async def test_what_is_no_update_is_400_and_harms_nobody(door: Door, body: bytes) -> None:
    await door.open()
    assert await door.post(body) == 400
    assert await door.post(update(1, odd="cut \ud83d off")) == 200
    assert door.kept() == [1]


async def test_other_paths_are_404_and_other_methods_405(door: Door) -> None:
    await door.open()
    for path in ("/", "/telegram", "/telegram/updates/", "/telegram/updates/x", "/healthz"):
        assert await door.post(update(1), path=path) == 404
    for method in ("GET", "PUT", "DELETE", "HEAD", "OPTIONS"):
        assert await door.post(update(1), method=method) == 405
    assert await door.post(update(1), path="/telegram/updates?x=1") == 200
    assert door.figures.offers == {404: 5, 405: 5, 200: 1}


async def test_without_the_secret_every_path_and_method_is_403(door: Door) -> None:
    await door.open()
    for secret in (None, "", SECRET[:-1]):
        for path, method in (("/", "POST"), ("/telegram/updates", "GET"), ("/healthz", "HEAD")):
            assert await door.post(update(1), headers={HEADER: secret}, path=path, method=method) == 403
    assert (door.kept(), door.figures.offers) == ([], {403: 9})


# --- so many and no more --------------------------------------------------------------------------------------


async def knock_by_hand(door: Door, number: int, *, keep: bool) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, port = door.webhook.address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    body = json.dumps(update(number))
    head = f"POST /telegram/updates HTTP/1.1\r\nHost: here\r\n{HEADER}: {SECRET}\r\nContent-Length: {len(body)}\r\n"
    # Without the last line the request is not complete, and holds its place.
    writer.write((head + ("" if keep else f"\r\n{body}")).encode())
    await writer.drain()
    return reader, writer


async def test_more_connections_than_may_be_wait_and_are_served_when_one_leaves(door: Door) -> None:
    await door.open(connections=2)
    gate = door.webhook._gate
    assert gate is not None
    held = [await knock_by_hand(door, number, keep=True) for number in (1, 2)]
    await holds(lambda: gate.inside == 2)
    reader, writer = await knock_by_hand(door, 3, keep=False)
    await holds(lambda: gate.crowded)
    assert gate.inside == 2
    assert door.kept() == []
    held[0][1].close()
    async with asyncio.timeout(10):
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    assert door.kept() == [3]
    assert door.figures.connections == 2
    for _, line in [*held, (reader, writer)]:
        line.close()
    await holds(lambda: door.figures.connections == 0)


async def test_a_crowd_is_served_by_a_few_connections(door: Door) -> None:
    await door.open(connections=3)
    statuses = await asyncio.gather(*(door.post(update(number)) for number in range(1, 61)))
    assert statuses == [200] * 60
    assert sorted(door.kept()) == list(range(1, 61))


async def test_a_connection_that_asks_nothing_gives_its_place_back(door: Door, leap: Leap) -> None:
    await door.open(connections=1)
    host, port = door.webhook.address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    await holds(lambda: door.webhook._gate is not None and door.webhook._gate.inside == 1)
    leap(module.IDLE_FOR + 1)
    async with asyncio.timeout(10):
        assert await reader.read() == b""
    writer.close()
    assert await door.post(update(1)) == 200


async def test_telegram_is_told_how_many_and_keeps_to_it(door: Door) -> None:
    ada = door.telegram.person(ADA, "Ada")
    for number in range(20):
        ada.send(str(number))
    await door.open(connections=4)
    await door.telegram.until(lambda: not door.telegram.pending)
    [call] = door.telegram.calls_of("setWebhook")
    assert call.params == {
        "url": URL, "secret_token": SECRET, "max_connections": 4, "allowed_updates": WANTED,
        "drop_pending_updates": False,
    }  # fmt: skip
    assert 1 < door.telegram.courier.most_at_once <= 4
    assert door.kept() == sorted(door.kept())
    assert len(door.kept()) == 20


# --- in touch -------------------------------------------------------------------------------------------------


async def test_in_touch_is_when_nothing_waits_at_telegram(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_AGAIN", 0.02)
    door.telegram.courier.proxy = "http://127.0.0.1:1"  # Nobody is there.
    door.telegram.person(ADA, "Ada").send("burning 7")
    webhook = door.start()
    with capture_logs() as told:
        await door.telegram.until(lambda: door.telegram.calls_of("getWebhookInfo"))
        await door.telegram.until(lambda: door.telegram.courier.trouble)
        seen = len(door.telegram.calls_of("getWebhookInfo"))
        await door.telegram.until(lambda: len(door.telegram.calls_of("getWebhookInfo")) > seen)
        await holds(lambda: door.figures.refusal)
    assert not webhook.first_poll.is_set()
    assert door.figures.refusal == "Connection refused"
    assert {line["waiting"] for line in told if "wait at Telegram" in line["event"]} == {1}
    assert SECRET not in str(told)

    door.telegram.courier.proxy = webhook.address
    async with asyncio.timeout(10):
        await webhook.first_poll.wait()
    assert len(door.kept()) == 1
    assert door.figures.refusal is None
    assert await door.database.write(storage.inbox.last_poll) == NOW


async def test_under_load_in_touch_is_when_what_waited_has_come(
    door: Door, leap: Leap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There may never be an instant at which nothing waits."""
    looks = [3, 2]
    asked: list[int] = []
    plain = door.request.post_form

    async def told(url: str, *more: Any) -> tuple[int, bytes]:
        if not url.endswith("/getWebhookInfo"):
            return await plain(url, *more)
        door.clock.move_to(NOW.replace(minute=len(asked)))
        asked.append(looks[min(len(asked), 1)])
        return 200, json.dumps({"ok": True, "result": {"url": URL, "pending_update_count": asked[-1]}}).encode()

    monkeypatch.setattr(door.request, "post_form", told)
    await door.open()
    await holds(lambda: asked)
    assert [await door.post(update(number)) for number in (1, 2)] == [200, 200]
    assert not door.webhook.first_poll.is_set(), "one of the three may still wait"
    assert await door.post(update(3)) == 200
    async with asyncio.timeout(10):
        await door.webhook.first_poll.wait()
    assert len(asked) == 2
    assert await door.database.write(storage.inbox.last_poll) == NOW, "at the look before, and not later"


class Told:
    """What getWebhookInfo says, look by look; the last answer is repeated. The clock is a minute on at each."""

    def __init__(self, door: Door, monkeypatch: pytest.MonkeyPatch, *answers: dict[str, Any]) -> None:
        self.door, self.answers, self.asked = door, list(answers), 0
        self._plain = door.request.post_form
        monkeypatch.setattr(door.request, "post_form", self.told)

    async def told(self, url: str, *more: Any) -> tuple[int, bytes]:
        if not url.endswith("/getWebhookInfo"):
            return await self._plain(url, *more)
        self.door.clock.move_to(NOW.replace(minute=self.asked))
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return 200, json.dumps({"ok": True, "result": {"url": URL} | answer}).encode()


async def test_an_update_that_is_offered_twice_does_not_stand_for_one_that_waits(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    Told(door, monkeypatch, {"pending_update_count": 2}, {"pending_update_count": 1})
    await door.open()
    await holds(lambda: door.webhook._last)
    assert [await door.post(update(1)) for _ in range(3)] == [200, 200, 200]
    assert not door.webhook.first_poll.is_set()
    assert await door.post(update(2)) == 200
    async with asyncio.timeout(10):
        await door.webhook.first_poll.wait()


async def test_what_telegram_failed_to_deliver_may_wait_behind_what_came(
    door: Door, monkeypatch: pytest.MonkeyPatch, leap: Leap
) -> None:
    failed = {"last_error_date": int(NOW.timestamp()) + 1, "last_error_message": "Read timeout expired"}
    told = Told(door, monkeypatch, {"pending_update_count": 2}, failed | {"pending_update_count": 1})
    await door.open()
    await holds(lambda: door.webhook._last)
    assert [await door.post(update(number)) for number in (2, 3)] == [200, 200]
    await holds(lambda: told.asked == 2)
    assert await door.post(update(4)) == 200
    assert not door.webhook.first_poll.is_set(), "update 1 is still on its way"
    told.answers[1] = failed | {"pending_update_count": 0}
    leap(module.LOOK_AGAIN)
    async with asyncio.timeout(10):
        await door.webhook.first_poll.wait()


async def test_a_server_that_can_not_tell_what_waits_is_taken_at_its_word(door: Door) -> None:
    door.telegram.fault = first_of("getWebhookInfo", Fault(status=404, description="Not Found"), times=9)
    await door.open()
    async with asyncio.timeout(10):
        await door.webhook.first_poll.wait()


async def test_a_reply_that_waited_carries_when_we_were_last_in_touch(door: Door) -> None:
    await door.open()
    await door.webhook.first_poll.wait()
    door.clock.move_to(NOW.replace(hour=23))
    assert await door.post(update(1)) == 200
    [arrival] = await door.database.write(lambda tx: storage.inbox.waiting(tx, 10))
    assert (arrival.received_at, arrival.waited_since) == (NOW.replace(hour=23), NOW)


# --- where Telegram is not as we wish -------------------------------------------------------------------------


async def test_a_network_that_is_away_is_waited_for(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0.0)
    faults = [Fault(gateway=True), Fault.flood(0), Fault.lost_before(), Fault(status=500)]

    def broken(method: str, params: Params) -> Fault | None:
        return faults.pop(0) if method == "setWebhook" and faults else None

    door.telegram.fault = broken
    with capture_logs() as told:
        await door.open()
    assert sum(line["event"].startswith("the webhook could not be set") for line in told) == 4
    assert SECRET not in str(told)
    assert TOKEN not in str(told)


async def test_an_address_that_telegram_does_not_take_is_said_with_its_reason(door: Door) -> None:
    words = "Bad Request: bad webhook: Failed to resolve host"
    door.telegram.fault = first_of("setWebhook", Fault(status=400, description=words))
    door.start()
    error = await door.ends()
    assert isinstance(error, WebhookRefused)
    assert words in str(error)
    assert SECRET not in str(error)


async def test_what_a_server_says_is_shown_in_one_line_and_without_secrets(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = f"Bad webhook:\n/bot{TOKEN}/setWebhook {SECRET} " + "x" * 500
    failed = {"last_error_date": int(NOW.timestamp()), "last_error_message": words, "pending_update_count": 1}
    Told(door, monkeypatch, failed)
    await door.open()
    await holds(lambda: door.figures.refusal)
    await door.stop()
    other = Door(door.telegram, door.database, door.request)
    other.telegram.fault = first_of("setWebhook", Fault(status=400, description=words))
    other.start()
    for shown in (door.figures.refusal or "", str(await other.ends())):
        assert "Bad webhook: /bot…/setWebhook … x" in shown
        assert len(shown) < 400
    await other.stop()


async def test_a_token_that_is_refused_for_a_moment_is_no_end(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0.0)
    monkeypatch.setattr(module, "LOOK_AGAIN", 0.0)
    refusals = {"setWebhook": 2, "getWebhookInfo": 2}

    def refuse(method: str, params: Params) -> Fault | None:
        refusals[method] = refusals.get(method, 0) - 1
        return Fault(status=401, description="Unauthorized") if refusals[method] >= 0 else None

    door.telegram.fault = refuse
    await door.open()
    async with asyncio.timeout(10):
        await door.webhook.first_poll.wait()


async def test_a_token_that_was_revoked_ends_it(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0.0)
    monkeypatch.setattr(module, "REFUSED_FOR", 0.0)
    door.start(token="700700700:another-token-altogether")
    assert isinstance(await door.ends(), TokenRevoked)


async def test_a_webhook_that_is_taken_away_is_set_again_and_then_left_to_the_other_program(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY", 0.0)
    monkeypatch.setattr(module, "LOOK_AGAIN", 0.0)
    await door.open()
    async with asyncio.timeout(10):
        await door.webhook.first_poll.wait()

    def stolen(method: str, params: Params) -> None:
        if method == "getWebhookInfo":
            door.telegram.webhook = {"url": "https://other.example.org/"}

    door.telegram.fault = stolen  # type: ignore[assignment]
    before = len(door.telegram.calls_of("setWebhook"))
    error = await door.ends()
    assert isinstance(error, SomeoneElsePolls)
    assert "takes the webhook away" in str(error)
    assert len(door.telegram.calls_of("setWebhook")) - before == module.TAKEN_AWAY - 1


async def test_a_port_that_is_taken_is_said_with_the_setting_to_change(door: Door) -> None:
    port = int(door.telegram.address.rpartition(":")[2])
    door.start(port=port)
    error = await door.ends()
    assert isinstance(error, CannotListen)
    assert "WEBHOOK_PORT" in str(error)
