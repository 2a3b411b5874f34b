"""A practice's life: patients and therapists who tap whatever there is, alerts, check-ins, holidays and hand-overs; and
what must hold all the while.

What a therapist reads is judged as it reaches the chat. Each patient's symptoms sit at a place that nobody else has, so
that whatever comes out of a diary can be told by its words.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from hypothesis import strategies as st
from sqlalchemy import Connection

from bot import press, storage
from bot.chat import buttons
from bot.demo.person import Person
from bot.diary import hours, sharing
from bot.diary.people import ChatId, PatientId
from bot.storage import checks
from bot.storage.outbox import Parcel
from bot.storage.tables import Action, OutboxState
from bot.wire.bodies import Verdict
from tests.handlers.desk import Desk, Waiting

ADA, NOOR, BEN = 1, 2, 3
"""Patients, by their ids."""
PLACES: Final = {ADA: "adasplace", NOOR: "noorsplace", BEN: "bensplace"}
HARMLESS: Final = ("is not modified", "query is too old", "bot was blocked by the user")
UNTOUCHED: Final = (buttons.Speak, buttons.Language, buttons.Run)
"""Here everybody reads English."""


class Act(Protocol):
    async def play(self, practice: Practice) -> None: ...


@dataclass
class Practice(Desk):
    """A desk that sees whatever is wrong."""

    people: list[Person] = field(default_factory=list)
    """Ada, Noor, Ben, Dr Ito, Dr Roy."""
    shown: dict[int, dict[tuple[int, str], None]] = field(default_factory=dict)
    """All buttons that were ever on a person's screen: which message, and what they carry."""
    asked_after: set[int] = field(default_factory=set)
    """Check-ins that came in a message of their own."""
    said: dict[int, str] = field(default_factory=dict)
    """What was read of each row of the outbox, files too."""

    # --- people -----------------------------------------------------------------------------------------------

    async def writes(self, who: int, said: str) -> None:
        if not self.people[who].blocked:
            await self.says(self.people[who], said)
            self.clock.move(timedelta(seconds=5))

    async def taps_labels(self, who: int, *labels: str) -> None:
        """Buttons that begin so, one after another, each on the newest message that has it, as far as there is one."""
        person = self.people[who]
        for begins in labels:
            shown = [it for message in reversed(person.heard) for it in _labelled(message) if it[0].startswith(begins)]
            if person.blocked or not shown:
                return
            person.tap(*shown[0][1])
            await self.settle()
            self.clock.move(timedelta(seconds=5))

    async def taps_shown(self, who: int, place: int) -> None:
        """A button of the newest message that has any."""
        person = self.people[who]
        found = next(filter(None, map(_taps, reversed(person.heard))), [])
        await self._tap(person, found, place)

    async def taps_old(self, who: int, whose: int, back: int) -> None:
        """A button that was ever on the screen of `whose`, so many back from the newest; tapped by `who`, who forges
        it where that is somebody else."""
        person, found = self.people[who], list(self.shown.get(whose, ()))[::-1]
        if who != whose and person.heard:
            found = [(person.last["message_id"], data) for _, data in found]
        await self._tap(person, found, back)

    async def _tap(self, person: Person, found: Sequence[tuple[int, str]], place: int) -> None:
        if person.blocked or not found:
            return
        message, data = found[place % len(found)]
        if message in person.chat.messages and not isinstance(buttons.unpack(data), UNTOUCHED):
            person.tap(message, data)
            await self.settle()
            self.clock.move(timedelta(seconds=5))

    # --- what is read -----------------------------------------------------------------------------------------

    def _call(self, parcel: Parcel, made: press.Made | None, shown: int | None) -> Verdict:
        before = len(self.sent)
        verdict = super()._call(parcel, made, shown)
        if len(self.sent) > before and verdict.state is OutboxState.DELIVERED:
            params, file = self.sent[-1].params, None if made is None else made.document
            named = json.dumps(params, default=str, ensure_ascii=False)
            self.said[parcel.id] = named + ("" if file is None else file.content.decode("utf-8", "replace"))
        return verdict

    def _write_down(self, verdicts: list[tuple[Parcel, Verdict]], tx: Connection) -> Waiting | None:
        for parcel, _ in verdicts:
            if parcel.id in self.said:
                self._read(tx, parcel, self.said.pop(parcel.id))
        for number, person in enumerate(self.people):
            known = self.shown.setdefault(number, {})
            for message in person.heard:
                known.update(dict.fromkeys(_taps(message)))
        return super()._write_down(verdicts, tx)

    def _read(self, tx: Connection, parcel: Parcel, said: str) -> None:
        """Nobody reads what is not theirs, no alert comes outside of hours, and no check-in twice."""
        therapist = storage.people.therapist(tx, ChatId(parcel.chat_id))
        for patient, place in PLACES.items():
            if place not in said or self.people[patient - 1].id == parcel.chat_id:
                continue
            assert therapist is not None, f"the diary of {patient} came to a stranger"
            share = storage.sharing.find(tx, PatientId(patient), therapist.id)
            assert sharing.may_see(share, self.now), f"the diary of {patient} came to {therapist.id}: {said}"
        if parcel.action is not Action.SEND:
            return
        text = str(parcel.body.get("text", ""))
        if therapist is not None and text.startswith(("Alert:", "<b>Alert", "Reminder: nobody")):
            own, red = storage.hours.of(tx, therapist.id), "red flag" in text
            assert red or hours.opens_at(own, self.now) == self.now, f"outside the hours of {therapist.id}: {text}"
        first = next((it.get("tap") for row in parcel.body.get("buttons", ()) for it in row), None)
        tap = None if first is None else buttons.unpack(first)
        if isinstance(tap, buttons.CheckIn):
            assert tap.checkin not in self.asked_after, "a check-in was asked twice"
            self.asked_after.add(tap.checkin)

    # --- what must hold after every act -----------------------------------------------------------------------

    async def check(self) -> None:
        found = {name: await self.rows(sql) for name, sql in NONE_OF.items()}
        assert not any(found.values()), {name: rows for name, rows in found.items() if rows}
        refused = [sent for sent in self.refused() if not any(phrase in str(sent.answer) for phrase in HARMLESS)]
        assert not refused, refused

    async def end(self) -> None:
        """After some days nothing waits any more, and the file is sound."""
        await self.until(self.now + timedelta(days=3))
        await self.check()
        stuck = await self.rows("select action, chat_id, body from outbox where state = 'waiting'")
        assert not stuck, stuck
        with checks.reader(self.database.path) as reader:
            unsound = checks.thorough(reader)
        assert not unsound, unsound


def _labelled(message: dict[str, Any]) -> list[tuple[str, tuple[int, str]]]:
    """What can be tapped in a message, with what stands on it."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [
        (it["text"], (message["message_id"], it["callback_data"]))
        for row in rows
        for it in row
        if "callback_data" in it
    ]


def _taps(message: dict[str, Any]) -> list[tuple[int, str]]:
    return [tap for _, tap in _labelled(message)]


SCORES = "a.withdrawn_at is null and a.red_flag_id is null and a.checkin_id is null"
NONE_OF: Final = {
    "two alerts of one patient and day": (
        f"select a.patient_id, a.day from alerts a where {SCORES} group by 1, 2 having count(*) > 1"
    ),
    "two alerts of one item in seven days": (
        "select x.item_id, a.day, b.day from alert_items x join alerts a on a.id = x.alert_id"
        " join alert_items y on y.item_id = x.item_id join alerts b on b.id = y.alert_id"
        " where a.withdrawn_at is null and b.withdrawn_at is null and x.withdrawn_at is null"
        " and y.withdrawn_at is null and a.day < b.day and julianday(b.day) - julianday(a.day) < 7"
    ),
    "brought to mind, or hinted at, twice": (
        "select alert_id, therapist_id, act from alert_acts where act in ('reminded', 'hinted')"
        " group by 1, 2, 3 having count(*) > 1"
    ),
    "a red flag that nobody was told of, without a word": (
        "select a.id from alerts a where (a.red_flag_id is not null or a.checkin_id is not null)"
        " and a.due_at is null and a.undelivered_at is null and a.withdrawn_at is null"
        " and not exists (select 1 from alert_acts d where d.alert_id = a.id)"
        " and exists (select 1 from patients p where p.id = a.patient_id and p.stage <> 'forgetting')"
    ),
    "an alert that was shown, and is in no log": (
        "select t.id from therapists t where"
        " (select count(*) from alert_acts d where d.therapist_id = t.id"
        "   and d.act in ('told', 'reminded', 'called_urgent'))"
        " <> (select count(*) from accesses s where s.therapist_id = t.id and s.what = 'alert')"
    ),
    "an answer to an alert that is in no log": (
        "select t.id from therapists t where"
        " (select count(*) from alert_acts d where d.therapist_id = t.id and d.act in ('seen', 'will_call', 'note'))"
        " <> (select count(*) from accesses s where s.therapist_id = t.id"
        "   and s.what in ('alert_seen', 'will_call', 'alert_note'))"
    ),
    "a check-in after a treatment that was deleted": (
        "select c.id from checkins c join sessions s on s.id = c.session_id"
        " where s.undone_at is not null and c.due_at is not null"
    ),
    "a warning sign without an alert": (
        "select c.id from checkins c where c.answer in"
        " ('chest_pain', 'breathless', 'cough', 'redness', 'fever', 'weakness')"
        # One answer counts for all that were asked together.
        " and not exists (select 1 from alerts a join checkins o on o.id = a.checkin_id"
        " where o.patient_id = c.patient_id and (o.asked_at = c.asked_at or o.joined_day = c.joined_day))"
    ),
}


# --- acts -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Evenings:
    """A patient answers day after day."""

    who: int
    scores: tuple[tuple[int, int, int], ...]

    async def play(self, practice: Practice) -> None:
        for three in self.scores:
            await practice.until(_evening_after(practice.now))
            await practice.writes(self.who, " ".join(map(str, three)))


@dataclass(frozen=True)
class Writes:
    who: int
    said: str

    async def play(self, practice: Practice) -> None:
        await practice.writes(self.who, self.said)


@dataclass(frozen=True)
class Goes:
    """A command, and these buttons as far as they are there."""

    who: int
    command: str
    labels: tuple[str, ...] = ()
    then: tuple[int, ...] = ()
    """And some of what is shown then."""

    async def play(self, practice: Practice) -> None:
        await practice.writes(self.who, self.command)
        await practice.taps_labels(self.who, *self.labels)
        for place in self.then:
            await practice.taps_shown(self.who, place)


@dataclass(frozen=True)
class TapsLabels:
    who: int
    labels: tuple[str, ...]

    async def play(self, practice: Practice) -> None:
        await practice.taps_labels(self.who, *self.labels)


@dataclass(frozen=True)
class TapsShown:
    who: int
    place: int

    async def play(self, practice: Practice) -> None:
        await practice.taps_shown(self.who, self.place)


@dataclass(frozen=True)
class TapsOld:
    who: int
    whose: int
    back: int

    async def play(self, practice: Practice) -> None:
        await practice.taps_old(self.who, self.whose, self.back)


@dataclass(frozen=True)
class Passes:
    minutes: int

    async def play(self, practice: Practice) -> None:
        await practice.until(practice.now + timedelta(minutes=self.minutes))


@dataclass(frozen=True)
class ShutsOut:
    """Somebody blocks the bot, and lets it in again later."""

    who: int
    minutes: int

    async def play(self, practice: Practice) -> None:
        person = practice.people[self.who]
        if person.blocked:
            return
        person.block()
        await practice.settle()
        await practice.until(practice.now + timedelta(minutes=self.minutes))
        person.unblock()
        await practice.settle()


def _evening_after(now: datetime) -> datetime:
    """The next minute after the hour at which all are asked, in winter; in summer an hour later."""
    at = now.replace(hour=20, minute=1, second=0, microsecond=0)
    return at if at > now else at + timedelta(days=1)


# --- any of them ----------------------------------------------------------------------------------------------

CHEST: Final = "my chest pain is bad"
WORDS: Final = [CHEST, "adasplace hurts", "8 8 8", "3 3 3", "10", "no", "/today", "/urgent", "/who", "/week"]
COMMANDS: Final = [
    "/patients", "/patients ada", "/patients noor", "/digest", "/session", "/deputy", "/handover", "/leave", "/rename",
    "/export", "/therapists", "/status", "/hours 08:00-18:00 mon-fri", "/hours 20:00-20:30", "/hours off",
]  # fmt: skip
TREATMENTS: Final = [
    ("Today", "Dry needling", "Left foot", "Done"),
    ("Today", "Dry needling", "Back", "Done"),
    ("Yesterday", "Dry needling with electrical stimulation", "Neck", "Done"),
    ("Same as last time", "Today"),
]
TOGETHER: Final = [
    ("/patients ada", ("Share with a colleague", "Dr Roy", "Yes, ask")),
    ("/patients ada", ("Hand over", "Dr Roy", "Yes, ask")),
    ("/handover", ("All", "Dr Roy", "Yes, ask")),
    ("/deputy", ("Dr Roy", "From today", "1 week", "Yes, ask them")),
    ("/deputy", ("Dr Roy", "From today", "2 weeks", "Yes, ask them")),
    ("/deputy", ("End it now", "Yes, end it")),
]
ANSWERS: Final = [
    ("Yes",),
    ("Yes",),
    ("No",),
    ("Sore",),
    ("Nothing",),
    ("Short",),
    ("Urgent",),
    ("It can",),
    ("Later",),
]
DONE: Final = [("Seen",), ("Will call",), ("Add note",)]
patients = st.sampled_from([0, 0, 0, 1, 2])
therapists = st.sampled_from([3, 3, 4])
anybody = st.integers(0, 4)
places = st.integers(0, 30)
some = st.lists(places, max_size=4).map(tuple)
flares = st.builds(
    lambda usual, days, high: ((usual, 3, 3),) * days + ((high, high, 3),) * 2,
    st.sampled_from([2, 4, 6]),
    st.sampled_from([0, 1, 5]),
    st.sampled_from([5, 7, 9]),
)
deeds = st.one_of(
    st.builds(Evenings, patients, flares),
    st.builds(Evenings, patients, flares),
    st.builds(Goes, patients, st.just(CHEST), st.sampled_from([("This is happening now",), ("No",), ()])),
    st.builds(Goes, st.just(3), st.just("/session"), st.sampled_from([("Ada L", *it) for it in TREATMENTS])),
    st.sampled_from(TOGETHER).map(lambda it: Goes(3, *it)),
    st.builds(TapsLabels, patients, st.sampled_from(ANSWERS)),
    st.builds(TapsLabels, patients, st.sampled_from(ANSWERS)),
    st.builds(TapsLabels, therapists, st.sampled_from(DONE)),
    st.builds(Goes, therapists, st.sampled_from(COMMANDS), st.just(()), some),
    st.builds(Goes, patients, st.just("/sharing"), st.sampled_from([("Stop sharing with Dr Roy",), ("Stop sharing",)])),
    st.builds(Goes, patients, st.sampled_from(["/sharing", "/treatment", "/stop"]), st.just(()), some),
    st.builds(Writes, anybody, st.sampled_from(WORDS)),
    st.builds(TapsShown, anybody, places),
    st.builds(TapsShown, anybody, places),
    st.builds(TapsOld, anybody, anybody, st.integers(0, 300)),
    st.builds(TapsOld, anybody, anybody, st.integers(0, 300)),
    st.builds(Passes, st.sampled_from([1, 12, 30, 300, 1_500, 4_400])),
    st.builds(ShutsOut, anybody, st.sampled_from([5, 300, 1_500])),
)  # fmt: skip
replies = st.builds(TapsLabels, st.sampled_from([0, 0, 0, 1]), st.sampled_from(ANSWERS))
scenes = st.one_of(
    st.tuples(deeds),
    st.tuples(deeds),
    # What is asked is often answered at once.
    st.tuples(st.sampled_from(TOGETHER).map(lambda it: Goes(3, *it)), replies, replies),
    st.tuples(
        st.sampled_from(TREATMENTS).map(lambda it: Goes(3, "/session", ("Ada L", *it))),
        st.builds(Passes, st.sampled_from([1_440, 1_500, 2_000])),
        replies,
    ),
    st.tuples(
        st.builds(Evenings, st.just(0), flares),
        st.builds(Passes, st.sampled_from([12, 700])),
        st.builds(TapsLabels, therapists, st.sampled_from(DONE)) | replies,
        st.builds(Writes, therapists, st.just("I called.")),
    ),
)
SHARED: Final = (Goes(3, *TOGETHER[0]), TapsLabels(0, ("Yes",)))
BEGINNINGS: Final = [
    (),
    SHARED,
    (*SHARED, Writes(4, "/hours 21:00-22:00")),
    (Writes(3, "/hours 08:00-18:00 mon-fri"),),
    (Goes(3, *TOGETHER[4]), TapsLabels(0, ("Yes",))),
]
lives = st.builds(
    lambda first, found: [*first, *(act for scene in found for act in scene)],
    st.sampled_from(BEGINNINGS),
    st.lists(scenes, min_size=3, max_size=20),
)
