"""The demo page: two telephones and a clock, in a browser and over HTTP, on this machine only.

The page is one HTML file with a style and scripts beside it, no build and nothing from elsewhere. Whatever a
button does goes through the same interface that a script can use, described in docs/demo-api.md:

    GET  /api/state                        everything on screen
    GET  /api/events                       the same as server-sent events: once whole, then what changed
    POST /api/clock                        {"hours": 1}, {"to": "prompt"}, {"to": "day"} or {"to": "monday"}
    POST /api/phones/<name>/send           {"text": "...", "reply_to": 12}
    POST /api/phones/<name>/edit           {"message_id": 12, "text": "..."}
    POST /api/phones/<name>/tap            {"button": "callback data or label", "message_id": 12}
    POST /api/phones/<name>/press          {"key": "label of the reply keyboard", "city": "Lisbon"}
    POST /api/phones/<name>/open           {"link": "https://t.me/...?start=..."}
    POST /api/phones/<name>/location       {"city": "Kathmandu"} or {"latitude": 27.7, "longitude": 85.3}
    POST /api/phones/<name>/block          {}, and the same for unblock
    GET  /api/phones/<name>/photos/<id>    a picture, and under .../files/<id> any file
    POST /api/weeks                        {"weeks": 4}: Ada answers; GET tells how far, DELETE stops her

A driving POST answers once the bot is quiet again, with what changed. The rule for safety: the Host must be
this machine by name, and a POST must be JSON, so that no other web site can drive or read it.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.demo import ada as autopilot
from bot.demo.chats import Toast
from bot.demo.hooks import Hooks, advance
from bot.demo.person import NotThere, Person
from bot.demo.telegram import Telegram

PORT: Final = 8765
HOSTS: Final = {"127.0.0.1", "localhost"}
CITIES: Final = {
    "Lisbon": (38.7223, -9.1393),
    "Chicago": (41.8781, -87.6298),
    "Kathmandu": (27.7172, 85.3240),
    "Nuuk": (64.1835, -51.7216),
}
MAX_WEEKS: Final = 52
TYPING_FOR: Final = timedelta(seconds=5)
"""How long "typing" stands, as Telegram shows it (core.telegram.org/bots/api#sendchataction)."""
BEAT_S: Final = 10.0
"""How long an event stream is silent at most: the clock moves on the page, and a dead connection shows."""
_FILES: Final = Path(__file__).parent
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

_log = logging.getLogger(__name__)

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Phone:
    """One telephone on the page: its name in addresses, who holds it, and what stands above it."""

    name: str
    person: Person
    title: str
    role: str


def default_phones(telegram: Telegram) -> tuple[Phone, Phone]:
    """Ada, a patient, and Dr Ito, her therapist; made anew where the server does not know them yet."""
    ada = telegram.people.get(1001) or telegram.person(1001, "Ada", "en")
    ito = telegram.people.get(2001) or telegram.person(2001, "Dr Ito", "en")
    return Phone("ada", ada, "Ada", "patient"), Phone("ito", ito, "Dr Ito", "therapist")


@dataclass(slots=True)
class Weeks:
    """How far Ada has come by herself."""

    running: bool = False
    stopping: bool = False
    done_days: int = 0
    total_days: int = 0
    error: str | None = None


class Page:
    """Serves the page. The first phone is the patient who answers by herself, the second her therapist."""

    def __init__(
        self,
        telegram: Telegram,
        hooks: Hooks,
        *,
        zone: str = "Europe/Lisbon",
        phones: Sequence[Phone] | None = None,
        sessions: bool = False,
    ) -> None:
        """`zone` is the clinic's: the clock is shown in it. `sessions`: Dr Ito logs one in each such week."""
        self.telegram = telegram
        self.hooks = hooks
        self.zone = ZoneInfo(zone)
        self.phones = {phone.name: phone for phone in phones or default_phones(telegram)}
        self.weeks = Weeks()
        self.address = ""
        self._sessions = sessions
        self._moving = asyncio.Lock()
        self._autopilot: asyncio.Task[None] | None = None
        self._streams: set[asyncio.Task[Any]] = set()
        self._runner: web.AppRunner | None = None

    async def start(self, host: str = "127.0.0.1", port: int = PORT) -> None:
        """Serve at `port`, or at any free one where it is taken; `address` then tells where."""
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError:
            await web.TCPSite(self._runner, host, 0).start()
        bound = self._runner.addresses[0]
        self.address = f"http://{bound[0]}:{bound[1]}"

    async def stop(self) -> None:
        """Stop serving and stop Ada; the clock and the chats stay as they are."""
        tasks = [*self._streams, *([self._autopilot] if self._autopilot is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[_guard])
        phone = "/api/phones/{phone}"
        app.add_routes(
            [
                web.get("/", self._html),
                web.static("/static", _FILES / "static"),
                web.get("/api/state", self._state),
                web.get("/api/events", self._events),
                web.post("/api/clock", self._clock),
                web.get("/api/weeks", self._weeks_now),
                web.post("/api/weeks", self._weeks_start),
                web.delete("/api/weeks", self._weeks_stop),
                web.get(phone + "/photos/{file}", self._file),
                web.get(phone + "/files/{file}", self._file),
                web.post(phone + "/{act}", self._act),
            ]
        )
        return app

    async def _html(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(_FILES / "page.html", headers={"Content-Security-Policy": _POLICY})

    # What is on screen.

    def changes(self, since: int) -> Body:
        """Everything that came or changed after revision `since`; since -1, everything."""
        return {
            "whole": since < 0,
            "revision": self.telegram.revision,
            "bot": {"name": self.telegram.me["first_name"], "username": self.telegram.username},
            "cities": list(CITIES),
            "clock": self.clock(),
            "weeks": self._progress(),
            "phones": {name: self._screen(phone, since) for name, phone in self.phones.items()},
        }

    def clock(self) -> Body:
        """The bot's time, as an instant and as a person says it in the clinic's zone."""
        now = self.hooks.now()
        local = now.astimezone(self.zone)
        city = self.zone.key.rpartition("/")[2].replace("_", " ")
        says = f"{local:%a} {local.day} {local:%B}, {local:%H:%M} in {city}"
        busy = self._moving.locked()
        return {"now": now.isoformat(), "says": says, "zone": self.zone.key, "city": city, "moving": busy}

    def _screen(self, phone: Phone, since: int) -> Body:
        person, chat = phone.person, phone.person.chat
        typing = chat.typing_at is not None and self.hooks.now() - chat.typing_at < TYPING_FOR
        return {
            "title": phone.title,
            "role": phone.role,
            "chat_id": person.id,
            "blocked": person.blocked,
            "typing": typing,
            "commands": person.commands,
            "keyboard": chat.keyboard,
            "messages": chat.since(since),
            "gone": chat.gone_since(since),
            "toasts": [_toast(toast) for toast in person.toasts if toast.revision > since],
        }

    def _progress(self) -> Body:
        weeks = self.weeks
        days = {"done_days": weeks.done_days, "total_days": weeks.total_days}
        return {"running": weeks.running, "stopping": weeks.stopping, "error": weeks.error, **days}

    async def _state(self, request: web.Request) -> web.Response:
        return web.json_response(self.changes(-1))

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events. A new connection gets everything first: none needs to remember where it was."""
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        stream = web.StreamResponse(headers=headers)
        await stream.prepare(request)
        task = asyncio.current_task()
        assert task is not None
        self._streams.add(task)
        seen = -1
        # A closed browser tab ends the stream by an error at the next write, and `stop` by a cancellation.
        try:
            with suppress(ConnectionError, asyncio.CancelledError):
                while True:
                    body = self.changes(seen)
                    seen = body["revision"]
                    await stream.write(f"data: {json.dumps(body)}\n\n".encode())
                    # Not `wait_for`: before Python 3.12 it forgets a cancellation that comes together with a change.
                    with suppress(TimeoutError):
                        async with asyncio.timeout(BEAT_S):
                            await self.telegram.changed(seen)
        finally:
            self._streams.discard(task)
        return stream

    async def _file(self, request: web.Request) -> web.Response:
        self._phone(request)
        file = self.telegram.files.get(request.match_info["file"])
        if file is None:
            raise _problem(web.HTTPNotFound, "There is no such file.")
        # Only pictures open in the browser: a document of the bot must never run as a page of this address.
        shown = file.kind if file.kind in {"image/png", "image/jpeg", "image/gif"} else _picture_kind(file.content)
        headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=3600"}
        if shown is None:
            name = file.name.replace('"', "").replace("\n", "").replace("\r", "")
            headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return web.Response(body=file.content, content_type=shown or "application/octet-stream", headers=headers)

    # What a person does.

    def _phone(self, request: web.Request) -> Phone:
        phone = self.phones.get(request.match_info["phone"])
        if phone is None:
            raise _problem(web.HTTPNotFound, f"There is no such phone; there are {', '.join(self.phones)}.")
        return phone

    async def _act(self, request: web.Request) -> web.Response:
        phone = self._phone(request)
        act = _ACTS.get(request.match_info["act"])
        if act is None:
            raise _problem(web.HTTPNotFound, f"A phone can {', '.join(_ACTS)}.")
        body = await _body(request)
        before = self.telegram.revision
        try:
            act(phone.person, body)
        except NotThere as error:
            raise _problem(web.HTTPConflict, str(error)) from error
        except (KeyError, TypeError, ValueError) as error:
            raise _problem(web.HTTPBadRequest, f"Missing or wrong: {error}") from error
        await self.hooks.quiet()
        return web.json_response({"clock": self.clock(), **self._screen(phone, before)})

    # What time does.

    async def _clock(self, request: web.Request) -> web.Response:
        body = await _body(request)
        move = self._move(body)
        if self._moving.locked():
            raise _problem(web.HTTPConflict, "The clock is already moving.")
        before = self.telegram.revision
        async with self._moving:
            self.telegram.touch()
            problem = await move()
        self.telegram.touch()
        if problem is not None:
            raise _problem(web.HTTPConflict, problem)
        return web.json_response(self.changes(before))

    def _move(self, body: Body) -> Callable[[], Awaitable[str | None]]:
        to, hours = body.get("to"), body.get("hours")
        now = self.hooks.now()
        if to == "prompt":
            return self._to_prompt
        if to == "day":
            return self._by(now + timedelta(days=1))
        if to == "monday":
            return self._by(next_monday(now, self.zone))
        if isinstance(hours, int | float) and not isinstance(hours, bool) and 0 < hours <= 24 * 31:
            return self._by(now + timedelta(hours=hours))
        raise _problem(web.HTTPBadRequest, 'Give {"hours": more than 0} or {"to": "prompt", "day" or "monday"}.')

    def _by(self, target: datetime) -> Callable[[], Awaitable[str | None]]:
        async def move() -> None:
            await advance(self.hooks, target)

        return move

    async def _to_prompt(self) -> str | None:
        patient = next(iter(self.phones.values()))
        if await autopilot.to_prompt(self.hooks, patient.person):
            return None
        return f"No evening question reached {patient.title} in three days."

    # Ada by herself.

    async def _weeks_now(self, request: web.Request) -> web.Response:
        return web.json_response(self._progress())

    async def _weeks_start(self, request: web.Request) -> web.Response:
        weeks = (await _body(request)).get("weeks", 4)
        if not isinstance(weeks, int) or isinstance(weeks, bool) or not 1 <= weeks <= MAX_WEEKS:
            raise _problem(web.HTTPBadRequest, f'Give {{"weeks": 1 to {MAX_WEEKS}}}.')
        if self._moving.locked():
            raise _problem(web.HTTPConflict, "The clock is already moving.")
        self.weeks = Weeks(running=True, total_days=7 * weeks)
        self._autopilot = asyncio.create_task(self._answer(weeks))
        return web.json_response(self._progress(), status=202)

    async def _weeks_stop(self, request: web.Request) -> web.Response:
        self.weeks.stopping = self.weeks.running
        self.telegram.touch()
        return web.json_response(self._progress())

    async def _answer(self, weeks: int) -> None:
        state = self.weeks
        ada, ito = [phone.person for phone in self.phones.values()][:2]

        def progress(done_days: int, total_days: int) -> None:
            state.done_days, state.total_days = done_days, total_days
            self.telegram.touch()

        async with self._moving:
            try:
                await autopilot.answer_weeks(
                    self.telegram,
                    self.hooks,
                    ada,
                    ito,
                    weeks,
                    progress,
                    cancelled=lambda: state.stopping,
                    sessions=self._sessions,
                )
            except (NotThere, autopilot.NothingAsked) as error:
                state.error = str(error)
            except Exception as error:
                state.error = f"Stopped by {type(error).__name__}: see the log"
                _log.exception("Ada cannot go on by herself")
            finally:
                state.running = state.stopping = False
        self.telegram.touch()


def next_monday(now: datetime, zone: ZoneInfo) -> datetime:
    """The next Monday, 07:31 in `zone`: a minute after the digests of the week went out."""
    local = now.astimezone(zone)
    monday = (local + timedelta(days=(-local.weekday()) % 7)).replace(hour=7, minute=31, second=0, microsecond=0)
    return monday if monday > local else (monday + timedelta(days=7))


def _tap(person: Person, body: Body) -> None:
    """A button by its data if the message has it, else by its label."""
    button, message_id = str(body["button"]), body.get("message_id")
    for message in reversed(person.messages):
        if message_id in {None, message["message_id"]}:
            rows = message.get("reply_markup", {}).get("inline_keyboard", [])
            if any(one.get("callback_data") == button for row in rows for one in row):
                person.tap(message["message_id"], button)
                return
    person.tap_label(button, message_id)


def _place(body: Body) -> tuple[float, float] | None:
    if "city" in body:
        return CITIES[body["city"]]
    return (float(body["latitude"]), float(body["longitude"])) if "latitude" in body else None


def _locate(person: Person, body: Body) -> None:
    place = _place(body)
    if place is None:
        raise ValueError("city")
    person.send_location(*place)


def _send(person: Person, body: Body) -> None:
    text = str(body["text"]).strip()
    if not 1 <= len(text) <= 4096:
        raise ValueError("text of 1 to 4096 characters")
    person.send(text, body.get("reply_to"))


_ACTS: Final[dict[str, Callable[[Person, Body], object]]] = {
    "send": _send,
    "edit": lambda person, body: person.edit(int(body["message_id"]), str(body["text"])),
    "tap": _tap,
    "press": lambda person, body: person.press(str(body["key"]), _place(body)),
    "open": lambda person, body: person.open_link(str(body["link"])),
    "location": _locate,
    "block": lambda person, body: person.block(),
    "unblock": lambda person, body: person.unblock(),
}


def _toast(toast: Toast) -> Body:
    return {"text": toast.text, "alert": toast.alert, "id": toast.query_id, "at": toast.at.isoformat()}


def _picture_kind(content: bytes) -> str | None:
    starts = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
    return next((kind for start, kind in starts.items() if content.startswith(start)), None)


async def _body(request: web.Request) -> Body:
    try:
        body = await request.json()
    except ValueError as error:
        raise _problem(web.HTTPBadRequest, "The body is no JSON.") from error
    if not isinstance(body, dict):
        raise _problem(web.HTTPBadRequest, "The body must be a JSON object.")
    return body


def _problem(kind: type[web.HTTPException], says: str) -> web.HTTPException:
    return kind(text=json.dumps({"error": says}), content_type="application/json")


@web.middleware
async def _guard(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Keep other web sites out: by the Host (rebinding) and by JSON alone (a form can't send it unasked)."""
    if request.url.host not in HOSTS:
        raise _problem(web.HTTPForbidden, "This page answers only on this machine.")
    if request.method not in {"GET", "HEAD"}:
        origin = request.headers.get("Origin")
        if origin is not None and origin != f"http://{request.host}":
            raise _problem(web.HTTPForbidden, "Another web site may not drive this page.")
        if request.method == "POST" and request.content_type != "application/json":
            raise _problem(web.HTTPUnsupportedMediaType, "Send JSON, with Content-Type application/json.")
    try:
        return await handler(request)
    except TimeoutError as error:
        raise _problem(web.HTTPGatewayTimeout, "The bot has not become quiet. Is it still running?") from error
