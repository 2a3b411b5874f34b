"""An in-memory stand-in for Telegram's Bot API server, with people on its other side.

Rules: it answers as the official server does, as far as we know it (limits.py tells how far); it loses no
update before the bot confirms it (by the next offset) or 24 hours have passed; and everything that happens
moves `revision`, so that a test or a page can wait for it instead of sleeping.

    telegram = Telegram("123456:token", now=clock.now)
    await telegram.start()
    ada = telegram.person(1001, "Ada", "en")
    ada.send("/start")
    await telegram.until(lambda: ada.heard)

Not built: inline mode, payments, business chats, stickers, Markdown, and links to files by URL. Pacing (429) comes
from `fault` alone. A webhook is delivered to (courier.py).
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
import secrets
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from aiohttp import web

from bot.demo import methods
from bot.demo.calls import Call, Fault, FaultHook, Params, read_params
from bot.demo.chats import Chat, File, Message, Query, Standing, Toast
from bot.demo.courier import Courier
from bot.demo.limits import MAX_DOCUMENT_BYTES, Refused
from bot.demo.markup import found
from bot.demo.person import Person, start_payload

T = TypeVar("T")

KEPT_FOR: Final = timedelta(hours=24)
"""How long Telegram keeps an update that nobody fetched (core.telegram.org/bots/api, "Getting updates")."""
QUERY_LASTS_FOR: Final = timedelta(minutes=15)
"""How long a tap can be answered. Telegram publishes no figure; this one is ours."""
TRICKLE_EVERY: Final = 0.05
"""Seconds between the bytes of an answer that never ends."""
_UNASKED: Final = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Updates that come only when they are asked for by name."""


class Telegram:
    """The server and all its chats. One event loop, no threads."""

    def __init__(self, token: str, *, bot_username: str = "SymptomDiaryBot", now: Callable[[], datetime]) -> None:
        """Serve the bot that holds `token` ("<digits>:<anything>"); `now`, aware, dates messages."""
        self.token = token
        self.username = bot_username
        self.now = now
        self.me: dict[str, Any] = {
            "id": int(token.partition(":")[0]), "is_bot": True, "first_name": "Symptom diary",
            "username": bot_username,
        }  # fmt: skip
        self.calls: list[Call] = []
        self.chats: dict[int, Chat] = {}
        self.people: dict[int, Person] = {}
        self.files: dict[str, File] = {}
        self.command_lists: dict[tuple[str, str], list[dict[str, str]]] = {}
        """By scope ("default", "all_private_chats", "chat:1001") and language code ("" for any)."""
        self.profile: dict[str, Any] = {}
        self.webhook: Params = {"url": ""}
        self.courier = Courier(self)
        self.fault: FaultHook | None = None
        self.revision = 0
        self.address = ""
        self._queue: deque[tuple[datetime, dict[str, Any]]] = deque()
        self._next_update_id = 10**8 + secrets.randbelow(8 * 10**8)
        self._next_message_id = 1
        self._next_query_id = 10**18 + secrets.randbelow(10**18)
        self._wanted: frozenset[str] | None = None
        self._queries: dict[str, Query] = {}
        self._poll: asyncio.Future[str] | None = None
        self._waiting: set[asyncio.Future[None]] = set()
        self._runner: web.AppRunner | None = None
        self._closing = asyncio.Event()

    # The server.

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; `port` 0 takes any free one. `address` then is the base ("http://127.0.0.1:43211")."""
        app = web.Application(client_max_size=MAX_DOCUMENT_BYTES + 2**20)
        app.router.add_route("*", "/bot{token}/{method}", self._called)
        app.router.add_get("/file/bot{token}/{path:.+}", self._fetched)
        self._closing.clear()
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        self.courier.start()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        bound = self._runner.addresses[0]
        self.address = f"http://{bound[0]}:{bound[1]}"

    async def stop(self) -> None:
        """Stop listening and break off a poll. Chats and updates stay: `start` again goes on with them."""
        self._end_poll("closed")
        self._closing.set()
        await self.courier.stop()
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()

    @property
    def pending(self) -> int:
        """How many updates the bot has not confirmed yet."""
        self._drop_old()
        return len(self._queue)

    @property
    def polling(self) -> bool:
        """Whether a getUpdates is waiting for updates."""
        return self._poll is not None

    def calls_of(self, method: str, chat_id: int | None = None) -> list[Call]:
        """The calls of one method, perhaps of one chat alone, in order of arrival."""
        return [c for c in self.calls if c.method == method and chat_id in {None, c.chat_id}]

    async def changed(self, after: int) -> int:
        """Wait until `revision` is beyond `after`, and give it."""
        while self.revision <= after:
            waiter = asyncio.get_running_loop().create_future()
            self._waiting.add(waiter)
            try:
                await waiter
            finally:
                self._waiting.discard(waiter)
        return self.revision

    async def until(self, condition: Callable[[], T], within_s: float = 10.0) -> T:
        """Wait for `condition` to give something true, and give it. TimeoutError after `within_s` seconds."""
        async with asyncio.timeout(within_s):
            while True:
                seen = self.revision
                if value := condition():
                    return value
                await self.changed(seen)

    # People and groups.

    def person(self, chat_id: int, first_name: str, language_code: str | None = "en", *, met: bool = True) -> Person:
        """A person with a private chat. With `met` False the bot cannot write before the person does."""
        info = {"id": chat_id, "type": "private", "first_name": first_name}
        chat = self.chats[chat_id] = Chat(chat_id, info, Standing.OPEN if met else Standing.NOT_MET)
        person = self.people[chat_id] = Person(self, chat, first_name, language_code)
        return person

    def group_add(self, group_chat_id: int, by_person: Person, title: str = "A group") -> Message:
        """`by_person` adds the bot to a group (a negative id): my_chat_member, then the service message."""
        info = {"id": group_chat_id, "type": "group", "title": title, "all_members_are_administrators": False}
        chat = self.chats.setdefault(group_chat_id, Chat(group_chat_id, info))
        chat.standing = Standing.OPEN
        self.receive("my_chat_member", self.membership(chat, by_person.user, "left", "member"))
        message = self.add(chat, by_person.user, {"new_chat_members": [self.me]})
        self.receive("message", message)
        return message

    def group_upgrade(self, group_chat_id: int, new_chat_id: int) -> None:
        """A group becomes a supergroup with another id; the old one takes no message any more."""
        old = self.chats[group_chat_id]
        old.moved_to = new_chat_id
        info = {"id": new_chat_id, "type": "supergroup", "title": old.info["title"]}
        self.chats[new_chat_id] = Chat(new_chat_id, info, old.standing)
        self.touch()

    def group_send(self, group_chat_id: int, by_person: Person, text: str) -> Message:
        """Write in a group. In privacy mode the bot is told of commands alone."""
        entities = found(text)
        message = self.add(self.chats[group_chat_id], by_person.user, {"text": text, "entities": entities})
        if any(entity["type"] == "bot_command" for entity in entities):
            self.receive("message", message)
        return message

    def chat_messages(self, chat_id: int) -> list[Message]:
        """All messages of a chat, oldest first, as they stand now."""
        return list(self.chats[chat_id].messages.values())

    def photo(self, message: Message) -> bytes:
        """The picture of a photo message, as the bot sent it."""
        return self.files[message["photo"][-1]["file_id"]].content

    def menu(self, chat_id: int, language_code: str | None) -> list[dict[str, str]]:
        """The command list that a private chat shows: its own before all_private_chats before default."""
        for scope in (f"chat:{chat_id}", "all_private_chats", "default"):
            for language in ((language_code or "").partition("-")[0], ""):
                if commands := self.command_lists.get((scope, language)):
                    return commands
        return []

    def payload_of(self, url: str) -> str | None:
        """The start payload of a deep link to this bot; None for any other address."""
        return start_payload(url, self.username)

    # What methods and people share.

    def epoch(self) -> int:
        return int(self.now().timestamp())

    def touch(self) -> None:
        """Something changed: move the revision and wake who waits for it."""
        self.revision += 1
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)

    def put(self, chat: Chat, message: Message) -> Message:
        """Store a message as it now stands."""
        self.touch()
        chat.messages[message["message_id"]] = message
        chat.revised[message["message_id"]] = self.revision
        return message

    def add(self, chat: Chat, sender: dict[str, Any], body: dict[str, Any]) -> Message:
        """Store a new message. Ids count through all chats of the bot, as in private chats of Telegram."""
        head = {"message_id": self._next_message_id, "from": sender, "chat": chat.info, "date": self.epoch()}
        self._next_message_id += 1
        if sender["is_bot"]:
            chat.typing_at = None
        return self.put(chat, {**head, **body})

    def remove(self, chat: Chat, message_id: int) -> None:
        self.touch()
        del chat.messages[message_id]
        chat.gone[message_id] = self.revision

    def keep(self, name: str, kind: str, content: bytes, folder: str) -> File:
        """Keep a file; the same content has the same unique id, as in Telegram."""
        number = len(self.files) + 1
        ending = name.rpartition(".")[2].lower() if "." in name else "bin"
        unique_id = hashlib.sha256(content).hexdigest()[:16]
        path = f"{folder}/file_{number}.{ending}"
        file = File(f"file-{number}-{unique_id}", unique_id, path, name, kind, content)
        self.files[file.id] = file
        return file

    def photo_size(self, file: File, width: int, height: int) -> dict[str, Any]:
        """A PhotoSize. Telegram makes several; here the original is the only one."""
        ids = {"file_id": file.id, "file_unique_id": file.unique_id}
        return {**ids, "width": width, "height": height, "file_size": len(file.content)}

    def membership(self, chat: Chat, by: dict[str, Any], old: str, new: str) -> dict[str, Any]:
        """A ChatMemberUpdated about the bot itself."""

        def member(status: str) -> dict[str, Any]:
            return {"user": self.me, "status": status, **({"until_date": 0} if status == "kicked" else {})}

        head = {"chat": chat.info, "from": by, "date": self.epoch()}
        return {**head, "old_chat_member": member(old), "new_chat_member": member(new)}

    def chat_instance(self, chat_id: int) -> str:
        return str(int.from_bytes(hashlib.sha256(f"{self.me['id']}:{chat_id}".encode()).digest()[:7], "big"))

    def new_query(self, person: Person) -> str:
        """Begin a tap that the bot can answer once."""
        self._next_query_id += 1
        query = Query(str(self._next_query_id), person.id, self.now())
        self._queries[query.id] = query
        return query.id

    def answer_query(self, query_id: str, text: str, alert: bool) -> None:
        """Settle a tap. Raises Refused (400) for one that is unknown, answered, or too old."""
        query = self._queries.pop(query_id, None)
        if query is None or self.now() - query.at > QUERY_LASTS_FOR:
            why = "query is too old and response timeout expired or query ID is invalid"
            raise Refused(400, f"Bad Request: {why}")
        self.touch()
        if text:
            toast = Toast(query_id, text, alert, self.now(), self.revision)
            self.people[query.person_id].toasts.append(toast)

    def receive(self, kind: str, body: dict[str, Any]) -> None:
        """Queue an update for the bot, unless it said that it wants none of the kind."""
        wanted = kind not in _UNASKED if self._wanted is None else kind in self._wanted
        if not wanted:
            return
        self._queue.append((self.now(), {"update_id": self._next_update_id, kind: body}))
        self._next_update_id += 1
        self.touch()
        self._end_poll("arrived")
        self.courier.wake()

    def waiting(self, count: int) -> list[dict[str, Any]]:
        """The oldest updates that the bot has not confirmed, at most `count`."""
        self._drop_old()
        return [update for _, update in itertools.islice(self._queue, count)]

    def delivered(self, update_id: int) -> None:
        """The webhook took an update."""
        # It is among the oldest, so it is found soon.
        for number, (_, update) in enumerate(self._queue):
            if update["update_id"] == update_id:
                del self._queue[number]
                break
        self.touch()

    def set_webhook(self, params: Params) -> None:
        """Deliver to a webhook from now on, or (with an empty url) to nobody; an open poll ends."""
        self.webhook = params
        if params["url"]:
            self._want(params.get("allowed_updates"))
            self._end_poll("conflict")
        self.courier.wake()

    def _want(self, kinds: Any) -> None:
        if isinstance(kinds, list):
            self._wanted = frozenset(kinds) or None

    def forget_pending(self) -> None:
        """Drop every update that waits (drop_pending_updates)."""
        self._queue.clear()

    async def get_updates(self, params: Params) -> list[dict[str, Any]]:
        """Long polling. Raises Refused (409) when a webhook is set, or once a newer poll takes over."""
        if self.webhook["url"]:
            why = "can't use getUpdates method while webhook is active"
            raise Refused(409, f"Conflict: {why}; use deleteWebhook to delete the webhook first")
        self._end_poll("conflict")
        self._want(params.get("allowed_updates"))
        self._confirm(params.get("offset") or 0)
        limit = params.get("limit") or 100
        if not self._queue and params.get("timeout"):
            await self._arrival(float(params["timeout"]))
        return [update for _, update in list(self._queue)[: min(max(limit, 1), 100)]]

    def _confirm(self, offset: int) -> None:
        before = len(self._queue)
        if offset < 0:
            while len(self._queue) > -offset:
                self._queue.popleft()
        while self._queue and self._queue[0][1]["update_id"] < offset:
            self._queue.popleft()
        self._drop_old()
        if len(self._queue) != before:
            self.touch()

    def _drop_old(self) -> None:
        oldest = self.now() - KEPT_FOR
        while self._queue and self._queue[0][0] < oldest:
            self._queue.popleft()

    async def _arrival(self, timeout_s: float) -> None:
        """Wait for an update. Raises Refused when a newer poll takes over, Closed when the server stops."""
        poll = self._poll = asyncio.get_running_loop().create_future()
        self.touch()
        try:
            outcome = await asyncio.wait_for(poll, timeout_s)
        except TimeoutError:
            return
        finally:
            if self._poll is poll:
                self._poll = None
        if outcome == "conflict":
            why = "terminated by other getUpdates request; make sure that only one bot instance is running"
            raise Refused(409, f"Conflict: {why}")
        if outcome == "closed":
            raise Closed

    def _end_poll(self, outcome: str) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(outcome)

    async def _called(self, request: web.Request) -> web.StreamResponse:
        named = request.match_info["method"]
        method = methods.BY_LOWER_NAME.get(named.lower(), named)
        if request.match_info["token"] != self.token:
            return _refusal(Refused(401, "Unauthorized"))
        params = await read_params(request)
        fault = self.fault(method, params) if self.fault is not None else None
        if fault is not None and fault.delay_for:
            await asyncio.sleep(fault.delay_for)
        if fault is not None and fault.answers and not fault.after:
            self._record(method, params, ok=False, response=f"fault: {fault}")
            return await self._broken(request, fault)
        try:
            result = await self._act(method, params)
        except Closed:
            return await self._broken(request, Fault.lost_before())
        except Refused as error:
            self._record(method, params, ok=False, response=error.description)
            return await self._broken(request, fault) if fault is not None and fault.answers else _refusal(error)
        self._record(method, params, ok=True, response=result)
        if fault is not None and fault.answers:
            return await self._broken(request, fault)
        if fault is not None and fault.changed is not None:
            result = fault.changed(result)
        answer = web.json_response({"ok": True, "result": result})
        return await _cut(request, answer) if fault is not None and fault.cut else answer

    async def _broken(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        return await self._endless(request, fault) if fault.hangs else _broken(request, fault)

    async def _endless(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        """No answer until one side gives up; with `trickle` a space now and then, which JSON allows."""
        answer = web.StreamResponse(headers={"Content-Type": "application/json"})
        if fault.trickle:
            await answer.prepare(request)
        while request.transport is not None and not self._closing.is_set():
            if fault.trickle:
                with contextlib.suppress(ConnectionError):
                    await answer.write(b" ")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), TRICKLE_EVERY)
        return _dropped(request)

    async def _act(self, method: str, params: Params) -> Any:
        if method == "getUpdates":
            return await self.get_updates(params)
        if method not in methods.METHODS:
            raise Refused(404, "Not Found: method not found")
        return methods.METHODS[method](self, params)

    def _record(self, method: str, params: Params, *, ok: bool, response: Any) -> None:
        chat_id = params.get("chat_id")
        self.calls.append(Call(method, params, chat_id if isinstance(chat_id, int) else None, self.now(), ok, response))
        if method != "getUpdates":
            self.touch()

    async def _fetched(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            return _refusal(Refused(401, "Unauthorized"))
        for file in self.files.values():
            if file.path == request.match_info["path"]:
                return web.Response(body=file.content, content_type="application/octet-stream")
        return _refusal(Refused(404, "Not Found"))


class Closed(Exception):
    """The server stopped while a poll was waiting."""


def _refusal(error: Refused) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": error.status, "description": error.description}
    for name in ("retry_after", "migrate_to_chat_id"):
        if getattr(error, name) is not None:
            body["parameters"] = {name: getattr(error, name)}
    return web.json_response(body, status=error.status)


def _broken(request: web.Request, fault: Fault) -> web.Response:
    if fault.gateway:
        page = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
        return web.Response(status=502, text=page, content_type="text/html")
    if fault.drop:
        return _dropped(request)
    if fault.body is not None:
        return web.Response(text=fault.body, content_type="application/json")
    return _refusal(Refused(fault.status or 500, fault.description, fault.retry_after))


def _dropped(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


async def _cut(request: web.Request, whole: web.Response) -> web.StreamResponse:
    """Half of an answer that said how long it would be."""
    body = whole.body
    assert isinstance(body, bytes)
    answer = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(body))})
    await answer.prepare(request)
    await answer.write(body[: len(body) // 2])
    return _dropped(request)
