"""A fresh database on a real file, with one therapist and two patients in it where a test wants them."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection

from bot import storage
from bot.diary.people import ChatId, Patient, Role, Therapist
from bot.diary.sharing import Share
from bot.storage import Database
from bot.storage.database import migrate, writer_engine

T = TypeVar("T")

NOW = datetime(2026, 3, 2, 20, tzinfo=UTC)
ITO, ROY, ADA, BEN, MAX = ChatId(201), ChatId(202), ChatId(101), ChatId(102), ChatId(666)


@dataclass(frozen=True)
class Cast:
    """Ada is shared with Dr Ito, Ben with nobody."""

    ito: Therapist
    roy: Therapist
    ada: Patient
    ben: Patient


def enrolled(tx: Connection, chat: ChatId, therapist: Therapist, label: str) -> Patient:
    """A patient as an enrolment leaves them, with the three default items."""
    storage.people.account(tx, chat, "en", NOW)
    invite = storage.people.add_invite(
        tx,
        f"code of {label}",
        Role.PATIENT,
        therapist_id=therapist.id,
        label=label,
        expires_at=NOW + timedelta(days=7),
        now=NOW,
    )
    patient = storage.people.add_patient(tx, chat, invite, "Europe/Lisbon", time(20))
    storage.entries.add_default_items(tx, patient.id, NOW.date())
    return patient


def peopled(tx: Connection) -> Cast:
    for chat in (ITO, ROY):
        storage.people.account(tx, chat, "en", NOW)
    ito = storage.people.add_therapist(tx, ITO, "Dr Ito", "Europe/Lisbon", NOW, NOW)
    roy = storage.people.add_therapist(tx, ROY, "Dr Roy", "Asia/Kathmandu", NOW, NOW)
    ada, ben = enrolled(tx, ADA, ito, "Ada L"), enrolled(tx, BEN, ito, "Ben")
    storage.sharing.put(tx, Share(ada.id, ito.id, "Ada L", NOW))
    return Cast(ito, roy, ada, ben)


def migrated(path: Path) -> Path:
    """Make a file at the newest version; tests work on copies, since migrating each takes longer than testing."""
    engine = writer_engine(path)
    with engine.connect() as connection:
        migrate(connection, path, NOW)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return migrated(tmp_path_factory.mktemp("blank") / "diary.db")


@pytest.fixture
async def database(tmp_path: Path, blank: Path) -> AsyncIterator[Database]:
    opened = Database(Path(shutil.copy(blank, tmp_path)))
    await opened.open(NOW)
    yield opened
    await opened.close()


@pytest.fixture
async def cast(database: Database) -> Cast:
    return await database.write(peopled)


def refuse(tx: Connection) -> None:
    """A transaction that thinks better of it."""
    raise Regret


class Regret(Exception):
    pass


Work = Callable[[Connection], T]
