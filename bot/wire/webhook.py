"""The webhook: Telegram calls us, and gets its 200 when what it brought is committed.

Laws:
1. 200 is the acknowledgement, and it is only given after the commit. What was not committed is answered 503 and
   offered again.
2. Whoever does not know the secret gets 403 before anything of what they sent is read.
3. In touch is what Telegram says itself: nothing waits there, or what waited at the last look has come since.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from aiohttp import web
from sqlalchemy import Connection

from bot import logs, storage
from bot.clock import Clock
from bot.wire.figures import Figures
from bot.wire.gate import CannotListen, Gate
from bot.wire.http import ANSWER_FOR, NotSent, Request, Unanswered
from bot.wire.receiver import (
    LONGEST_PAUSE,
    REFUSED_FOR,
    UNKNOWN,
    WANTED,
    Refused,
    SomeoneElsePolls,
    TokenRevoked,
    Unreadable,
    as_rows,
    keep,
    read_json,
    result_of,
)

log = logs.get(__name__)

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105
MOST_BYTES: Final = 2**20
"""Of one update; Telegram's own are a few thousand."""
BODY_FOR: Final = 10.0
"""Seconds in which a body has to be here."""
IDLE_FOR: Final = 30.0
"""Seconds after which a connection without a request is closed: it would hold a place that another may need."""
LOOK_EVERY: Final = 30.0
"""Seconds between looks at what waits at Telegram."""
LOOK_AGAIN: Final = 5.0
"""Seconds to the next look while we are not in touch."""
TROUBLE_FOR: Final = 300.0
"""Seconds for which an error that Telegram tells of is taken to be today's."""
QUOTED: Final = 200
"""Characters of what a server says that are shown."""
FAREWELL_FOR: Final = 0.2
"""Seconds in which those who wait get their 503 before the program ends."""
TAKEN_AWAY: Final = 3
"""Looks in a row that find another webhook than ours, before we leave it to whoever sets it."""


class WebhookRefused(Exception):
    """Telegram does not take WEBHOOK_URL; the text says why."""


@dataclass(frozen=True, slots=True)
class Look:
    """What Telegram said of our webhook, when asked at an instant."""

    at: datetime
    waiting: int
    came: set[int] = field(default_factory=set)
    """Which updates came between this answer and the next one; one that is offered twice counts once."""


class Webhook:
    """Receives until cancelled. `first_poll` is set once everything that waited at Telegram has been taken in."""

    def __init__(
        self,
        database: storage.Database,
        request: Request,
        base_url: str,
        clock: Clock,
        arrived: Callable[[], None],
        figures: Figures | None = None,
        *,
        url: str,
        secret: str,
        host: str,
        port: int,
        connections: int,
    ) -> None:
        self._database = database
        self._request = request
        self._base_url = base_url
        self._clock = clock
        self._arrived = arrived
        self._figures = figures or Figures()
        self._url = url
        self._path = urlsplit(url).path or "/"
        self._secret = secret
        self._host, self._port, self._connections = host, port, connections
        self._gate: Gate | None = None
        self._gathered: list[tuple[tuple[int, str], asyncio.Future[bool]]] = []
        self._more = asyncio.Event()
        self._last: Look | None = None
        self._eager = True
        self._unknown_since: float | None = None
        self._look_now = asyncio.Event()
        self.address = ""
        self.first_poll = asyncio.Event()

    @property
    def failing(self) -> bool:
        """Whether the newest look at what waits at Telegram did not show that we have it all."""
        return self._eager

    async def run(self) -> None:
        """Receive for ever. Raises CannotListen, WebhookRefused, TokenRevoked or SomeoneElsePolls."""
        async with self._served(), asyncio.TaskGroup() as parts:
            parts.create_task(self._keep())
            parts.create_task(self._watch())

    # --- what Telegram brings ---------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def _served(self) -> AsyncIterator[None]:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._called, expect_handler=self._expected)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0, keepalive_timeout=IDLE_FOR)
        await runner.setup()
        assert runner.server is not None
        gate = self._gate = Gate(runner.server, self._connections, self._count)
        try:
            try:
                server = await asyncio.get_running_loop().create_server(gate, self._host, self._port)
            except OSError as error:
                raise CannotListen(
                    f"The webhook can't listen on {self._host}, port {self._port} ({error.strerror}). "
                    "Give WEBHOOK_PORT another number, or WEBHOOK_HOST an address of this machine."
                ) from None
            try:
                bound = server.sockets[0].getsockname()
                self.address = f"http://{bound[0]}:{bound[1]}"
                yield
            finally:
                server.close()
        finally:
            self._answer(self._gathered, kept=False)
            gate.close()
            await runner.cleanup()

    async def _called(self, request: web.Request) -> web.Response:
        assert self._gate is not None
        status = await self._verdict(request)
        self._figures.offers[status] += 1
        response = web.Response(status=status, headers={"Allow": "POST"} if status == 405 else None)
        if self._gate.crowded or not request.content.is_eof():
            response.force_close()
        return response

    async def _verdict(self, request: web.Request) -> int:
        """The HTTP status that a request gets; 200 when its update is on the disk."""
        if (refusal := self._refusal(request)) is not None:
            return refusal
        row = _update_in(await _body_of(request))
        if row is None:
            return 400
        kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._gathered.append((row, kept))
        self._more.set()
        return 200 if await kept else 503

    def _refusal(self, request: web.Request) -> int | None:
        """The HTTP status for whoever is not Telegram, by the head of the request alone; None: it is."""
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        # First of all: whoever does not know it learns nothing, not even which path is ours.
        if not hmac.compare_digest(given, self._secret.encode()):
            return 403
        if request.rel_url.raw_path != self._path:
            return 404
        return None if request.method == "POST" else 405

    async def _expected(self, request: web.Request) -> None:
        """Somebody asks before they send a body (Expect: 100-continue); one that is not wanted need not come."""
        if self._refusal(request) is None and not _is_large(request):
            assert request.transport is not None
            request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _count(self, inside: int) -> None:
        self._figures.connections = inside

    async def _keep(self) -> None:
        """Commit what was gathered while the writer was busy with the batch before."""
        while True:
            await self._more.wait()
            self._more.clear()
            batch, self._gathered = self._gathered, []
            # Telegram calls us on several connections at once: within a batch its own order is known.
            rows = sorted(row for row, _ in batch)
            try:
                await self._database.write(lambda tx, rows=rows: self._put(tx, rows))  # type: ignore[misc]
            except BaseException:
                # A disk that is full ends the program; Telegram is told, and offers them again.
                self._answer(batch, kept=False)
                await asyncio.sleep(FAREWELL_FOR)
                raise
            if self._last is not None:
                self._last.came.update(update_id for update_id, _ in rows)
            self._figures.updates["webhook"] += len(rows)
            self._arrived()
            self._answer(batch, kept=True)
            if self._eager and self._last is not None and self._caught_up(self._last):
                self._look_now.set()

    def _put(self, tx: Connection, rows: list[tuple[int, str]]) -> None:
        keep(tx, rows, self._clock.now(), in_touch_at=None)

    def _answer(self, batch: list[tuple[tuple[int, str], asyncio.Future[bool]]], *, kept: bool) -> None:
        for _, future in batch:
            if not future.done():
                future.set_result(kept)

    # --- what waits at Telegram -------------------------------------------------------------------------------

    async def _watch(self) -> None:
        """Tell Telegram where we are, then ask every minute whether something waits there."""
        await self._set()
        foreign = 0
        while True:
            look = await self._look()
            foreign = foreign + 1 if look is None else 0
            if foreign >= TAKEN_AWAY:
                raise SomeoneElsePolls(
                    "Another program receives this bot's messages: it takes the webhook away again and again. "
                    "Stop the other one, or get a token of its own for this one from @BotFather."
                )
            if look is None:
                log.warning("the webhook at Telegram is not ours any more; setting it again")
                await self._set()
            self._eager = not look
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY if look else LOOK_AGAIN):
                    await self._look_now.wait()
            self._look_now.clear()

    async def _set(self) -> None:
        """Have Telegram deliver to us, keeping what waits there; insist while the network is away."""
        wanted = {
            "url": self._url,
            "secret_token": self._secret,
            "max_connections": str(self._connections),
            "allowed_updates": json.dumps(WANTED),
            "drop_pending_updates": "false",
        }
        failures = 0
        while True:
            hold: float | None = None
            try:
                await self._ask("setWebhook", wanted)
                log.info("Telegram delivers to the webhook")
                return
            except Refused as refusal:
                if refusal.code in (400, 404):
                    raise WebhookRefused(
                        f"Telegram does not take WEBHOOK_URL: {self._quoted(refusal.words) or 'no reason given'}. "
                        "It must be an https address on port 443, 80, 88 or 8443 that can be reached from outside."
                    ) from None
                hold, why = refusal.hold, f"HTTP {refusal.code}"
            except (NotSent, Unanswered, Unreadable) as error:
                why = str(error)
            failures += 1
            log.warning("the webhook could not be set; trying again", why=why, times=failures)
            await asyncio.sleep(hold or min(LONGEST_PAUSE, 2.0 ** min(failures - 1, 6)))

    async def _look(self) -> bool | None:
        """Ask what waits; whether that shows that we are in touch. None: the webhook is not ours any more."""
        before = self._clock.now()
        try:
            info = await self._ask("getWebhookInfo", {})
        except Refused as refusal:
            if refusal.code not in (400, 404):
                log.warning("Telegram refuses to tell what waits", code=refusal.code)
                return False
            info = {}
        except (NotSent, Unanswered, Unreadable) as error:
            log.info("Telegram can't be asked what waits", why=str(error))
            return False
        if not isinstance(info, dict) or not isinstance(info.get("pending_update_count"), int):
            # A server of one's own that can't tell: it answers, and it delivers what it has.
            await self._in_touch(before)
            return True
        if info.get("url") != self._url:
            return None
        look = Look(before, info["pending_update_count"])
        earlier, self._last = self._last, look
        if look.waiting == 0:
            await self._in_touch(look.at)
        elif earlier is not None and self._caught_up(earlier) and not _erred_since(info, earlier.at):
            await self._in_touch(earlier.at)
        else:
            self._note_trouble(info, look.waiting)
            return False
        return True

    def _caught_up(self, look: Look) -> bool:
        """Whether as many updates came since a look as waited then. Telegram offers the oldest first."""
        return 0 < look.waiting <= len(look.came)

    async def _in_touch(self, at: datetime) -> None:
        await self._database.write(lambda tx: keep(tx, [], self._clock.now(), in_touch_at=at))
        self._figures.in_touch(at)
        self.first_poll.set()

    def _note_trouble(self, info: dict[str, Any], waiting: int) -> None:
        why, when = info.get("last_error_message"), info.get("last_error_date")
        # Telegram goes on telling of an error for long after it was over.
        recent = isinstance(when, int) and self._clock.now().timestamp() - when < TROUBLE_FOR
        self._figures.refusal = self._quoted(str(why)) if why and recent else None
        if self._figures.refusal:
            log.warning(
                "updates wait at Telegram, which can't deliver them", waiting=waiting, why=self._figures.refusal
            )

    def _quoted(self, words: str) -> str:
        """What a server said, in one line that can be shown: it may quote our address, which holds the token."""
        for secret in (self._base_url.rpartition("/bot")[2], self._secret):
            words = words.replace(secret, "…")
        return " ".join(words.split())[:QUOTED]

    async def _ask(self, method: str, data: dict[str, str]) -> Any:
        """Raises Refused, NotSent, Unanswered or Unreadable; TokenRevoked where the token is refused for a minute."""
        now = asyncio.get_running_loop().time()
        try:
            result = result_of(*await self._request.post_form(f"{self._base_url}/{method}", data, ANSWER_FOR))
        except Refused as refusal:
            if refusal.code != 401:
                self._unknown_since = None
            elif self._unknown_since is None:
                self._unknown_since = now
            elif now - self._unknown_since >= REFUSED_FOR:
                raise TokenRevoked(UNKNOWN) from None
            raise
        except (NotSent, Unanswered, Unreadable):
            self._unknown_since = None
            raise
        self._unknown_since = None
        return result


def _erred_since(info: dict[str, Any], at: datetime) -> bool:
    """Whether Telegram failed to deliver something since then: that one may wait behind what came."""
    when = info.get("last_error_date")
    return isinstance(when, int) and when >= int(at.timestamp())


def _is_large(request: web.Request) -> bool:
    return (request.content_length or 0) > MOST_BYTES


async def _body_of(request: web.Request) -> bytes | None:
    """The body, or None for one that is too large, too slow, or broken."""
    if _is_large(request):
        return None
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_FOR):
            async for part in request.content.iter_any():
                size += len(part)
                if size > MOST_BYTES:
                    return None
                parts.append(part)
    except (TimeoutError, web.RequestPayloadError, ConnectionError):
        return None
    return b"".join(parts)


def _update_in(body: bytes | None) -> tuple[int, str] | None:
    """The update in a body, as the inbox keeps it; None where there is none."""
    if body is None:
        return None
    try:
        rows = as_rows([read_json(body)])
    except ValueError:
        return None
    return rows[0] if rows else None
