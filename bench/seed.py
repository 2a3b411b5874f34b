"""Makes a database full of patients, as enrolments and evenings would have left it, in plain SQL.

Patient n (from 1) has chat FIRST_CHAT + n, the items 3(n-1)+1 to 3n, and, unless their prompt is still due, today's
bubble as message FIRST_BUBBLE + n. The first patients tap, the last are due.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from bench.people import FIRST_BUBBLE, FIRST_CHAT, ITEMS
from bot.diary import days
from bot.storage.database import migrate, writer_engine

FIRST_THERAPIST_CHAT: Final = 1_000_000_000
ZONES: Final = (
    "America/Los_Angeles", "America/Chicago", "Europe/Lisbon", "Asia/Kathmandu", "Asia/Tokyo", "Pacific/Auckland",
)  # fmt: skip
"""The clinic is where it is about noon, so that a diary day neither begins nor closes during a measurement."""
PANEL: Final = 20
"""Patients of one therapist."""
HOUR: Final = time(20)


@dataclass(frozen=True, slots=True)
class Clinic:
    """How many there are: the last `due` patients have their prompt `due_in` from now, and no bubble of today yet;
    the first `digests_due` wait for their digest.

    `history`: days of entries before today, for the first `with_history` patients. `wide`: those have four items
    and read Spanish, so that the words of their week do not fit under its chart and go as a message of their own.
    """

    patients: int
    due: int = 0
    due_in: timedelta = timedelta(minutes=-1)
    digests_due: int = 0
    history: int = 0
    with_history: int = 0
    wide: bool = False


def zone_at(now: datetime) -> str:
    """Where the clinic is."""
    return min(ZONES, key=lambda zone: abs(now.astimezone(ZoneInfo(zone)).hour - 12))


def make(path: Path, clinic: Clinic, now: datetime) -> str:
    """A new file at the newest migration with the clinic in it; returns its diary day as buttons write it."""
    engine = writer_engine(path)
    with engine.connect() as connection:
        migrate(connection, path, now)
    engine.dispose()
    today = days.day_of(now, zone_at(now))
    database = sqlite3.connect(path, isolation_level=None)
    try:
        # Nobody else has the file yet; if this fails it is thrown away.
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -200000", "foreign_keys = OFF"):
            database.execute(f"PRAGMA {pragma}")
        _fill(database, clinic, now)
        database.execute("PRAGMA journal_mode = WAL")
    finally:
        database.close()
    return f"{today:%Y%m%d}"


def due_again(path: Path, clinic: Clinic, now: datetime) -> None:
    """Take back what was claimed, so that the last `due` patients are due once more, `due_in` from now."""
    today = days.day_of(now, zone_at(now))
    values = {
        "first_due": clinic.patients - clinic.due,
        "due": _instant(now + clinic.due_in),
        "today": today.isoformat(),
    }
    database = sqlite3.connect(path)
    try:
        with database:
            _run(database, AGAIN, values)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        database.close()


def _fill(database: sqlite3.Connection, clinic: Clinic, now: datetime) -> None:
    zone = zone_at(now)
    today = days.day_of(now, zone)
    first_week = today - timedelta(days=max(clinic.history, 28))
    values: dict[str, Any] = {
        "patients": clinic.patients,
        "therapists": -(-clinic.patients // PANEL),
        "panel": PANEL,
        "chat": FIRST_CHAT,
        "bubble": FIRST_BUBBLE,
        "therapist_chat": FIRST_THERAPIST_CHAT,
        "zone": zone,
        "items": ITEMS,
        "hour": _wall(HOUR),
        "now": _instant(now),
        "asked": _instant(now - timedelta(hours=1)),
        "since": _instant(days.at(first_week, HOUR, zone)),
        "first_day": first_week.isoformat(),
        "today": today.isoformat(),
        "tomorrow": (today + days.ONE_DAY).isoformat(),
        "closes": _instant(days.closes_at(today, zone)),
        "due": _instant(now + clinic.due_in),
        "first_due": clinic.patients - clinic.due,
        "digest": _instant(now + timedelta(days=3)),
        "digest_due": _instant(now - timedelta(minutes=1)),
        "digests_due": clinic.digests_due,
        "some": clinic.with_history,
    }
    database.execute("BEGIN")
    _run(database, FILL, values)
    if clinic.wide:
        _run(database, WIDE, values)
    _history(database, clinic, today, zone)
    database.execute("COMMIT")


AGAIN: Final = (
    "DELETE FROM outbox",
    "DELETE FROM diary_days WHERE patient_id > :first_due AND day >= :today",
    "DELETE FROM bubbles WHERE patient_id > :first_due",
    "UPDATE patients SET next_prompt_at = :due, next_prompt_day = :today WHERE id > :first_due",
)
N: Final = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < :patients)"
T: Final = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < :therapists)"
FILL: Final = (
    f"""INSERT INTO accounts (chat_id, language, reach, reach_since, created_at)
    {T} SELECT :therapist_chat + n, 'en', 'ok', :since, :since FROM n""",
    f"""INSERT INTO accounts (chat_id, language, reach, reach_since, created_at)
    {N} SELECT :chat + n, iif(n % 4, 'en', 'es'), 'ok', :since, :since FROM n""",
    f"""INSERT INTO therapists (id, chat_id, name, zone, since, next_digest_at)
    {T} SELECT n, :therapist_chat + n, 'Dr Maria Albuquerque ' || n, :zone, :since, :digest FROM n""",
    # All others have their prompt within the next day, each minute about as many.
    f"""INSERT INTO patients (id, chat_id, stage, zone, prompt_time, next_prompt_at, next_prompt_day, next_digest_at,
        enrolled_at, enrolled_day)
    {N} SELECT n, :chat + n, 'active', :zone, :hour,
        iif(n > :first_due, :due,
            strftime('%Y-%m-%d %H:%M:%S.000000', :now, '+' || (120 + n * 7919 % 1300) || ' minutes')),
        iif(n > :first_due, :today, :tomorrow),
        iif(n <= :digests_due, :digest_due, :digest), :since, :first_day FROM n""",
    f"""INSERT INTO consents (id, patient_id, therapist_id, given, wording, language, said_at)
    {N} SELECT 2 * n - 1, n, NULL, 1, '1', 'en', :since FROM n
    UNION ALL SELECT 2 * n, n, (n - 1) / :panel + 1, 1, '1', 'en', :since FROM n""",
    f"""INSERT INTO shares (patient_id, therapist_id, label, since)
    {N} SELECT n, (n - 1) / :panel + 1, 'P' || n, :since FROM n""",
    f"""INSERT INTO items (id, patient_id, symptom, position, added_day)
    {N} SELECT (n - 1) * :items + p + 1, n, symptom, p, :first_day
    FROM n, (SELECT 0 AS p, 'burning' AS symptom UNION ALL SELECT 1, 'tingling' UNION ALL SELECT 2, 'pain')""",
    f"""INSERT INTO bubbles (id, chat_id, patient_id, day, message_id, created_at)
    {N} SELECT n, :chat + n, n, :today, :bubble + n, :asked FROM n WHERE n <= :first_due""",
    f"""INSERT INTO diary_days (patient_id, day, zone, closes_at, intended_at, asked_at, sent_at, paused, bubble_id)
    {N} SELECT n, :today, :zone, :closes, :asked, :asked, :asked, 0, n FROM n WHERE n <= :first_due""",
)


def _history(database: sqlite3.Connection, clinic: Clinic, today: date, zone: str) -> None:
    """Whole evenings of the days before, six of seven answered."""
    for back in range(1, clinic.history + 1):
        day = today - timedelta(days=back)
        at = days.at(day, HOUR, zone)
        values = {
            "some": clinic.with_history,
            "zone": zone,
            "day": day.isoformat(),
            "closes": _instant(days.closes_at(day, zone)),
            "at": _instant(at),
            "answered": _instant(at + timedelta(minutes=5)),
            "back": back,
        }
        _run(database, HISTORY, values)


def _run(database: sqlite3.Connection, statements: Sequence[str], values: Mapping[str, Any]) -> None:
    for statement in statements:
        database.execute(statement, {name: value for name, value in values.items() if f":{name}" in statement})


S: Final = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < :some)"
HISTORY: Final = (
    f"""INSERT INTO diary_days (patient_id, day, zone, closes_at, intended_at, asked_at, sent_at, answered_at, paused)
    {S} SELECT n, :day, :zone, :closes, :at, :at, :at, iif((n + :back) % 7, :answered, NULL), 0 FROM n""",
    """INSERT INTO scores (patient_id, day, item_id, entered_at, value)
    SELECT patient_id, :day, id, :answered, (patient_id * 7919 + position * 31 + :back * 17) % 11
    FROM items WHERE patient_id <= :some AND (patient_id + :back) % 7""",
)
WIDE: Final = (
    f"INSERT INTO items (patient_id, symptom, position, added_day) {S} SELECT n, 'numbness', 3, :first_day FROM n",
    f"UPDATE accounts SET language = 'es' WHERE chat_id IN ({S} SELECT :chat + n FROM n)",
)


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S.%f}"


def _wall(at: time) -> str:
    return f"{at:%H:%M:%S.%f}"
