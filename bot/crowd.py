"""Sixty patients for the demo, as enrolments and evenings would have left them: what a full panel looks like."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

from sqlalchemy import Connection

from bot import diary, storage
from bot.diary.people import ChatId, PatientId, Role, Stage, Therapist
from bot.diary.sessions import Kind, Place
from bot.diary.sharing import Share

FIRST_CHAT: Final = 500_001
WEEKS: Final = 10
HOUR: Final = time(20)
NAMES: Final = (
    "Abel", "Adela", "Aldo", "Alma", "Ana", "Anton", "Beth", "Bruno", "Carla", "Celia", "Clara", "Cora",
    "Dario", "Diego", "Dora", "Edda", "Elias", "Elsa", "Emil", "Enzo", "Erik", "Eva", "Felix", "Fina", "Franz",
    "Gala", "Gina", "Greta", "Hanna", "Hugo", "Ida", "Igor", "Ines", "Irma", "Ivan", "Jana", "Joel", "Jonas",
    "Julia", "Karl", "Lara", "Lena", "Leo", "Lina", "Luca", "Mara", "Marco", "Mila", "Mona", "Nadia", "Nora",
    "Olga", "Oscar", "Paula", "Pedro", "Rita", "Rosa", "Sami", "Tara", "Vera",
)  # fmt: skip
"""In the alphabet's order, which says nothing of who needs a therapist."""


COURSES: Final = {
    "worse": 4,
    "risen": 2,
    "silent": 2,
    "quiet": 4,
    "paused": 2,
    "better": 14,
}
"""How many of sixty go which way; the others stay as they are."""


def fill(tx: Connection, therapist: Therapist, count: int, zone: str, now: datetime) -> list[tuple[ChatId, str]]:
    """Enrol `count` patients of this therapist with WEEKS weeks of evenings up to yesterday; returns their chats and
    names. The same every time."""
    chance = Random(60)  # noqa: S311  (no secret)
    ways = [way for way, n in COURSES.items() for _ in range(n)]
    ways += ["steady"] * max(0, len(NAMES) - len(ways))
    chance.shuffle(ways)
    found = []
    for number in range(count):
        again, at = divmod(number, len(NAMES))
        label = NAMES[at] if not again else f"{NAMES[at]} {again + 1}"
        chat = ChatId(FIRST_CHAT + number)
        _enrol(tx, chat, label, therapist, zone, now, ways[at], chance)
        found.append((chat, label))
    return found


def _enrol(
    tx: Connection,
    chat: ChatId,
    label: str,
    therapist: Therapist,
    zone: str,
    now: datetime,
    way: str,
    chance: Random,
) -> None:
    today = diary.days.day_of(now, zone)
    first = diary.days.week_start(today) - timedelta(weeks=WEEKS)
    begun = diary.days.at(first, HOUR, zone)
    storage.people.account(tx, chat, "en", begun)
    invite = storage.people.add_invite(
        tx,
        f"demo-{chat}",
        Role.PATIENT,
        therapist_id=therapist.id,
        label=label,
        expires_at=now,
        now=begun,
    )
    storage.people.use_invite(tx, invite, chat, begun)
    patient = storage.people.add_patient(tx, chat, invite, zone, HOUR)
    due = diary.prompts.first_due(now, zone, patient.hours)
    storage.people.change_patient(
        tx,
        patient.id,
        stage=Stage.ACTIVE,
        enrolled_at=begun,
        enrolled_day=first,
        next_prompt_at=due.at,
        next_prompt_day=due.day,
    )
    storage.zones.put(tx, patient.id, zone, begun)
    for of in (None, therapist.id):
        storage.people.add_consent(tx, patient.id, of, given=True, wording="demo", language="en", now=begun)
    storage.sharing.put(tx, Share(patient.id, therapist.id, label, begun))
    storage.entries.add_default_items(tx, patient.id, first)
    for weeks in (2, 5, 8):
        storage.sessions.add(
            tx,
            patient.id,
            therapist.id,
            day=first + timedelta(weeks=weeks, days=chance.randrange(5)),
            kind=Kind.NEEDLING,
            places=(Place("back"),),
            now=diary.days.at(first + timedelta(weeks=weeks, days=6), time(12), zone),
        )
    _evenings(tx, patient.id, zone, (today - first).days, today, way, chance)


def _evenings(
    tx: Connection, patient_id: PatientId, zone: str, length: int, today: date, way: str, chance: Random
) -> None:
    items = storage.entries.items_of(tx, patient_id)
    levels = [chance.choice((3.0, 4.0, 5.0, 6.0)) for _ in items]
    silent = {"silent": 9, "quiet": 4}.get(way, 0)
    for number in range(length):
        day, left = today - timedelta(days=length - number), length - number
        asked = diary.days.at(day, HOUR, zone)
        storage.entries.plan_day(tx, patient_id, day, zone, diary.days.closes_at(day, zone))
        if way == "paused" and left <= 5:
            storage.entries.change_day(tx, patient_id, day, paused=True)
            continue
        storage.entries.change_day(tx, patient_id, day, intended_at=asked, asked_at=asked, sent_at=asked)
        if left <= silent or chance.random() < 0.08:
            continue
        for item, level in zip(items, levels, strict=True):
            score = round(level + _shift(way, number, length) + chance.gauss(0, 0.7))
            entered = asked + timedelta(minutes=3)
            storage.entries.put_score(tx, patient_id, day, item.id, max(0, min(10, score)), entered)
        storage.alerts.judged(tx, patient_id, day, None)  # Nobody is alerted of days that were made up.


def _shift(way: str, number: int, length: int) -> float:
    """How far a symptom lies from its level on that evening."""
    match way:
        case "better":
            return -2.5 * number / length
        case "worse":
            return 3.0 if length - number <= 14 else 0.0
        case "risen":
            return 2.6 if length - number <= 7 else 0.0
        case _:
            return 0.0
