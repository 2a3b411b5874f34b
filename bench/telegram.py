"""A Bot API server to measure against: a process of its own, quick enough never to be what is measured.

Rules:
1. It keeps what it counts and nothing else: no chats, no texts, no history. The demo's stand-in is for everything else.
2. A call counts at the instant it arrives; `delay` and `hung` hold back the answer to it alone.
3. Updates are the ones that Telegram sends, keyboards included, and an edit is answered with the whole message: reading
   those is part of a bot's work.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote_to_bytes

Params = dict[bytes, bytes]

SECOND: Final = 1.0
"""Telegram's limits are counted in a window of so long."""
IDENTITY: Final = '"id":123456789,"is_bot":true,"first_name":"Diary","username":"measured_bot"'
KEYBOARD: Final = json.dumps(
    {
        "inline_keyboard": [
            [{"text": str(n), "callback_data": f"s:20260302:1:{n}"} for n in range(start, min(start + 4, 11))]
            for start in (0, 4, 8)
        ]
        + [
            [
                {"text": "Skip this one", "callback_data": "s:20260302:1:"},
                {"text": "Not today", "callback_data": "no:20260302"},
            ]
        ]
    },
    separators=(",", ":"),
)
TEXT: Final = (
    "Tingling · Monday 2 March · 2 of 3\\nHow strong was it in the past 24 hours?\\n"
    "pins and needles, pricking, crawling\\n0 = none, 10 = worst possible"
)
ENTITIES: Final = '[{"offset":0,"length":8,"type":"bold"},{"offset":75,"length":36,"type":"italic"}]'  # of TEXT
TAP: Final = (
    '{"update_id":%d,"callback_query":{"id":"%d","from":{"id":%d,"is_bot":false,"first_name":"Ada",'
    '"language_code":"en"},"message":{"message_id":%d,"from":{' + IDENTITY + '},"chat":{"id":%d,"first_name":"Ada",'
    '"type":"private"},"date":%d,"text":"' + TEXT + '","entities":' + ENTITIES + ',"reply_markup":' + KEYBOARD + "},"
    '"chat_instance":"%d","data":"%s"}}'
)
SAID: Final = (
    '{"update_id":%d,"message":{"message_id":%d,"from":{"id":%d,"is_bot":false,"first_name":"Ada",'
    '"language_code":"en"},"chat":{"id":%d,"first_name":"Ada","type":"private"},"date":%d,"text":"%s"}}'
)
MESSAGE: Final = (
    '{"ok":true,"result":{"message_id":%d,"from":{' + IDENTITY + '},"chat":{"id":%d,"first_name":"Ada",'
    '"type":"private"},"date":%d,"text":"' + TEXT + '","entities":' + ENTITIES + ',"reply_markup":' + KEYBOARD + "}}"
)
PHOTO: Final = (
    '{"ok":true,"result":{"message_id":%d,"from":{' + IDENTITY + '},"chat":{"id":%d,"first_name":"Ada",'
    '"type":"private"},"date":%d,"photo":[{"file_id":"f","file_unique_id":"u","width":1000,"height":900,'
    '"file_size":40000}]}}'
)
DONE: Final = b'{"ok":true,"result":true}'
ME: Final = (
    '{"ok":true,"result":{'
    + IDENTITY
    + ',"can_join_groups":true,"can_read_all_group_messages":false,"supports_inline_queries":false}}'
).encode()
WEBHOOK: Final = b'{"ok":true,"result":{"url":"","has_custom_certificate":false,"pending_update_count":0}}'
CONFLICT: Final = (
    b'{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request; '
    b'make sure that only one bot instance is running"}'
)
TOO_MANY: Final = (
    b'{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 1","parameters":{"retry_after":1}}'
)
IN_FORM: Final = re.compile(rb'name="chat_id"\r\n(?:[^\r\n]+\r\n)*\r\n([^\r]*)\r\n')
SCORE: Final = re.compile(rb'"callback_data": ?"(s:\d{8}:\d+:\d+)"')


class Tap:
    """One reply: when it was offered, when its answer and its edit came."""

    __slots__ = ("answered_at", "chat", "edited_at", "item", "offered_at", "value")

    def __init__(self, chat: int, item: int, value: int, offered_at: float) -> None:
        self.chat = chat
        self.item = item
        self.value = value
        self.offered_at = offered_at
        self.answered_at = 0.0
        self.edited_at = 0.0


class Bot:
    """What the server knows of one token. `first_update`: where its updates are numbered from."""

    def __init__(self, first_update: int) -> None:
        self.delay = 0.0
        self.hung: dict[int, float] = {}
        self.per_second = 0
        self.per_chat = False
        self.patients_answer = False
        self.first_poll_at: float | None = None
        self.calls: Counter[str] = Counter()
        self.too_many = 0
        self.sent: list[tuple[float, int]] = []
        self.taps: dict[int, Tap] = {}
        self.open: dict[int, list[Tap]] = {}
        self.ended: Callable[[Tap], None] | None = None
        self.turns: dict[int, int] = {}
        self._queue: deque[tuple[int, str]] = deque()
        self._next_update = first_update
        self._next_message = 1_000_000_000
        self._next_tap = 1
        self._poll: tuple[Connection, int, asyncio.TimerHandle] | None = None
        self._flushing = False
        self._window: deque[float] = deque()
        self._last_to: dict[int, float] = {}

    # --- updates ----------------------------------------------------------------------------------------------

    def tap(self, chat: int, message_id: int, data: str, item: int, value: int) -> Tap:
        """A person taps a button."""
        number = self._next_tap
        self._next_tap += 1
        tap = self.taps[number] = Tap(chat, item, value, time.monotonic())
        self.open.setdefault(chat, []).append(tap)
        self._receive(TAP % (self._next_update, number, chat, message_id, chat, int(time.time()), chat * 7919, data))
        return tap

    def say(self, chat: int, text: str) -> Tap:
        """A person writes; the next message to that chat is the answer."""
        tap = Tap(chat, 0, 0, time.monotonic())
        self.open.setdefault(chat, []).append(tap)
        self._next_message += 1
        self._receive(SAID % (self._next_update, self._next_message, chat, chat, int(time.time()), text))
        return tap

    def _receive(self, update: str) -> None:
        self._queue.append((self._next_update, update))
        self._next_update += 1
        if self._poll is not None and not self._flushing:
            # What is offered in one turn of the loop is delivered together, as Telegram would.
            self._flushing = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        self._flushing = False
        if self._poll is not None:
            connection, limit, timer = self._poll
            self._poll = None
            timer.cancel()
            connection.answer(self._updates(limit), self.delay)

    def _updates(self, limit: int) -> bytes:
        found = [self._queue[n][1] for n in range(min(limit, len(self._queue)))]
        return ('{"ok":true,"result":[' + ",".join(found) + "]}").encode()

    def waiting(self) -> int:
        return len(self._queue)

    def get_updates(self, connection: Connection, params: Params) -> None:
        now = time.monotonic()
        if self.first_poll_at is None:
            self.first_poll_at = now
        if self._poll is not None:
            earlier, _, timer = self._poll
            self._poll = None
            timer.cancel()
            earlier.answer(CONFLICT, 0, b"409 Conflict")
        offset = int(params.get(b"offset", b"0") or 0)
        while self._queue and self._queue[0][0] < offset:
            self._queue.popleft()
        limit = min(100, max(1, int(params.get(b"limit", b"100") or 100)))
        hold = float(params.get(b"timeout", b"0") or 0)
        if self._queue or not hold:
            connection.answer(self._updates(limit), self.delay)
            return
        timer = asyncio.get_running_loop().call_later(hold, self._flush)
        self._poll = (connection, limit, timer)

    def lost(self, connection: Connection) -> None:
        """A connection was closed from the other side."""
        if self._poll is not None and self._poll[0] is connection:
            self._poll[2].cancel()
            self._poll = None

    # --- calls ------------------------------------------------------------------------------------------------

    def called(self, connection: Connection, method: str, params: Params) -> None:
        """One call of the bot."""
        self.calls[method] += 1
        if method == "getUpdates":
            self.get_updates(connection, params)
        elif method == "answerCallbackQuery":
            tap = self.taps.pop(int(params[b"callback_query_id"]), None)
            if tap is not None:
                tap.answered_at = time.monotonic()
                self._end(tap)
            connection.answer(DONE, self._held(tap.chat if tap is not None else 0))
        elif method in ("editMessageText", "editMessageReplyMarkup"):
            self._edited(connection, params)
        elif method in ("sendMessage", "sendPhoto"):
            self._sent(connection, method, params)
        elif method == "getMe":
            connection.answer(ME, self.delay)
        elif method == "getWebhookInfo":
            connection.answer(WEBHOOK, self.delay)
        else:
            connection.answer(DONE, self.delay)

    def _held(self, chat: int) -> float:
        return self.hung.get(chat, self.delay)

    def _edited(self, connection: Connection, params: Params) -> None:
        chat, message_id = int(params[b"chat_id"]), int(params[b"message_id"])
        now = time.monotonic()
        for tap in self.open.pop(chat, ()):
            tap.edited_at = now
            self._end(tap)
        connection.answer((MESSAGE % (message_id, chat, int(time.time()))).encode(), self._held(chat))
        if self.patients_answer:
            self._answer_by_itself(chat, message_id, params)

    def _sent(self, connection: Connection, method: str, params: Params) -> None:
        now = time.monotonic()
        chat = int(params[b"chat_id"])
        if not self._allowed(chat, now):
            self.too_many += 1
            connection.answer(TOO_MANY, self.delay, b"429 Too Many Requests")
            return
        self.sent.append((now, chat))
        self._next_message += 1
        form = MESSAGE if method == "sendMessage" else PHOTO
        connection.answer((form % (self._next_message, chat, int(time.time()))).encode(), self._held(chat))
        if self.patients_answer:
            self._answer_by_itself(chat, self._next_message, params)
        elif chat in self.open and not self.open[chat][0].item:
            for tap in self.open.pop(chat):
                tap.answered_at = tap.edited_at = now
                self._end(tap)

    def _allowed(self, chat: int, now: float) -> bool:
        """Whether Telegram's limits let a new message through; a refused one does not count."""
        while self._window and self._window[0] <= now - SECOND:
            self._window.popleft()
        if self.per_second and len(self._window) >= self.per_second:
            return False
        if self.per_chat and now - self._last_to.get(chat, 0.0) < SECOND:
            return False
        self._window.append(now)
        self._last_to[chat] = now
        return True

    def _end(self, tap: Tap) -> None:
        if tap.answered_at and tap.edited_at and self.ended is not None:
            self.ended(tap)

    def _answer_by_itself(self, chat: int, message_id: int, params: Params) -> None:
        """The patient taps one of the scores that a bubble offers."""
        offered = SCORE.findall(unquote_to_bytes(params.get(b"reply_markup", b"").replace(b"+", b" ")))
        if len(offered) < 11:
            return
        turn = self.turns[chat] = self.turns.get(chat, chat) + 1
        data = offered[(turn * 7919) % len(offered)].decode()
        _, _, item, value = data.split(":")
        asyncio.get_running_loop().call_soon(self.tap, chat, message_id, data, int(item), int(value))


class Connection(asyncio.Protocol):
    """One HTTP/1.1 connection; its client waits for each answer before it asks again."""

    def __init__(self, bots: dict[str, Bot], control: Callable[[Connection, bytes], None]) -> None:
        self._bots = bots
        self._control = control
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, _: Exception | None) -> None:
        self._transport = None
        for bot in self._bots.values():
            bot.lost(self)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            low = head.lower()
            if b"transfer-encoding: chunked" in low:
                body, after = _chunks(self._buffer, end + 4)
                if body is None:
                    return
            else:
                at = low.find(b"content-length:")
                length = 0 if at < 0 else int(low[at + 15 :].split(b"\r\n", 1)[0])
                after = end + 4 + length
                if len(self._buffer) < after:
                    return
                body = self._buffer[end + 4 : after]
            self._buffer = self._buffer[after:]
            self._asked(head, low, body)

    def _asked(self, head: bytes, low: bytes, body: bytes) -> None:
        path, _, query = head.split(b" ", 2)[1].partition(b"?")
        if path == b"/control":
            self._control(self, body)
            return
        token, _, method = path.decode()[4:].rpartition("/")
        bot = self._bots.get(token)
        if bot is None:
            self.answer(b'{"ok":false,"error_code":401,"description":"Unauthorized"}', 0, b"401 Unauthorized")
            return
        bot.called(self, method, _params(low, body) | _form(query))

    def answer(self, body: bytes, delay: float = 0.0, status: bytes = b"200 OK") -> None:
        if self._transport is None:
            return
        whole = b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
            status,
            len(body),
            body,
        )
        if delay:
            asyncio.get_running_loop().call_later(delay, self._write, whole)
        else:
            self._transport.write(whole)

    def _write(self, whole: bytes) -> None:
        if self._transport is not None:
            self._transport.write(whole)


def _chunks(buffer: bytes, at: int) -> tuple[bytes | None, int]:
    """The body of a chunked request that begins at `at`, and where it ends; None while it is not all there."""
    body = b""
    while (end := buffer.find(b"\r\n", at)) >= 0:
        size = int(buffer[at:end].split(b";")[0], 16)
        if len(buffer) < end + 2 + size + 2:
            break
        body += buffer[end + 2 : end + 2 + size]
        at = end + 2 + size + 2
        if size == 0:
            return body, at
    return None, at


def _params(low_head: bytes, body: bytes) -> Params:
    """The parameters of a call, texts still quoted: only numbers are read."""
    if b"application/json" in low_head:
        return {name.encode(): str(value).encode() for name, value in json.loads(body).items()}
    if b"multipart/form-data" in low_head:
        found = IN_FORM.search(body)
        return {} if found is None else {b"chat_id": found[1]}
    return _form(body)


def _form(body: bytes) -> Params:
    params: Params = {}
    if body:
        for part in body.split(b"&"):
            name, _, value = part.partition(b"=")
            params[name] = value
    return params
