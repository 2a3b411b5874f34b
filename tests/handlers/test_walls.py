"""Nobody sees a diary that is not shared with them: the whole surface, tried by everyone who must not see it.

Every command of COMMANDS, every payload of TAPS and every recipe is found in the tables of the program, so what is
added is walked as well. Fields of a payload that name something are filled with what belongs to the other person: old
buttons and forged ones look just so.
"""

from __future__ import annotations

import itertools
import json
import random
import zipfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import Any, Final, get_type_hints

import pytest
from sqlalchemy import Connection, text

from bot import handlers, press, storage
from bot.chat import buttons
from bot.demo.person import Person
from bot.diary.people import ChatId
from bot.reports import recipes
from bot.storage import tables
from bot.storage.inbox import Arrival
from bot.storage.prepared import driver
from tests.handlers.desk import MONDAY, Desk, clinic_at

NOW: Final = datetime(2026, 3, 3, 20, tzinfo=UTC)
ZED, EX, DEP = 9_001, 9_002, 9_003
"""A clinic admin without patients, a therapist who was removed, one who stood in until yesterday."""
OF_ADA: Final = ("Ada Lisboa-7", "sun of Alentejo", "patella", "knotwork of Ito")
OF_CLEO: Final = ("Cleo Patan-3", "river Bagmati", "olecranon", "cupping of Roy")
"""What each one's own therapist calls them, a note, a place that is asked about, and the name of a treatment."""
TYPED: Final = ("lisb", "patan", "lisb = nobody", "")
ANSWERS: Final = ("15 March", "lisb")
"""What is typed after taps: some wait for a text."""
MOST: Final = 3
"""Payloads of one kind that each walker tries, where there are more: for each walker others, and always the same."""
NAMED: Final = {
    "patient": ("patients", "id"),
    "item": ("items", "patient_id"),
    "session": ("sessions", "patient_id"),
    "note": ("notes", "patient_id"),
    "flag": ("red_flags", "patient_id"),
    "flare": ("flares", "patient_id"),
    "pause": ("pauses", "patient_id"),
    "offer": ("offers", "patient_id"),
    "alert": ("alerts", "patient_id"),
    "checkin": ("checkins", "patient_id"),
    "therapist": ("shares", "patient_id"),
}
"""Fields that name something of a patient: its table, and the column that says whose it is."""
UNLOGGED: Final = "is in no log"
IN_THE_LOG: Final = "<noted once it is delivered>"
"""Lists, summaries and their pictures: tests/test_press.py says whom they show."""
MAY_CHANGE: Final = {("Zed", "RemoveTherapist"): {"shares", "offers", "outbox", "bubbles"}}
"""An admin who removes a therapist ends what was shared with them; the patients are asked."""


@dataclass(frozen=True)
class Victim:
    id: int
    secrets: tuple[str, ...]


ADAS: Final = Victim(1, OF_ADA)
CLEOS: Final = Victim(2, OF_CLEO)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Desk]:
    """Ada with Dr Ito, Cleo with Dr Roy, each with something of every kind; and others who see neither."""
    async with clinic_at(tmp_path) as desk:
        await desk.therapist(desk.roy)
        await desk.enrol(desk.cleo, desk.roy, "Cleo", place="Kathmandu")
        desk.clock.move_to(NOW)
        await desk.database.write(_fill)
        for chat, name in ((ZED, "Zed"), (EX, "Dr Ex"), (DEP, "Dr Dep")):
            desk.person(chat, name)
        assert desk.max
        yield desk


def _fill(tx: Connection) -> None:
    at, before = "2026-03-02 20:00:00.000000", "2026-03-01 20:00:00.000000"

    def run(sql: str) -> None:
        tx.execute(text(sql))

    run("update therapists set zone = 'Europe/Lisbon'")
    for chat, name in ((ZED, "Zed"), (EX, "Dr Ex"), (DEP, "Dr Dep")):
        storage.people.account(tx, ChatId(chat), "en", MONDAY)
        if chat != ZED:
            storage.people.add_therapist(tx, ChatId(chat), name, "Europe/Lisbon", NOW + timedelta(days=7), MONDAY)
    storage.people.add_admin(tx, ChatId(ZED), MONDAY)
    run(f"update therapists set left_at = '{at}' where chat_id = {EX}")
    for person, secrets in ((1, OF_ADA), (2, OF_CLEO)):
        label, note, place, treatment = secrets
        run(f"update shares set label = '{label}' where patient_id = {person}")
        # Dr Ex saw both and was removed; Dr Dep stood in for both up to yesterday.
        for therapist, until in ((3, "null"), (4, "'2026-03-02'")):
            run(
                "insert into shares (patient_id, therapist_id, label, since, ended_at, until_day)"
                f" values ({person}, {therapist}, '{label}', '{before}', '2026-03-03 00:00:00.000000', {until})"
            )
        run(
            "insert into items (patient_id, symptom, site, position, added_day)"
            f" values ({person}, 'pain', '{place}', 9, '2026-03-01')"
        )
        item = f"(select max(id) from items where patient_id = {person})"
        run(
            "insert into diary_days (patient_id, day, zone, closes_at, asked_at, answered_at, paused)"
            f" values ({person}, '2026-03-02', 'Europe/Lisbon', '2026-03-03 12:00:00.000000', '{at}', '{at}', 0)"
            " on conflict do nothing"
        )
        run(
            "insert into scores (patient_id, day, item_id, entered_at, value)"
            f" values ({person}, '2026-03-02', {item}, '{at}', 9)"
        )
        run(f"insert into notes (patient_id, day, text, written_at) values ({person}, '2026-03-02', '{note}', '{at}')")
        run(
            "insert into sessions (id, patient_id, therapist_id, day, kind, label, note, logged_at)"
            f" values ({person}, {person}, {person}, '2026-03-02', 'other', '{treatment}', '{note}', '{at}')"
        )
        run(f"insert into red_flags (patient_id, shown_at) values ({person}, '{at}')")
        flag = f"(select max(id) from red_flags where patient_id = {person})"
        run(
            "insert into alerts (patient_id, day, red_flag_id, raised_at)"
            f" values ({person}, '2026-03-02', {flag}, '{at}')"
        )
        run(
            "insert into offers (id, patient_id, kind, from_id, to_id, asked_at)"
            f" values ({person}, {person}, 'colleague', {person}, {3 - person}, '{at}')"
        )
        run(
            "insert into flares (patient_id, day, item_id, score, began_at, since, noted_at)"
            f" values ({person}, '2026-03-02', {item}, 9, '{at}', 'now', '{at}')"
        )


# --- what is tried ------------------------------------------------------------------------------------------------


def payloads(tx: Connection, kind: type[Any], victim: Victim, walker: str, most: int = MOST) -> list[str]:
    """Payloads of one kind about what belongs to the victim."""
    hints = get_type_hints(kind)
    choices = [_values(tx, field.name, hints[field.name], victim) for field in fields(kind)]
    found = list(itertools.islice(itertools.product(*choices), 3_000))
    packed = []
    for values in [found[0], *random.Random(kind.__name__ + walker).sample(found[1:], min(most, len(found)) - 1)]:
        try:
            packed.append(buttons.pack(kind(*values)))
        except ValueError:
            continue  # Longer than a button may be.
    return packed


def _values(tx: Connection, name: str, hint: Any, victim: Victim) -> list[Any]:
    options = getattr(hint, "__args__", ())
    hint = options[0] if options else hint
    if hint is int and name in NAMED:
        table, owner = NAMED[name]
        column = "therapist_id" if table == "shares" else "id"
        found: list[Any] = list(tx.execute(text(f"select {column} from {table} where {owner} = {victim.id}")).scalars())
        assert found or table in ("pauses", "checkins"), f"the victim has none: {table}"
        found = found[-2:] or [1]
    elif hint is str:
        found = ["yes", "foot", "left", "patients", "digest", "es"]
    elif issubclass(hint, StrEnum):
        found = list(hint)
    else:
        found = {
            date: [date(2026, 3, 2), date(2026, 3, 9)],
            time: [time(21)],
            bool: [True, False],
            int: [0, 1, 2, -1, 10**15],
        }[hint]
    return [*found, None] if options else found


class Walk:
    """One person's walk over the surface, each part in a savepoint that is taken back."""

    def __init__(self, desk: Desk, tx: Connection, person: Person) -> None:
        self.desk, self.tx, self.person = desk, tx, person
        self.number, self.most = 1_000_000, MOST
        self.tapped: set[str] = set()
        self.before: dict[str, list[Any]] = {}

    def over(self, victims: tuple[Victim, ...]) -> set[str]:
        """Everything there is, about these victims; returns the secrets that were told, with where."""
        told: set[str] = set()
        for victim in victims:
            self.before = rows_of(self.tx, victim)
            for name in handlers.COMMANDS:
                acts = [self._typed(f"/{name} {words}".strip()) for words in TYPED] + [self._typed("lisb")]
                told |= self._part(f"/{name}", victim, acts)
            for kind in handlers.TAPS:
                packed = payloads(self.tx, kind, victim, self.person.first_name, self.most)
                acts = [self._tap(data) for data in packed]
                # Some taps wait for a text.
                acts.insert(1, self._typed(ANSWERS[len(self.tapped) % len(ANSWERS)]))
                told |= self._part(kind.__name__, victim, acts)
        return told

    def _part(self, name: str, victim: Victim, acts: list[dict[str, Any]]) -> set[str]:
        self.tx.exec_driver_sql("savepoint part")
        self.tapped.add(name)
        before, last = self.before, self._newest()
        for act in acts:
            arrival = Arrival(0, act["update_id"], self.desk.now, json.dumps(act), 1)
            handlers.handle(self.desk.application, self.desk.settings, self.tx, arrival, self.desk.now)
        heard = "\n".join(self._heard(last))
        told = {f"{name} told {secret!r}" for secret in victim.secrets if secret in heard}
        allowed = MAY_CHANGE.get((self.person.first_name, name), set())
        after = rows_of(self.tx, victim)
        told |= {f"{name} changed {it}" for it in before if it not in allowed and before[it] != after[it]}
        # More than the name by which the therapist calls the patient.
        read = [secret for secret in victim.secrets[1:] if secret in heard]
        if read and before["accesses"] == after["accesses"] and IN_THE_LOG not in heard:
            told.add(f"{name} {UNLOGGED}")
        self.tx.exec_driver_sql("rollback to part")
        self.tx.exec_driver_sql("release part")
        return told

    def _newest(self) -> int:
        return int(self.tx.execute(text("select coalesce(max(id), 0) from outbox")).scalar_one())

    def _heard(self, last: int) -> Iterator[str]:
        """What was said to this person since then, made as the press makes it."""
        rows = self.tx.execute(
            text("select body from outbox where id > :last and chat_id = :chat"),
            {"last": last, "chat": self.person.id},
        ).scalars()
        for raw in dict.fromkeys(rows):
            body = json.loads(raw)
            yield json.dumps(body, ensure_ascii=False)
            if "recipe" in body or "picture" in body:
                yield made(self.tx, self.desk, self.person.id, body)

    def _typed(self, words: str) -> dict[str, Any]:
        self.number += 1
        entities = [{"type": "bot_command", "offset": 0, "length": len(words.split()[0])}] if words[0] == "/" else []
        message = {"message_id": self.number, "date": int(self.desk.now.timestamp()), "text": words}
        return {"update_id": self.number, "message": message | self._whose() | {"entities": entities}}

    def _tap(self, data: str) -> dict[str, Any]:
        self.number += 1
        query = {"id": str(self.number), "from": self.person.user, "chat_instance": "1", "data": data}
        return {
            "update_id": self.number,
            "callback_query": query | {"message": {"message_id": 1, "date": 0} | self._whose()},
        }

    def _whose(self) -> dict[str, Any]:
        return {"chat": {"id": self.person.id, "type": "private"}, "from": self.person.user}


def made(tx: Connection, desk: Desk, reader: int, body: dict[str, Any]) -> str:
    """All that the press would put into a message: its words, its picture's values and diary, its file."""
    draft = press.written(tx, press.Order(Path(), ChatId(reader), body, desk.now, plain=True))
    if isinstance(draft, press.Nothing):
        return ""
    found = [repr(it) for it in (draft.body, draft.rest, draft.picture, draft.diary, draft.panel)]
    if draft.seen is not None or draft.panel is not None:
        found.append(IN_THE_LOG)
    if draft.document is not None and body["recipe"]["kind"] == "diaries":
        file = draft.document()
        with zipfile.ZipFile(BytesIO(file.content)) as packed:
            found += [packed.read(name).decode() for name in packed.namelist()]
    return "\n".join(found)


def rows_of(tx: Connection, victim: Victim) -> dict[str, list[Any]]:
    """Every row about a patient."""
    found = {}
    for table in tables.metadata.sorted_tables:
        column = "id" if table.name == "patients" else "patient_id"
        if column in table.c and (table.name == "patients" or "patient_id" in table.c):
            sql = f"select * from {table.name} where {column} = {victim.id}"
            found[table.name] = driver(tx).execute(sql).fetchall()
    return found


# --- the walls ----------------------------------------------------------------------------------------------------


async def test_nobody_sees_or_changes_a_diary_that_is_not_shared_with_them(town: Desk) -> None:
    walkers: list[tuple[Person, tuple[Victim, ...]]] = [
        (town.max, (ADAS,)),
        (town.cast["Zed"], (ADAS, CLEOS)),
        (town.cast["Dr Ex"], (ADAS,)),
        (town.cast["Dr Dep"], (ADAS,)),
        (town.roy, (ADAS,)),
        (town.ito, (CLEOS,)),
        (town.ada, (CLEOS,)),
        (town.cleo, (ADAS,)),
    ]

    def walk(tx: Connection) -> dict[str, set[str]]:
        told = {}
        for person, victims in walkers:
            one = Walk(town, tx, person)
            told[person.first_name] = one.over(victims)
            assert one.tapped == {f"/{name}" for name in handlers.COMMANDS} | {it.__name__ for it in handlers.TAPS}
        return told

    assert {name: told for name, told in (await town.database.write(walk)).items() if told} == {}


async def test_the_same_walk_shows_the_diary_to_who_may_see_it(town: Desk) -> None:
    """Else the walls above could be those of an empty house."""

    def walk(tx: Connection) -> set[str]:
        one = Walk(town, tx, town.ito)
        one.most = 4 * MOST
        return one.over((ADAS,))

    told = await town.database.write(walk)
    assert {f"/patients told {OF_ADA[0]!r}", f"Notes told {OF_ADA[1]!r}", f"Card told {OF_ADA[2]!r}"} <= told
    assert {f"Sessions told {OF_ADA[3]!r}", f"ExportAll told {OF_ADA[0]!r}", "EndItem changed items"} <= told
    # And whatever showed more than a name is there for the patient to read, with /who.
    assert [it for it in told if UNLOGGED in it] == []


async def test_no_recipe_is_made_for_a_reader_who_may_not_see_it(town: Desk) -> None:
    """A row that waits in the outbox, from before the sharing ended or forged into it."""

    def walk(tx: Connection) -> list[str]:
        leaks = []
        for name, kind in recipes._KINDS.items():
            for reader, victim in ((EX, ADAS), (DEP, ADAS), (ZED, ADAS), (town.max.id, ADAS), (town.roy.id, ADAS)):
                for values in _of_recipe(kind, victim):
                    body = {"text": "", "recipe": {"kind": name, "values": values | {"in": "en"}}}
                    seen = made(tx, town, reader, body)
                    leaks += [f"{name} to {reader}: {secret}" for secret in victim.secrets if secret in seen]
        return leaks

    assert await town.database.write(walk) == []


def _of_recipe(kind: type[Any], victim: Victim) -> Iterator[dict[str, Any]]:
    hints = get_type_hints(kind)
    choices: list[list[Any]] = []
    for field in fields(kind):
        hint = hints[field.name]
        options = getattr(hint, "__args__", ())
        if field.name == "patient":
            choices.append([victim.id, None] if type(None) in options else [victim.id])
        elif hint is bool:
            choices.append([False, True])
        elif hint is int:
            choices.append([0, 4])
        elif hint is str:
            choices.append(["Riverside"])
        elif hint is date:
            choices.append(["2026-03-02"])
        elif isinstance(hint, type) and issubclass(hint, StrEnum):
            choices.append([next(iter(hint)).value])
        else:
            choices.append([field.default if not isinstance(field.default, tuple) else []])
    for values in itertools.product(*choices):
        yield dict(zip((field.name for field in fields(kind)), values, strict=True))
