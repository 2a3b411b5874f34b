"""Two patients' lives with the real handlers, jobs and SQLite; a program that dies and a network that stops at any
moment; and what must hold all the while.

What is asked is judged as it reaches the chat: how often, in a pause, in quiet hours, of a day that is over. What is
stored is held against a book that is kept apart (book.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, Final, Protocol

from sqlalchemy import Connection, select, text

from bot import diary, handlers, storage
from bot.chat import buttons
from bot.chat.words import Words, words_in
from bot.demo.chats import Message
from bot.demo.person import Person
from bot.diary.entries import Cause, Day, DayState, ItemId
from bot.diary.flares import Since
from bot.diary.people import ChatId, Patient, PatientId
from bot.diary.prompts import LATE_WINDOW, ON_TIME_FOR, Followup, Rhythm
from bot.storage import inbox, tables
from bot.storage.outbox import Parcel, Urgency
from tests.handlers.desk import word_of
from tests.laws.book import Book
from tests.laws.frail import Arrival, Frail
from tests.stage import text_of

MICROSECOND: Final = timedelta(microseconds=1)
ITEMS: Final = ("Burning", "Tingling", "Pain")
MOST_MEANT: Final = len(ITEMS)
"""Scores on a message that asks only what a number is for; a scale has more."""
FOLLOWED_UP: Final = ("A gentle reminder", "You asked me to come back now.")
HARMLESS: Final = ("is not modified", "query is too old", "bot was blocked by the user")
A_MOMENT: Final = timedelta(seconds=7)
"""From one act of a person to the next."""
OF_A_DAY: Final = (
    buttons.Score, buttons.NotToday, buttons.AskLater, buttons.Snooze, buttons.Change, buttons.ChangeItem,
    buttons.Resume,
)  # fmt: skip
"""Buttons of a day's bubble, whatever it shows; other messages may have them too, and become the bubble when tapped."""


UNTOUCHED: Final = (
    buttons.Items, buttons.OneItem, buttons.AddItem, buttons.TypePlace, buttons.MoveItem, buttons.EndItem,
    buttons.ItemAgain, buttons.Speak, buttons.Language, buttons.Forget, buttons.Run,
)  # fmt: skip
"""Here all follow the same three items, in English, and stay."""
_said_since: Final = text("select body from outbox where id > :last and chat_id = :chat")
WITH_ENTRY: Final = (DayState.COMPLETE, DayState.PARTIAL, DayState.OPEN)
"""An open day takes answers still, and what it has counts."""


class Act(Protocol):
    """Something that happens."""

    @property
    def troubling(self) -> bool:
        """Whether the bot is away or can't speak meanwhile."""

    async def play(self, life: Life) -> None: ...


class Kind(StrEnum):
    PROMPT = "prompt"
    FOLLOW_UP = "follow-up"


@dataclass(frozen=True, slots=True)
class Seen:
    """A question that reached a chat on the clock's account."""

    chat: int
    day: date
    kind: Kind


@dataclass
class One:
    """A patient, and what we remember of them."""

    person: Person
    id: PatientId
    items: list[int]
    book: Book = field(default_factory=Book)
    rhythms: list[tuple[datetime, Rhythm]] = field(default_factory=list)
    """Each from its instant on."""
    buttons: dict[tuple[int, str], None] = field(default_factory=dict)
    """All buttons that were ever on screen: which message, and what they carry."""
    owed: dict[date, datetime] = field(default_factory=dict)
    """Days that are followed up at that instant, unless something comes between."""
    changes: int = 0
    """Of hours and zones."""
    was_blocked: bool = False

    def rhythm(self, at: datetime) -> Rhythm:
        return next(rhythm for since, rhythm in reversed(self.rhythms) if since <= at)


@dataclass
class Life(Frail):
    """Patients at a desk that is frail and sees whatever is wrong."""

    ones: list[One] = field(default_factory=list)
    troubles: list[tuple[datetime, datetime]] = field(default_factory=list)
    """When the bot was away or could not speak."""
    seen: set[Seen] = field(default_factory=set)
    _on_screen: set[tuple[int, date]] = field(default_factory=set)
    """Whose bubble of which day has been on screen."""

    # --- people -----------------------------------------------------------------------------------------------

    def one(self, chat: int) -> One | None:
        return next((one for one in self.ones if one.person.id == chat), None)

    async def moves_in(self, person: Person, rhythm: dict[str, Any]) -> None:
        """A patient begins to be asked in this rhythm, which is given as columns."""

        def work(tx: Connection) -> tuple[Patient, list[int]]:
            known = storage.people.patient(tx, ChatId(person.id))
            assert known is not None
            first = diary.days.day_of(self.now, rhythm["zone"])
            patient = storage.people.change_patient(tx, known.id, **rhythm, enrolled_day=first)
            handlers.prompts.replan(word_of(self, tx, person), patient)
            return patient, [item.id for item in storage.entries.items_of(tx, patient.id)]

        patient, items = await self.database.write(work)
        self.ones.append(One(person, patient.id, items, rhythms=[(self.now, Rhythm.of(patient))]))

    async def sets(self, who: int, choice: object) -> None:
        """`/settings`, and what one of its pages has in its buttons."""
        person = self.ones[who].person
        await self.writes(who, "/settings")
        shown = _taps(person.last) if person.heard else []
        if not person.blocked and any(isinstance(buttons.unpack(data), buttons.Settings) for _, data in shown):
            person.tap(person.last["message_id"], buttons.pack(choice))
            await self.settle()

    async def taps_old(self, who: int, back: int) -> None:
        """Tap a button of any message there ever was, so many back from the newest."""
        one = self.ones[who]
        if one.buttons and not one.person.blocked:
            one.person.tap(*list(one.buttons)[-1 - back % len(one.buttons)])
            await self.settle()

    async def taps_shown(self, who: int, place: int) -> None:
        """Tap a button of the newest message that has any."""
        person = self.ones[who].person
        shown = next(filter(None, map(_taps, reversed(person.heard))), ())
        if shown and not person.blocked and not isinstance(buttons.unpack(shown[place % len(shown)][1]), UNTOUCHED):
            person.tap(*shown[place % len(shown)])
            await self.settle()

    async def taps(self, who: int, *labels: str) -> None:  # type: ignore[override]
        """Tap these one after another, as far as they are there."""
        person = self.ones[who].person
        for label in labels:
            if person.blocked or label not in person.labels():
                return
            person.tap_label(label)
            await self.settle()
            self.clock.move(A_MOMENT)

    async def writes(self, who: int, said: str) -> None:
        if not self.ones[who].person.blocked:
            self.ones[who].person.send(said)
            await self.settle()

    async def blocks(self, who: int) -> None:
        """The bot is blocked; or let in again."""
        one = self.ones[who]
        one.was_blocked = True
        one.owed.clear()
        one.person.unblock() if one.person.blocked else one.person.block()
        await self.settle()

    # --- the machine ------------------------------------------------------------------------------------------

    def _handle(self, updates: list[dict[str, Any]], tx: Connection) -> None:
        for update in updates:
            self._offset = update["update_id"] + 1
            arrival = inbox.Arrival(0, update["update_id"], self.now, json.dumps(update), 1, self.heard_since)
            query, message = update.get("callback_query"), update.get("message")
            one = self.one((query or message or {"from": {"id": 0}})["from"]["id"])
            if one is None:
                handlers.handle(self.application, self.settings, tx, arrival, self.now)
                continue
            one.owed.clear()
            tap = None if query is None else buttons.unpack(query["data"])
            taken = list(self._tapped(tx, one, tap))
            ((last,),) = tx.execute(text("select coalesce(max(id), 0) from outbox"))
            handlers.handle(self.application, self.settings, tx, arrival, self.now)
            for put in taken:
                put()
            self._notice(tx, one)
            if query is not None and isinstance(tap, OF_A_DAY):
                self.bubbles.add(query["message"]["message_id"])
            account = storage.people.find_account(tx, ChatId(one.person.id))
            assert account is not None
            say = words_in(account.language, account.home)
            said = tx.execute(_said_since, {"last": last, "chat": one.person.id})
            for body in said.scalars().all():
                self._told(one, say, _plain(body), tap)

    def _notice(self, tx: Connection, one: One) -> None:
        """Whether the patient is asked in another rhythm now."""
        rhythm = Rhythm.of(storage.people.patient_by_id(tx, one.id))
        if rhythm != one.rhythms[-1][1]:
            one.rhythms.append((self.now, rhythm))
            one.changes += 1

    def _tapped(self, tx: Connection, one: One, tap: Any) -> Iterator[Any]:
        """What a tap does to the book, judged by the day's row as it stands before the program sees the tap."""
        if not isinstance(tap, buttons.Score | buttons.NotToday) or not self._takes(tx, one, tap.day):
            return
        answered = {item for (day, item) in one.book.newest() if day == tap.day}
        if isinstance(tap, buttons.Score):
            yield partial(one.book.put, tap.day, tap.item, tap.value, self.now)
        elif answered < set(one.items):
            yield partial(one.book.declined.add, tap.day)

    def _takes(self, tx: Connection, one: One, day: date) -> bool:
        """Whether the day takes scores: until noon of the next date where it was planned, as a tap may have waited."""
        zone = storage.people.patient_by_id(tx, one.id).zone
        planned = storage.entries.find_day(tx, one.id, day)
        if planned is None:
            return day == diary.days.day_of(self.now, zone)
        return (self.heard_since or self.now) < planned.closes_at

    def _told(self, one: One, say: Words, said: str, tap: Any) -> None:
        """What a receipt says is stored."""
        if found := re.match(r"(Stored for|Moved to) (.+?): (.+?)\.", said):
            day = self._day(say, found[2])
            if isinstance(tap, buttons.MoveScores):
                meant = [item for place, item in enumerate(one.items) if tap.items >> place & 1]
                one.book.take_back(tap.from_day, meant, datetime.fromtimestamp(0, UTC) + tap.since * MICROSECOND)
            for name, value in re.findall(rf"({'|'.join(ITEMS)}) (\d+)", found[3]):
                one.book.put(day, one.items[ITEMS.index(name)], int(value), self.now)
        elif isinstance(tap, buttons.Snooze) and said.startswith("All right. I will ask again"):
            one.book.declined.discard(tap.day)
            one.owed[tap.day] = self._promised(one, said)

    def _promised(self, one: One, said: str) -> datetime:
        """The instant at which a question comes again, by the words and the clock where the patient is."""
        found = re.search(r"(tonight|today|tomorrow) at (?:12 (noon|midnight)|(\d+):(\d+)(?:\s([ap]m))?)\.", said)
        assert found is not None, said
        on, twelve, hour, minute, half = found.groups()
        wall = time(0 if twelve == "midnight" else 12)
        if hour is not None:
            wall = time(int(hour) % 12 + 12 * (half == "pm") if half else int(hour), int(minute))
        here = one.rhythms[-1][1].here
        there = diary.days.local(self.now, here).date() + timedelta(days=on == "tomorrow")
        return diary.days.on_date(there, wall, here)

    def _day(self, say: Words, name: str) -> date:
        near = [self.now.date() + timedelta(days=n) for n in range(-6, 4)]
        (day,) = (day for day in near if say.day(day) == name)
        return day

    async def lives_through(self, act: Act) -> None:
        """Let something happen, and see that the laws hold."""
        began, weak = self.now, self.died
        self.died = False
        await act.play(self)
        if weak or self.died or act.troubling:
            # Whoever died is not well before the next act either.
            self.troubles.append((began, self.now))
            for one in self.ones:
                one.owed.clear()
        await self.check()
        self.clock.move(A_MOMENT)

    # --- what must hold as a question arrives -----------------------------------------------------------------

    def judge(self, tx: Connection, arrivals: Sequence[Arrival]) -> None:
        for arrival in arrivals:
            parcel = arrival.parcel
            one = self.one(parcel.chat_id)
            if one is None:
                continue
            message = one.person.chat.messages[arrival.message_id]
            if parcel.bubble_id is not None:
                self._on_screen.update((parcel.chat_id, day) for day in _days(message))
            if parcel.urgency == Urgency.PROMPT:
                said = text_of(message)
                kind = Kind.FOLLOW_UP if said.startswith(FOLLOWED_UP) else Kind.PROMPT
                question = Seen(parcel.chat_id, next(_days(message)), kind)
                assert arrival.again or question not in self.seen, f"{question} came twice"
                self._fits(tx, one, question, parcel)
                self.seen.add(question)
                self._owe(tx, one, question)
        for one in self.ones:
            for message_id, data in (key for message in one.person.heard for key in _taps(message)):
                if not isinstance(buttons.unpack(data), UNTOUCHED):
                    one.buttons.setdefault((message_id, data))

    def _owe(self, tx: Connection, one: One, question: Seen) -> None:
        """One reminder the same evening, outside quiet hours; where nothing that was put off waits."""
        one.owed.pop(question.day, None)
        patient = storage.people.patient_by_id(tx, one.id)
        at = self.now + timedelta(minutes=patient.reminder_minutes)
        put_off = tx.execute(select(tables.patients.c.followup).where(tables.patients.c.id == one.id)).scalar()
        if (
            question.kind is Kind.PROMPT
            and patient.reminder_minutes
            and put_off is not Followup.SNOOZE
            and diary.days.day_of(at, patient.zone) == question.day
            and not patient.quiet.covers(at, patient.here)
            and Seen(question.chat, question.day, Kind.FOLLOW_UP) not in self.seen
        ):
            one.owed[question.day] = at

    def _fits(self, tx: Connection, one: One, question: Seen, parcel: Parcel) -> None:
        """Whether this is a moment at which this question may come."""
        planned = storage.entries.find_day(tx, one.id, question.day)
        assert planned is not None
        assert planned.intended_at is not None
        created_at = tx.execute(select(tables.outbox.c.created_at).where(tables.outbox.c.id == parcel.id)).scalar_one()
        rhythm = one.rhythm(created_at)
        if question.kind is Kind.FOLLOW_UP:
            assert (question.chat, question.day) in self._on_screen, "asked again before it was asked"
        on_time = question.kind is Kind.PROMPT and self.now <= planned.intended_at + ON_TIME_FOR
        assert on_time or not rhythm.quiet_at(self.now), f"{question} in quiet hours"
        pauses = storage.pauses.of(tx, one.id)
        assert diary.pauses.covering(pauses, question.day) is None, f"{question} in a pause"
        assert self.now < planned.closes_at, f"{question} of a day that is closed"
        left = set(one.items) - {item for day, item in one.book.newest() if day == question.day}
        assert left, f"{question} of a day that is answered"
        assert question.day not in one.book.declined, f"{question} of a day that was declined"

    # --- what must hold after every act -----------------------------------------------------------------------

    async def check(self) -> None:
        await self.database.write(self._check)
        refused = [sent for sent in self.refused() if not any(phrase in str(sent.answer) for phrase in HARMLESS)]
        assert not refused, refused

    def _check(self, tx: Connection) -> None:
        all_out = storage.outbox.depth(tx) == 0
        for one in self.ones:
            counted = storage.entries.scores_between(tx, one.id, date.min, date.max)
            assert {key: score.value for key, score in counted.items()} == one.book.newest()
            if all_out:
                self._one_bubble_a_day(one)
                self._one_question(one)
            for day, at in one.owed.items():
                assert self.now < at + timedelta(minutes=2), f"{day} was to be asked about again at {at}"

    def _one_bubble_a_day(self, one: One) -> None:
        live: dict[date, list[str]] = {}
        for message in one.person.heard:
            if message["message_id"] not in self.bubbles - self.excused:
                continue
            for day in set(_days(message)):
                live.setdefault(day, []).append(text_of(message))
        for day, shown in live.items():
            assert len(shown) == 1, f"{len(shown)} live bubbles of {day}: {shown}"

    def _one_question(self, one: One) -> None:
        """A scale of a day that misses an answer; who changes an answer has opened that scale by a tap."""
        asking = set()
        for message in one.person.heard:
            taps = [buttons.unpack(data) for _, data in _taps(message)]
            scale = [tap.day for tap in taps if isinstance(tap, buttons.Score)]
            if len(scale) > MOST_MEANT and message["message_id"] in self.bubbles - self.excused:
                asking.add(scale[0])
        waiting = [day for day in asking if len(one.book.answers(day)) < len(one.items)]
        assert len(waiting) <= 1, f"questions of {waiting} at once"

    # --- what must hold in the end ----------------------------------------------------------------------------

    async def end(self) -> None:
        """Let all days close that have begun, and look at each."""
        self.doom = None
        await self.until(self.now + timedelta(days=2, hours=12))
        await self.check()
        await self.database.write(self._closed)

    def _closed(self, tx: Connection) -> None:
        for one in self.ones:
            kept = self._kept(tx, one)
            for day in kept.days.values():
                if day.closes_at <= self.now:
                    self._ended(one, day, diary.entries.state(day, kept.items, kept.scores, self.now), kept)
            self._none_forgotten(one, kept)
            means = self._means(one, kept)
            with _undone(tx):
                _more(tx, one, kept, self.now)
                assert means.items() <= self._means(one, self._kept(tx, one)).items(), "it depends on something else"

    def _kept(self, tx: Connection, one: One) -> diary.digests.Diary:
        patient = storage.people.patient_by_id(tx, one.id)
        return storage.diaries.of(tx, [patient], date.min, self.now)[one.id]

    def _ended(self, one: One, day: Day, state: DayState, kept: diary.digests.Diary) -> None:
        """Exactly one state, and the right one."""
        answers = one.book.answers(day.day)
        numbers = sum(value is not None for value in answers)
        asked = (one.person.id, day.day) in self._on_screen
        if numbers == len(one.items):
            expected = {DayState.COMPLETE}
        elif numbers:
            expected = {DayState.PARTIAL}
        elif answers or day.day in one.book.declined:
            expected = {DayState.SKIPPED}
        elif day.paused:
            expected = {DayState.PAUSED}
        else:
            expected = {DayState.MISSED} if asked and day.sent_at is not None else {DayState.NOT_ASKED}
        assert {state} == expected, (day, state, expected)
        assert state is not DayState.MISSED or asked
        if state is DayState.PAUSED:
            paused = any(it.first_day <= day.day and (it.until_day is None or day.day <= it.until_day)
                         for it in kept.pauses)  # fmt: skip
            assert paused
        assert one.was_blocked or day.not_asked in (None, Cause.BOT)
        if state is DayState.NOT_ASKED and day.not_asked is not None and not one.was_blocked:
            assert day.intended_at is not None
            until = day.intended_at + LATE_WINDOW
            assert any(start <= until and day.intended_at <= end for start, end in self.troubles), "it was not away"

    def _none_forgotten(self, one: One, kept: diary.digests.Diary) -> None:
        """The weeks name each planned day once; and without journeys and other hours no day is left out."""
        named = 0
        for week in self._weeks(kept):
            not_asked = sum(len(days) for days in week.not_asked.values())
            counted = week.asked + len(week.paused) + len(week.open_days) + not_asked
            assert counted == sum(state is not None for _, state in week.states)
            named += counted
        assert named == len(kept.days)
        came = [day.day for day in kept.days.values() if day.intended_at is not None]
        assert (max(came) - min(came)).days + 1 - len(came) <= 2 * one.changes, "a day was forgotten"

    def _means(self, one: One, kept: diary.digests.Diary) -> dict[tuple[date, int], float | None]:
        """The mean of each week and item, which is that of the book over the days with an entry alone."""
        entered = {
            day
            for day, planned in kept.days.items()
            if diary.entries.state(planned, kept.items, kept.scores, self.now) in WITH_ENTRY
        }
        means = {(week.start, shown.item.id): shown.mean for week in self._weeks(kept) for shown in week.items}
        for (monday, item), mean in means.items():
            assert mean == one.book.mean(item, monday, entered)
        return means

    def _weeks(self, kept: diary.digests.Diary) -> Iterator[diary.digests.Week]:
        monday = diary.days.week_start(min(kept.days))
        while monday <= max(kept.days):
            yield diary.digests.week(kept, monday, self.now)
            monday += timedelta(days=7)


@contextmanager
def _undone(tx: Connection) -> Iterator[None]:
    """What is done within leaves no trace."""
    aside = storage.Savepoint("aside")
    aside.begin(tx)
    yield
    aside.undo(tx)


def _more(tx: Connection, one: One, kept: diary.digests.Diary, now: datetime) -> None:
    """All that no mean may depend on: older values, notes, flares, days skipped and paused."""
    for (day, item), score in kept.scores.items():
        value = 10 if score.value is None else (score.value + 5) % 11
        before = {"entered_at": datetime(2020, 1, 1, tzinfo=UTC), "value": value}
        tx.execute(tables.scores.insert(), {"patient_id": one.id, "day": day, "item_id": item, **before})
    for day in kept.days:
        storage.entries.add_note(tx, one.id, day, "10 10 10", now)
        flare = {"day": day, "item_id": ItemId(one.items[0]), "score": 10}
        storage.flares.add(tx, one.id, **flare, began_at=now, since=Since.NOW, now=now)
    for days, about in ((-1, {"declined_at": now}), (-2, {"paused": True}), (-3, {"not_asked": Cause.BOT})):
        day = min(kept.days) + timedelta(days=days)
        storage.entries.plan_day(tx, one.id, day, kept.zone, diary.days.closes_at(day, kept.zone))
        storage.entries.change_day(tx, one.id, day, **about)


def _plain(body: str | None) -> str:
    """The words of an outbox row without their marks."""
    return re.sub("<[^>]+>", "", (json.loads(body or "{}").get("text") or ""))


def _taps(message: Message) -> list[tuple[int, str]]:
    """What can be tapped in a message."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [(message["message_id"], it["callback_data"]) for row in rows for it in row if "callback_data" in it]


def _days(message: Message) -> Iterator[date]:
    """The days of which the message holds a bubble's buttons."""
    for _, data in _taps(message):
        tap = buttons.unpack(data)
        if isinstance(tap, OF_A_DAY):
            yield tap.day
