"""A desk for handler and job tests: real PTB, real SQLite and the stand-in's own rules, without the network between.

What a person does becomes an update, the update goes through `handlers.handle`, and what the outbox then holds is
put on the person's screen, checked by the stand-in as if it had been sent.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, text
from telegram import Update
from telegram.ext import ContextTypes, ExtBot
from telegram.request import BaseRequest, RequestData

from bot import handlers, press, storage
from bot.clock import StillClock
from bot.demo import methods
from bot.demo.calls import Upload
from bot.demo.hooks import Hooks, advance
from bot.demo.limits import Refused
from bot.demo.person import SMALL_PICTURE, Person
from bot.demo.telegram import Telegram
from bot.diary.people import Reach
from bot.handlers import DiaryApplication, DiaryContext
from bot.handlers.turn import Turn
from bot.jobs import Ticker
from bot.settings import Settings
from bot.storage.inbox import Arrival
from bot.storage.outbox import Parcel, Urgency
from bot.storage.tables import Action, OutboxState
from bot.wire.bodies import Verdict, call_of, verdict_of
from bot.wire.books import write_down
from bot.wire.receiver import WANTED
from tests.stage import ADA, BEN, CLEO, ITO, MAX, NOOR, ROY, TOKEN, link_in, newest, settings_for

MONDAY: Final = datetime(2026, 3, 2, 10, tzinfo=UTC)
"""When most tests begin, in Lisbon, where it is also 10:00."""
NOWHERE: Final = "http://127.0.0.1:1"
WORKING: Final = ("alembic_version", "inbox", "outbox", "bubbles", "written")
"""Tables that hold messages on their way and what they became, no one's diary."""


Waiting = tuple[list[tuple[Parcel, press.Made | None]], dict[int, int]]
"""What is to be delivered, with its picture, and the message numbers of the bubbles that it is about."""

D = TypeVar("D", bound="Desk")


@dataclass(frozen=True, slots=True)
class Sent:
    """One call that the outbox asked for, and how the stand-in took it."""

    method: str
    params: dict[str, Any]
    ok: bool
    answer: Any


class Indoors(BaseRequest):
    """PTB's way to the stand-in without a network."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **kwargs: Any
    ) -> tuple[int, bytes]:
        params = {} if request_data is None else request_data.parameters
        result = methods.METHODS[url.rpartition("/")[2]](self._telegram, params)
        return 200, json.dumps({"ok": True, "result": result}).encode()


@dataclass
class Desk:
    """The bot's own parts with its people. Every act waits until it is handled and answered."""

    telegram: Telegram
    database: storage.Database
    application: DiaryApplication
    ticker: Ticker
    settings: Settings
    clock: StillClock
    sent: list[Sent] = field(default_factory=list)
    cast: dict[str, Person] = field(default_factory=dict)
    _offset: int = 0

    # --- people -----------------------------------------------------------------------------------------------

    def person(self, chat_id: int, name: str, language: str | None = "en") -> Person:
        if name not in self.cast:
            self.cast[name] = self.telegram.person(chat_id, name, language)
        return self.cast[name]

    @property
    def ito(self) -> Person:
        """Clinic admin, and therapist of Ada and Ben."""
        return self.person(ITO, "Dr Ito")

    @property
    def roy(self) -> Person:
        """Therapist of Cleo."""
        return self.person(ROY, "Dr Roy")

    @property
    def ada(self) -> Person:
        return self.person(ADA, "Ada")

    @property
    def ben(self) -> Person:
        return self.person(BEN, "Ben")

    @property
    def cleo(self) -> Person:
        return self.person(CLEO, "Cleo")

    @property
    def noor(self) -> Person:
        return self.person(NOOR, "Noor")

    @property
    def max(self) -> Person:
        """A stranger who must never see anything."""
        return self.person(MAX, "Max")

    async def therapist(self, person: Person) -> Person:
        """Make the admin a therapist by one tap, anyone else by an invitation of the admin."""
        if person.id == ITO:
            await self.says(person, "/start")
            await self.taps(person, "I treat patients too")
        else:
            await self.says(self.ito, "/invite_therapist")
            await self.opens(person, self.ito)
        return person

    async def enrol(
        self,
        person: Person,
        therapist: Person,
        label: str | None = None,
        *,
        share: bool = True,
        place: str | None = None,
        hour: str | None = None,
        now: bool = False,
    ) -> Person:
        """Take a patient through the whole enrolment in English; `place` and `hour` are typed, else tapped."""
        await self.says(therapist, f"/invite {label or person.first_name}")
        await self.opens(person, therapist)
        await self.taps(person, "Yes, store my answers", "Yes, show them" if share else "No, only for me")
        if place is None:
            await self.taps(person, "Yes, it is")
        else:
            await self.says(person, place)
        if hour is None:
            # By what it carries: where people say so, it reads "8:00 pm".
            await self.sends(person, "en:hour:2000")
        else:
            await self.says(person, hour)
        await self.taps(person, "Start now" if now else person.labels(person.last["message_id"])[1])
        return person

    # --- acts -------------------------------------------------------------------------------------------------

    async def says(self, person: Person, words: str, reply_to: int | None = None) -> str:
        """The person writes; returns the newest text of the bot."""
        person.send(words, reply_to)
        await self.settle()
        return newest(person)

    async def taps(self, person: Person, *labels: str) -> str:
        """The person taps one button after another; returns the newest text of the bot."""
        for label in labels:
            person.tap_label(label)
            await self.settle()
        return newest(person)

    async def sends(self, person: Person, data: str, message_id: int | None = None) -> None:
        """A tap with any payload at all, on the newest message of the bot where none is named."""
        person.tap(person.last["message_id"] if message_id is None else message_id, data)
        await self.settle()

    async def opens(self, person: Person, inviter: Person) -> str:
        """The person opens the link in the newest message of the inviter."""
        person.open_link(link_in(inviter.last))
        await self.settle()
        return newest(person)

    # --- the machine ------------------------------------------------------------------------------------------

    async def settle(self) -> None:
        """Handle what has come in and deliver what was said."""
        while updates := await self.telegram.get_updates({"offset": self._offset, "allowed_updates": WANTED}):
            await self._deliver(await self.database.write(partial(self._handle, updates)))
        await self.deliver()

    def _handle(self, updates: list[dict[str, Any]], tx: Connection) -> Waiting | None:
        for update in updates:
            self._offset = update["update_id"] + 1
            arrival = Arrival(0, update["update_id"], self.now, json.dumps(update), 1)
            handlers.handle(self.application, self.settings, tx, arrival, self.now)
        return waiting(tx, self.now)

    async def deliver(self) -> None:
        """Put what waits in the outbox on the screens, and write down what became of it."""
        await self._deliver(await self.database.write(lambda tx: waiting(tx, self.now)))

    async def _deliver(self, found: Waiting | None) -> None:
        while found is not None:
            parcels, shown = found
            gone = withdrawn(parcel for parcel, _ in parcels)
            verdicts = []
            for parcel, made in parcels:
                if parcel.action is Action.SEND and parcel.bubble_id in gone:
                    verdicts.append((parcel, Verdict(OutboxState.DROPPED, error="withdrawn")))
                    continue
                message_id = parcel.message_id or shown.get(parcel.bubble_id or 0)
                verdict = self._call(parcel, made, message_id)
                if parcel.action is Action.SEND and parcel.bubble_id is not None and verdict.message_id is not None:
                    shown[parcel.bubble_id] = verdict.message_id
                verdicts.append((parcel, verdict))
            found = await self.database.write(partial(self._write_down, verdicts))

    def _call(self, parcel: Parcel, made: press.Made | None, shown: int | None) -> Verdict:
        if parcel.action in (Action.HALT, Action.RECALL):
            return Verdict(OutboxState.DELIVERED)
        if (until := parcel.body.get("until")) is not None and self.now > datetime.fromisoformat(until):
            return Verdict(OutboxState.DROPPED, error="too late")
        if parcel.action is Action.WITHDRAW:
            parcel = replace(parcel, action=Action.RETIRE)
        if made is None or (parcel.action in (Action.EDIT, Action.RETIRE) and shown is None):
            return Verdict(OutboxState.DROPPED)
        call = call_of(parcel, made, shown)
        params = dict(call.params)
        if call.photo is not None:
            params["photo"] = Upload("diary.png", call.photo, "image/png")
        if (file := call.document) is not None:
            params["document"] = Upload(file.name, file.content, file.kind)
        try:
            answer, ok, status = methods.METHODS[call.method](self.telegram, params), True, 200
        except Refused as refusal:
            answer, ok, status = refusal.description, False, refusal.status
        assert not _mute(call.params), "a button of signs alone says nothing to who hears it"
        self.sent.append(Sent(call.method, call.params, ok, answer))
        reply = {"ok": ok, "result": answer} if ok else {"ok": ok, "error_code": status, "description": answer}
        verdict = verdict_of(status, json.dumps(reply).encode())
        return replace(verdict, seen=made.seen) if verdict.state is OutboxState.DELIVERED else verdict

    def _write_down(self, verdicts: list[tuple[Parcel, Verdict]], tx: Connection) -> Waiting | None:
        """The books as the sender keeps them; then what waits still."""
        write_down(tx, [(parcel, verdict, self.now) for parcel, verdict in verdicts])
        for parcel, verdict in verdicts:
            if verdict.state in (OutboxState.BLOCKED, OutboxState.GONE):
                reach = Reach.BLOCKED if verdict.state is OutboxState.BLOCKED else Reach.GONE
                storage.people.put_reach(tx, parcel.chat_id, reach, self.now)
        return waiting(tx, self.now)

    # --- time -------------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return self.clock.now()

    async def tick(self) -> dict[str, int]:
        """One minute's work of the clock; returns its counts."""
        counts = await self.ticker.tick(self.now)
        await self.deliver()
        return counts

    async def until(self, instant: datetime, enough: Callable[[], bool] = lambda: False) -> None:
        """Let the clock run to an instant, stopping whenever something is due."""

        async def next_due() -> datetime | None:
            return await self.database.write(storage.prompts.next_due_at)

        await advance(Hooks(self.clock.now, self.clock.move_to, self.tick, self.settle, next_due), instant, enough)

    async def jump(self, instant: datetime) -> dict[str, int]:
        """The bot was not there for a while: the clock stands at `instant` before it ticks again."""
        self.clock.move_to(instant)
        await self.settle()
        return await self.tick()

    async def restart(self) -> None:
        """The program dies where it stands and is begun anew: all that is left of it is the file."""
        await self.close()
        self.database, self.application, self.ticker = await _begun(self.telegram, self.settings, self.now)
        await self.database.write(lambda tx: storage.outbox.doubt_started(tx, self.now))

    async def close(self) -> None:
        await self.application.shutdown()
        await self.database.close()

    # --- looking ----------------------------------------------------------------------------------------------

    async def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """What a query finds in the database."""
        return await self.database.write(lambda tx: [tuple(row) for row in tx.execute(text(sql), values)])

    async def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table that holds people or diaries."""
        return await self.database.write(_everything)

    async def scores(self, person: Person) -> list[tuple[str, str, int | None]]:
        """The standing values of a patient as (date, symptom, value), in the order entered."""
        return await self.rows(  # type: ignore[return-value]
            "select s.day, i.symptom, s.value from scores s join items i on i.id = s.item_id"
            " join patients p on p.id = s.patient_id"
            " where p.chat_id = :chat and s.withdrawn_at is null order by s.entered_at, i.position",
            chat=person.id,
        )

    def refused(self) -> list[Sent]:
        """The calls that Telegram would not have taken. What a double tap asks for is there already: no harm."""
        return [sent for sent in self.sent if not sent.ok and "is not modified" not in str(sent.answer)]


def word_of(desk: Desk, tx: Connection, person: Person) -> Turn:
    """A word of this person in hand."""
    message = {"message_id": 1, "date": 0, "chat": {"id": person.id, "type": "private"}, "from": person.user}
    update = Update.de_json({"update_id": 1, "message": message}, desk.application.bot)
    return Turn(tx, update, desk.now, desk.settings, desk.application.bot.username)


def withdrawn(parcels: Iterable[Parcel]) -> set[int | None]:
    """The bubbles that need not be sent any more."""
    return {parcel.bubble_id for parcel in parcels if parcel.action is Action.WITHDRAW}


def waiting(tx: Connection, now: datetime) -> Waiting | None:
    """What is to be delivered now; None: nothing."""
    parcels = storage.outbox.waiting(tx, 0, (Urgency.TAP, Urgency.DIGEST), 1_000)
    bubbles = {parcel.bubble_id for parcel in parcels if parcel.bubble_id is not None}
    return ([_made(tx, parcel, now) for parcel in parcels], storage.outbox.shown(tx, bubbles)) if parcels else None


def _made(tx: Connection, parcel: Parcel, now: datetime) -> tuple[Parcel, press.Made | None]:
    """A row as the press makes it, but for the drawing; None: there is nothing to send."""
    if not {"recipe", "picture"} & parcel.body.keys():
        return parcel, press.Made(parcel.body)
    order = press.Order(Path(), parcel.chat_id, parcel.body, now, plain=True)
    draft = press.written(tx, order)
    if isinstance(draft, press.Nothing):
        return parcel, None
    if draft.archive is not None:
        return parcel, press.printed(draft, order)
    document = None if draft.document is None else draft.document()
    return parcel, press.Made(
        draft.body, SMALL_PICTURE if draft.picture is not None else None, document, seen=draft.seen
    )


def _mute(params: dict[str, Any]) -> list[str]:
    """The labels of buttons that have neither a letter nor a digit."""
    rows = (params.get("reply_markup") or {}).get("inline_keyboard") or []
    return [button["text"] for row in rows for button in row if not re.search(r"[^\W_]", button["text"])]


def _everything(tx: Connection) -> dict[str, list[tuple[Any, ...]]]:
    names = tx.execute(text("select name from sqlite_master where type = 'table' order by name")).scalars().all()
    return {
        name: [tuple(row) for row in tx.execute(text(f"select * from {name} order by 1, 2"))]
        for name in names
        if name not in WORKING and not name.startswith("sqlite_")
    }


@asynccontextmanager
async def desk_at(folder: Path, start: datetime, **changes: Any) -> AsyncIterator[Desk]:
    """A desk with an empty diary whose clock stands at `start`; `changes` are settings."""
    async with desk_on(Desk, folder, start, _templates().empty, **changes) as desk:
        yield desk


@asynccontextmanager
async def clinic_at(folder: Path, **changes: Any) -> AsyncIterator[Desk]:
    """A desk on Monday, where Dr Ito and Ada are enrolled; their chats begin anew."""
    async with desk_on(Desk, folder, MONDAY, _templates().clinic, **changes) as desk:
        desk.person(ITO, "Dr Ito")
        desk.person(ADA, "Ada")
        yield desk


@asynccontextmanager
async def desk_on(
    kind: type[D], folder: Path, start: datetime, template: Path | None, **changes: Any
) -> AsyncIterator[D]:
    """A desk of this kind whose database file is a copy of `template`; None: an empty file."""
    clock = StillClock(start)
    telegram = Telegram(TOKEN, now=clock.now)
    database_url = f"sqlite+aiosqlite:///{folder / 'diary.db'}"
    settings = (settings_for(NOWHERE, folder, **changes) if changes else _settings()).model_copy(
        update={"database_url": database_url}
    )
    if template is not None:
        shutil.copyfile(template, settings.database_path)
    desk = kind(telegram, *await _begun(telegram, settings, clock.now()), settings, clock)
    try:
        yield desk
    finally:
        await desk.close()


async def _begun(
    telegram: Telegram, settings: Settings, now: datetime
) -> tuple[storage.Database, DiaryApplication, Ticker]:
    """The bot's own parts on the file that is there."""
    database = storage.Database(settings.database_path)
    request = Indoors(telegram)
    bot: ExtBot[Any] = ExtBot(TOKEN, request=request, get_updates_request=request)
    application = (
        DiaryApplication.builder()
        .application_class(DiaryApplication)
        .bot(bot)
        .updater(None)
        .job_queue(None)
        .context_types(ContextTypes(context=DiaryContext))
        .build()
    )
    assert isinstance(application, DiaryApplication)
    for handler in handlers.surface():
        application.add_handler(handler)
    await database.open(now)
    await application.initialize()
    return database, application, Ticker(database, settings)


@cache
def _settings() -> Settings:
    return settings_for(NOWHERE, Path())


@dataclass(frozen=True, slots=True)
class Templates:
    """Database files to begin with, since migrating and enrolling cost more than most tests."""

    empty: Path
    clinic: Path


@cache
def _templates() -> Templates:
    """Made once in each test process, in a thread since a test's own loop is running."""
    folder = Path(tempfile.mkdtemp(prefix="symptom-diary-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)

    async def make() -> Templates:
        (folder / "clinic").mkdir()
        async with desk_on(Desk, folder, MONDAY, None) as desk:
            pass
        empty = folder / "empty.db"
        storage.database.copy(desk.settings.database_path, empty)
        async with desk_on(Desk, folder / "clinic", MONDAY, empty) as desk:
            await desk.therapist(desk.ito)
            await desk.enrol(desk.ada, desk.ito, "Ada L")
        clinic = folder / "clinic.db"
        storage.database.copy(desk.settings.database_path, clinic)
        return Templates(empty, clinic)

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, make()).result()
