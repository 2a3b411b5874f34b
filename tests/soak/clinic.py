"""The people of a soak: a therapist, a few patients who enrol themselves, and a crowd that did so three weeks ago."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from bot import storage
from bot.demo.person import Person
from bot.demo.telegram import Telegram
from bot.diary.people import ChatId, Role, Stage
from bot.diary.sharing import Share
from tests.stage import ITO, link_in

ZONE: Final = "Europe/Lisbon"
FIRST_CHAT: Final = 10_000
SHARED: Final = 30
"""So many of the crowd share their diary with the therapist."""
PATIENCE_S: Final = 60.0


async def enrol_themselves(telegram: Telegram, count: int) -> list[Person]:
    """Dr Ito becomes a therapist and invites `count` patients, who answer every question of the enrolment."""
    ito = telegram.person(ITO, "Dr Ito")
    ito.send("/start")
    await tap(telegram, ito, "I treat patients too")
    await sees(telegram, ito, lambda text: "/invite" in text)
    people = []
    for number in range(count):
        people.append(person := telegram.person(FIRST_CHAT - 1 - number, f"E{number}"))
        ito.send(f"/invite E{number}")
        await sees(telegram, ito, lambda text, name=f"E{number}": "https://t.me/" in text and name in text)
        person.open_link(link_in(ito.last))
    for answer in ("Yes, store my answers", "Yes, show them", "Yes, it is", "20:00"):
        await asyncio.gather(*(tap(telegram, person, answer) for person in people))
    # The second button of the last question is the coming evening.
    starts = await asyncio.gather(*(_last_question(telegram, person) for person in people))
    for person, label in zip(people, starts, strict=True):
        person.tap_label(label, person.last["message_id"])
    for person in people:
        await sees(telegram, person, lambda text: "I will ask you next" in text)
    return people


async def tap(telegram: Telegram, person: Person, beginning: str) -> None:
    """Tap the button that begins so, as soon as it is there."""

    def found() -> str | None:
        shown = person.labels(person.last["message_id"]) if person.heard else []
        return next((label for label in shown if label.startswith(beginning)), None)

    person.tap_label(await telegram.until(found, PATIENCE_S), person.last["message_id"])


async def _last_question(telegram: Telegram, person: Person) -> str:
    def labels() -> list[str]:
        shown = person.labels(person.last["message_id"])
        return shown if shown and shown[0].startswith("Start") else []

    return (await telegram.until(labels, PATIENCE_S))[1]


async def sees(telegram: Telegram, person: Person, right: Callable[[str], Any]) -> None:
    def told() -> bool:
        return any(right(str(message.get("text") or message.get("caption") or "")) for message in person.heard[-3:])

    await telegram.until(told, PATIENCE_S)


async def seed(
    path: Path, telegram: Telegram, count: int, digests: int, now: datetime, evening: datetime
) -> list[Person]:
    """Patients as an enrolment three weeks ago left them. The first `digests` of them are due for one on Monday."""
    people = [telegram.person(FIRST_CHAT + number, f"P{number}") for number in range(count)]
    database = storage.Database(path)
    await database.open(now)
    monday = datetime(evening.year, evening.month, evening.day, 7, 30, tzinfo=evening.tzinfo) + timedelta(days=1)

    def fill(tx: Connection) -> None:
        ito = storage.people.therapist(tx, ChatId(ITO))
        assert ito is not None
        for number, person in enumerate(people):
            chat = ChatId(person.id)
            begun = evening - timedelta(days=21)
            storage.people.account(tx, chat, "en", begun)
            invite = storage.people.add_invite(
                tx, f"code {number}", Role.PATIENT, therapist_id=ito.id, label=f"P{number}",
                expires_at=begun + timedelta(days=7), now=begun,
            )  # fmt: skip
            patient = storage.people.add_patient(tx, chat, invite, ZONE, evening.time())
            storage.people.change_patient(
                tx, patient.id, stage=Stage.ACTIVE, enrolled_at=begun, enrolled_day=begun.date(),
                next_prompt_at=evening, next_prompt_day=evening.date(),
                next_digest_at=monday if number < digests else None,
            )  # fmt: skip
            storage.entries.add_default_items(tx, patient.id, begun.date())
            if number < SHARED:
                storage.sharing.put(tx, Share(patient.id, ito.id, f"P{number}", begun))

    await database.write(fill)
    await database.close()
    return people


def day_as_packed(day: date) -> str:
    return day.strftime("%Y%m%d")
