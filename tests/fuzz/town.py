"""A town for the fuzzer: people in every role and at every stage, the whole program, and what must hold whatever comes.

The program is the real one: updates are served by a server, kept by the receiver, worked by the worker, and what they
cause is sent by the sender to the stand-in, which refuses what Telegram would. Three things are not as in the field:
pictures are laid out here but not drawn, the zone of a point is looked up in this process, and a poll that failed is
begun anew at once.
"""

from __future__ import annotations

import asyncio
import atexit
import io
import json
import logging
import shutil
import tempfile
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch
from xml.etree import ElementTree

import structlog
import tzfpy
from sqlalchemy import Connection, text

from bot import app, chat, logs, reports
from bot.app import Program
from bot.clock import MovableClock
from bot.demo.calls import Params
from bot.demo.chats import Chat, Standing
from bot.demo.person import SMALL_PICTURE
from bot.demo.telegram import Telegram
from bot.diary.entries import HIGHEST, LOWEST
from bot.storage import database as storage_database
from bot.wire import receiver
from tests.fuzz import specimens
from tests.fuzz.specimens import SECRET, Json
from tests.fuzz.updates import (
    Act,
    Again,
    Deep,
    Gone,
    Membership,
    Mutilated,
    Odd,
    On,
    OpensLink,
    Presses,
    Renumbered,
    Says,
    Sends,
    Story,
    Taps,
    Waits,
    Where,
)
from tests.handlers.desk import MONDAY, Desk, desk_at
from tests.stage import ADA, BEN, CLEO, ITO, MAX, NOOR, ROY, TOKEN, Studio, link_in, settings_for

TUESDAY: Final = datetime(2026, 3, 3, 10, 30, tzinfo=UTC)
"""When every story begins: Monday is still open, Tuesday can be answered already."""
UMA, VERA, WILL = 203, 667, 668
"""An admin who has not said a word yet, and two more strangers."""
CAST: Final = {
    ITO: "Dr Ito",
    ROY: "Dr Roy",
    UMA: "Uma",
    ADA: "Ada",
    BEN: "Ben",
    CLEO: "Cleo",
    NOOR: "Noor",
    105: "Store",
    106: "Share",
    107: "Zone",
    108: "Hour",
    109: "Start",
    110: "Left",
    111: "Declined",
    112: "Blocked",
    MAX: "Max",
    VERA: "Vera",
    WILL: "Will",
}
STRANGERS: Final = frozenset({MAX, VERA, WILL})
IDS: Final = tuple(CAST)
GROUPS: Final = {Where.GROUP: -100, Where.SUPERGROUP: -1_001_234_567_890, Where.CHANNEL: -1_009_876_543_210}
PATIENCE_S: Final = 60.0
AT_ONCE: Final = 60
"""Updates after which the town waits until they are worked off, so that screens change within a story."""
HARMLESS: Final = (
    "message is not modified",
    "query is too old",
    "message to edit not found",
    "message can't be edited",
    "no text in the message to edit",
    "no caption in the message to edit",
    "chat not found",
    "bot was blocked by the user",
    "bot can't initiate conversation",
    "bot is not a member",
)
"""What Telegram may answer to us: the chat, the message or the tap is not what it was. All else is our fault."""
LOUD: Final = ("error", "critical", "exception")
EXPECTED: Final = (
    "an update was parked",
    "the sender of a parked update could not be told",
    "an answer to a poll held what is no update",
)


class Feed(Telegram):
    """The stand-in, but what it serves as updates is anything at all. A poll confirms what the one before brought."""

    def __init__(self, token: str, now: Any) -> None:
        super().__init__(token, now=now)
        self.inflow: deque[Any] = deque()
        self._served = 0

    @property
    def pending(self) -> int:
        return len(self.inflow)

    def receive(self, kind: str, body: dict[str, Any]) -> None:
        self.serve({"update_id": self.number(), kind: body})

    def number(self) -> int:
        self._next_update_id += 1
        return self._next_update_id

    def serve(self, update: Any) -> None:
        self.inflow.append(update)
        self._end_poll("arrived")

    async def get_updates(self, params: Params) -> list[Any]:
        for _ in range(self._served):
            self.inflow.popleft()
        if self._served:
            self.touch()
        self._served = 0
        if not self.inflow and params.get("timeout"):
            await self._arrival(float(params["timeout"]))
        batch = list(islice(self.inflow, 100))
        self._served = len(batch)
        return batch


def laid_out(svg: str) -> bytes:
    """Stands for the drawn picture: the SVG is at least well-formed."""
    ElementTree.fromstring(svg)
    return SMALL_PICTURE


@dataclass
class Town:
    """One running program and its people. `play` acts a story; `check` says what must hold."""

    telegram: Feed
    program: Program
    clock: MovableClock
    log: io.StringIO
    running: asyncio.Task[None]
    members: set[int]
    """Chats of which something may be kept."""
    formed: dict[int, str] = field(default_factory=dict)
    """Well-formed updates by id, with their kind."""
    taken: list[tuple[Any, bool]] = field(default_factory=list)
    tapped: dict[str, int] = field(default_factory=dict)
    """Taps that must be answered, with their chat: all but those of someone who then left."""
    said: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    _fresh: int = 0

    # --- acting -----------------------------------------------------------------------------------------------

    async def play(self, story: Story) -> None:
        for act in (act for scene in story for act in scene):
            self.remember(act)
            if isinstance(act, Waits):
                await self.settle()
                self.clock.move(timedelta(minutes=act.minutes))
                # Telegram offers an update again for a day.
                self.taken = self.taken if act.minutes < 60 else []
                await self.program.tick_after_jump()
                await self.settle()
                self.counts["waits"] += 1
                continue
            for update, formed in self.made(act):
                self.serve(update, formed, type(act).__name__)
            if self._fresh >= AT_ONCE:
                await self.settle()
        await self.settle()

    def serve(self, update: Any, formed: bool, name: str = "update") -> None:
        if formed:
            self.formed[update["update_id"]] = next(key for key in update if key != "update_id")
            query = update.get("callback_query", {})
            if (chat := query.get("message", {}).get("chat", {})).get("type") == "private":
                self.tapped[query["id"]] = chat["id"]
        if isinstance(update, dict) and "my_chat_member" in update:
            left = _id_at(update, "my_chat_member", "chat", "id")
            self.tapped = {query: chat for query, chat in self.tapped.items() if chat != left}
        self.taken.append((update, formed))
        self.telegram.serve(update)
        self.counts["updates"] += 1
        self.counts[name] += 1
        self._fresh += 1

    def made(self, act: Act) -> Iterator[tuple[Any, bool]]:
        """The updates of an act, each with whether it is well-formed."""
        match act:
            case Mutilated(inner, at, junk):
                for update, _ in self.made(inner):
                    yield mutilated(update, at, junk), False
            case Renumbered(inner, update_id):
                for update, _ in self.made(inner):
                    yield put(update, ("update_id",), update_id), False
            case Odd(value):
                yield (value.built() if isinstance(value, Deep) else value), False
            case Again(back):
                if self.taken:
                    update, _ = self.taken[-1 - back % len(self.taken)]
                    yield update, False
            case _:
                for kind, body in self.bodies(act):
                    yield {"update_id": self.telegram.number(), kind: body}, True

    def bodies(self, act: Act) -> Iterator[tuple[str, Json]]:
        for chat_id in chosen(act.who):  # type: ignore[union-attr]
            if not isinstance(act, Membership) and self.telegram.chats[chat_id].standing is Standing.BLOCKED:
                # Who blocks a bot can neither write to it nor tap: they let it in again before.
                self.telegram.chats[chat_id].standing = Standing.OPEN
            match act:
                case Says():
                    yield self.message(act, chat_id)
                case Taps():
                    if (query := self.query(act, chat_id)) is not None:
                        yield "callback_query", query
                case Presses():
                    if (query := self.press(chat_id, act.number)) is not None:
                        yield "callback_query", query
                case OpensLink(_, inviter, user):
                    yield self.message(Says(0, self.link(inviter), user=user), chat_id)
                    self.members.add(chat_id)
                case Membership(_, where, old, new):
                    yield "my_chat_member", self.membership(chat_id, where, old, new)
                case Sends():
                    yield act.kind, self.other(act, chat_id)

    def remember(self, act: Any) -> None:
        """Keep what is said in an act, to look for it in the log."""
        inner = act.act if isinstance(act, (Mutilated, Renumbered)) else act
        if isinstance(inner, Says):
            self.said.update(strings_in((inner.body.get("text"), inner.body.get("caption"), inner.user)))
        elif isinstance(inner, Taps) and inner.data is not None:
            self.said.add(inner.data)

    # --- what Telegram would make of it ----------------------------------------------------------------------

    def user(self, chat_id: int, odd: Json | None = None) -> Json:
        return {"id": chat_id, "is_bot": False, "first_name": CAST[chat_id], "language_code": "en", **(odd or {})}

    def chat(self, chat_id: int, where: Where = Where.PRIVATE, odd: Json | None = None) -> Json:
        if where is not Where.PRIVATE:
            return {"id": GROUPS[where], "type": where.value, "title": f"{SECRET}s"}
        named = {key: value for key, value in (odd or {}).items() if key in ("first_name", "last_name", "username")}
        return {"id": chat_id, "type": "private", "first_name": CAST[chat_id], **named}

    def message(self, act: Says, chat_id: int) -> tuple[str, Json]:
        self.telegram._next_message_id += 1
        body: Json = {
            "message_id": self.telegram._next_message_id,
            "date": max(0, self.telegram.epoch() + act.seconds),
            "chat": self.chat(chat_id, act.where, act.user),
            **({} if act.where is Where.CHANNEL else {"from": self.user(chat_id, act.user)}),
            **({"edit_date": self.telegram.epoch()} if act.edited else {}),
            **act.body,
        }
        if act.reply is not None and act.where is Where.PRIVATE:
            body["reply_to_message"] = self.replied(chat_id, act.reply)
        post = "channel_post" if act.where is Where.CHANNEL else "message"
        return (f"edited_{post}" if act.edited else post), body

    def replied(self, chat_id: int, number: int) -> Json:
        """A message of the bot's, one of their own, or one that can't be seen any more."""
        messages = list(self.telegram.chats[chat_id].messages.values())
        head = {"message_id": number + 1, "chat": self.chat(chat_id)}
        if number % 5 == 0:
            return {**head, "date": 0}
        if number % 5 == 1 or not messages:
            return {**head, "date": self.telegram.epoch(), "from": self.user(chat_id), "text": "7"}
        return {k: v for k, v in messages[-1 - number % len(messages)].items() if k != "reply_to_message"}

    def query(self, act: Taps, chat_id: int) -> Json | None:
        heard = [m for m in self.telegram.chats[chat_id].messages.values() if m["from"]["is_bot"]]
        someone = next(it for it in IDS if it != chat_id and self.telegram.chats[it].messages)
        message: Json | None = None
        match act.on:
            case On.NEWEST | On.OLD if heard:
                message = heard[-1] if act.on is On.NEWEST else heard[len(heard) // 3]
            case On.SOMEONE_ELSES:
                message = {**next(iter(self.telegram.chats[someone].messages.values())), "chat": self.chat(chat_id)}
            case On.GROUPS:
                message = self.message(Says(0, {"text": "x"}, Where.GROUP), chat_id)[1]
            case On.INACCESSIBLE | On.NEWEST | On.OLD:
                shown = heard[len(heard) // 2]["message_id"] if heard else 1
                message = {"chat": self.chat(chat_id), "message_id": shown, "date": 0}
        return {
            "id": self.telegram.new_query(self.telegram.people[chat_id]),
            "from": self.user(chat_id, act.user),
            "chat_instance": "1",
            **({"game_short_name": SECRET} if act.data is None else {"data": act.data}),
            **({"inline_message_id": SECRET} if act.on is On.INLINE else {}),
            **({} if message is None else {"message": message}),
        }

    def press(self, chat_id: int, number: int) -> Json | None:
        shown = [
            (message, button["callback_data"])
            for message in reversed(self.telegram.chats[chat_id].messages.values())
            for row in message.get("reply_markup", {}).get("inline_keyboard", [])
            for button in row
            if "callback_data" in button
        ]
        if not shown:
            return None
        message, data = shown[number % len(shown)]
        query_id = self.telegram.new_query(self.telegram.people[chat_id])
        return {
            "id": query_id, "from": self.user(chat_id), "chat_instance": "1", "data": data, "message": message,
        }  # fmt: skip

    def link(self, inviter: int) -> Json:
        heard = reversed(self.telegram.chats[IDS[inviter]].messages.values())
        link = next((it for it in heard if "t.me/" in str(it.get("text") or it.get("caption"))), None)
        code = "nothing" if link is None else link_in(link).partition("start=")[2]
        return {"text": f"/start {code}", "entities": [{"type": "bot_command", "offset": 0, "length": 6}]}

    def membership(self, chat_id: int, where: Where, old: str, new: str) -> Json:
        if where is Where.PRIVATE and new in ("kicked", "member"):
            blocked = new == "kicked"
            self.telegram.chats[chat_id].standing = Standing.BLOCKED if blocked else Standing.OPEN
        elif where is not Where.PRIVATE:
            inside = new in ("creator", "administrator", "member", "restricted")
            self.telegram.chats[GROUPS[where]].standing = Standing.OPEN if inside else Standing.NOT_MEMBER
        member = {it["status"]: it for it in map(_member, range(6))}
        return {
            "chat": self.chat(chat_id, where),
            "from": self.user(chat_id),
            "date": self.telegram.epoch(),
            "old_chat_member": {**member[old], "user": self.telegram.me},
            "new_chat_member": {**member[new], "user": self.telegram.me},
        }

    def other(self, act: Sends, chat_id: int) -> Json:
        body = dict(specimens.update_body(act.kind, act.full, act.form))
        own = {"from": self.user(chat_id), "user": self.user(chat_id), "chat": self.chat(chat_id)}
        body |= {name: value for name, value in own.items() if name in body}
        if "message_id" in body:
            self.telegram._next_message_id += 1
            body |= {"message_id": self.telegram._next_message_id, "date": self.telegram.epoch()}
        if act.kind == "callback_query":
            body["id"] = self.telegram.new_query(self.telegram.people[chat_id])
            if isinstance(body.get("message"), dict):
                body["message"] = {**body["message"], "chat": self.chat(chat_id)}
        return body

    # --- waiting ----------------------------------------------------------------------------------------------

    async def settle(self) -> None:
        """Wait until everything is worked off. Raises what ended the program, or that something holds it up."""
        self._fresh = 0
        quiet = asyncio.create_task(self._quiet())
        async with asyncio.timeout(PATIENCE_S):
            while not quiet.done():
                await asyncio.wait({quiet, self.running}, return_when=asyncio.FIRST_COMPLETED, timeout=1.0)
                if self.running.done():
                    quiet.cancel()
                    self.running.result()
                failed = self.program.crew.failed  # type: ignore[attr-defined]
                assert not failed, failed[0]
                assert "a message could not be made" not in self.log.getvalue(), self.log.getvalue()[-3000:]
                assert "a send failed in our own code" not in self.log.getvalue(), self.log.getvalue()[-3000:]

    async def _quiet(self) -> None:
        await self.telegram.until(lambda: self.telegram.pending == 0, PATIENCE_S)
        await self.program.quiet()

    # --- what must hold --------------------------------------------------------------------------------------

    async def check(self) -> None:
        """Everything that holds whatever came in."""
        assert not self.running.done()
        await self.program.database.write(self._check_rows)
        self._check_calls()
        self._check_log()

    def _check_rows(self, tx: Connection) -> None:
        waiting = tx.execute(text("select count(*) from inbox where state = 'waiting'")).scalar_one()
        assert waiting == 0, "something is held up"
        parked = {row.update_id: row.reason for row in tx.execute(text("select * from inbox where state = 'parked'"))}
        self.counts["parked"] += len(parked)
        wrongly = {number: (self.formed[number], why) for number, why in parked.items() if number in self.formed}
        assert not wrongly, f"a person can have sent this: {wrongly}"
        for table, column in tx.execute(text(WITH_CHAT)):
            rows = tx.execute(text(f"select distinct {column} from {table} where {column} is not null"))
            strangers = {row[0] for row in rows} - self.members
            assert not strangers, f"{table}.{column} knows a stranger: {strangers}"
        wrong = tx.execute(text(WRONG_SCORES), {"lowest": LOWEST, "highest": HIGHEST}).all()
        assert not wrong, f"scores that can't be: {wrong}"

    def _check_calls(self) -> None:
        refused = [call for call in self.telegram.calls if not call.ok and call.method != "getUpdates"]
        ours = [(c.method, c.response, c.params) for c in refused if not any(it in str(c.response) for it in HARMLESS)]
        assert not ours, f"Telegram would refuse this: {ours[:3]}"
        lost = [c for c in refused if "chat not found" in str(c.response) and c.chat_id in CAST]
        assert not lost, lost[:3]
        answered = Counter(
            str(c.params.get("callback_query_id")) for c in self.telegram.calls_of("answerCallbackQuery")
        )
        silent = [query for query in self.tapped if answered[query] != 1]
        assert not silent, f"{len(silent)} taps are not answered once: {[answered[query] for query in silent[:3]]}"
        self.counts["calls"] += len(self.telegram.calls)
        self.counts["refused"] += len(refused)

    def _check_log(self) -> None:
        lines = [json.loads(line) for line in self.log.getvalue().splitlines()]
        loud = [line for line in lines if line["level"] in LOUD and line["event"] not in EXPECTED]
        assert not loud, loud[:3]
        # The date of the line is ours, though somebody may have written the same one.
        written = "\n".join(strings_in([{**line, "timestamp": None} for line in lines]))
        told = [it for it in (SECRET, *self.said) if len(it) >= 6 and len(set(it)) >= 4 and it in written]
        assert not told, f"what a person wrote is in the log: {told[:3]}"


WITH_CHAT: Final = """
select m.name, c.name from sqlite_master m, pragma_table_info(m.name) c
where m.type = 'table' and c.name in ('chat_id', 'used_by') and m.name not in ('outbox')
"""
WRONG_SCORES: Final = """
select s.*, d.closes_at from scores s
left join diary_days d on d.patient_id = s.patient_id and d.day = s.day
left join items i on i.id = s.item_id
where d.day is null or i.patient_id <> s.patient_id or s.value not between :lowest and :highest
or coalesce(s.waited_since, s.entered_at) >= d.closes_at
or s.day > date(s.entered_at, '+15 hours')
"""


def chosen(who: int) -> Sequence[int]:
    """The people of a bit mask, by turns."""
    return [IDS[bit % len(IDS)] for bit in range(who.bit_length()) if who >> bit & 1]


def _id_at(value: Any, *path: str) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


@cache
def _member(form: int) -> Json:
    return dict(specimens.specimen(specimens.telegram.ChatMember, form=form))


def strings_in(value: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings_in(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from strings_in(one)


# --- mutilating --------------------------------------------------------------------------------------------------

Path_ = tuple[Any, ...]


def places_in(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    """The way to every place in a JSON value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield (*path, key)
        yield from places_in(one, (*path, key))


def mutilated(update: Json, at: int, junk: Any) -> Json:
    """An update with junk in one of its places; its update_id stays."""
    places = [path for path in places_in(update) if path != ("update_id",)]
    return put(update, places[at % len(places)], junk) if places else update


def put(update: Json, path: Path_, junk: Any) -> Json:
    made = deepcopy(update)
    inner = made
    for key in path[:-1]:
        inner = inner[key]
    if isinstance(junk, Gone):
        inner.pop(path[-1])
    else:
        inner[path[-1]] = junk.built() if isinstance(junk, Deep) else deepcopy(junk)
    return made


# --- the town as it stands before a story -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Before:
    """The file and the chats that every story begins with."""

    file: Path
    chats: dict[int, Chat]
    next_message_id: int
    members: frozenset[int]


@cache
def before() -> Before:
    """Made once in each process, in a thread since a loop may be running."""
    folder = Path(tempfile.mkdtemp(prefix="symptom-diary-fuzz-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)

    async def make() -> Before:
        async with desk_at(folder, MONDAY, admin_ids=frozenset({ITO, UMA})) as desk:
            await _settle_town(desk)
            number = desk.telegram._next_message_id
        file = folder / "town.db"
        storage_database.copy(desk.settings.database_path, file)
        return Before(file, desk.telegram.chats, number, frozenset(CAST) - STRANGERS)

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, make()).result()


async def _settle_town(desk: Desk) -> None:
    """Everyone in the role and at the stage that their name tells; Ada has scores, notes and sessions."""
    people = {name: desk.person(chat_id, name) for chat_id, name in CAST.items()}
    await desk.therapist(desk.ito)
    await desk.therapist(desk.roy)
    await desk.enrol(desk.ada, desk.ito, "Ada L", now=True)
    await desk.enrol(desk.ben, desk.ito, "Ben", place="Chicago")
    await desk.enrol(desk.cleo, desk.roy, "Cleo", place="Kathmandu", share=False)
    await desk.enrol(desk.noor, desk.ito, "Noor", place="Nuuk", hour="02:30")
    await desk.enrol(people["Left"], desk.roy, "Left")
    await desk.says(people["Left"], "/stop")
    await desk.enrol(people["Blocked"], desk.roy, "Blocked")
    await desk.enrol(desk.roy, desk.ito, "Roy too")
    steps = {
        "Store": (),
        "Share": ("Yes, store my answers",),
        "Zone": ("Yes, store my answers", "Yes, show them"),
        "Hour": ("Yes, store my answers", "Yes, show them", "Yes, it is"),
        "Start": ("Yes, store my answers", "No, only for me", "Yes, it is", "21:00"),
        "Declined": ("No, thank you",),
    }
    for name, labels in steps.items():
        await desk.says(desk.ito, f"/invite {name}")
        await desk.opens(people[name], desk.ito)
        await desk.taps(people[name], *labels)
    people["Blocked"].block()
    await desk.taps(desk.ada, "4", "Skip this one", "5")
    await desk.says(desk.ada, "a note for Dr Ito")
    await desk.says(desk.ito, "/session")
    await desk.taps(desk.ito, "Ada L", "Yesterday", "Dry needling", "Left foot", "Done")
    await desk.says(desk.ito, "/patients")
    await desk.taps(desk.ito, "Ada L")
    await desk.says(desk.ito, "/invite Next")
    await desk.says(desk.ito, "/invite_therapist")
    await desk.says(desk.roy, "/invite Another")
    await desk.until(TUESDAY - timedelta(minutes=1))
    assert not desk.refused()


@contextmanager
def listening() -> Iterator[io.StringIO]:
    """Everything that the program logs, as it would write it, from DEBUG on."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    others = {name: logging.getLogger(name).level for name in (*logs.NOISY, "apscheduler")}
    logs.set_up("DEBUG", "json", TOKEN)
    stream = io.StringIO()
    for handler in root.handlers:
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(stream)
    try:
        yield stream
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        for name, was in others.items():
            logging.getLogger(name).setLevel(was)
        structlog.reset_defaults()


def zone_at(latitude: float, longitude: float) -> str | None:
    """`chat.places.at` without its child process."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    zone = str(tzfpy.get_tz(longitude, latitude))
    return zone if chat.places.days.is_zone(zone) else None


def play(story: Story) -> Counter[str]:
    """One story from its beginning, in a town of its own; what must hold is checked at its end."""
    with (
        tempfile.TemporaryDirectory(prefix="symptom-diary-fuzz-") as folder,
        listening() as log,
        patch.object(chat.places, "at", zone_at),
        patch.object(app, "Crew", Studio),
        patch.object(receiver, "_pause", lambda _: 0.0),
        patch.object(reports.pictures, "png", laid_out),
    ):
        return asyncio.run(_play(story, Path(folder), log))


async def _play(story: Story, folder: Path, log: io.StringIO) -> Counter[str]:
    begun = before()
    clock = MovableClock(TUESDAY)
    telegram = Feed(TOKEN, clock.now)
    telegram._next_message_id = begun.next_message_id
    for chat_id, name in CAST.items():
        telegram.person(chat_id, name).chat.messages.update(begun.chats[chat_id].messages)
        telegram.chats[chat_id].standing = begun.chats[chat_id].standing
    for where, chat_id in GROUPS.items():
        telegram.chats[chat_id] = Chat(chat_id, {"id": chat_id, "type": where.value, "title": "A group"})
    await telegram.start()
    settings = settings_for(telegram.address, folder, admin_ids=frozenset({ITO, UMA}))
    shutil.copyfile(begun.file, settings.database_path)
    program = Program(settings, clock)
    town = Town(telegram, program, clock, log, asyncio.create_task(program.run()), set(begun.members))
    try:
        await program.receiver.first_poll.wait()
        await town.play(story)
        await town.check()
        return town.counts
    finally:
        town.running.cancel()
        await asyncio.gather(town.running, return_exceptions=True)
        await telegram.stop()
