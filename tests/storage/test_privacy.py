"""Whoever is forgotten is gone: from every table, from every byte of the file and its log, and from older copies."""

from __future__ import annotations

import json
import random
import sqlite3
import struct
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Connection, Table, select

from bot import storage
from bot.diary.edits import Became
from bot.diary.flares import Since
from bot.diary.people import ChatId, Patient, Stage
from bot.diary.sessions import Place
from bot.diary.sharing import Share
from bot.storage import Database, backups, checks, erasure, ledger, privacy, sweeping, tables
from bot.storage.database import HEAD, writer_engine
from bot.storage.outbox import Settlement, Urgency
from bot.storage.tables import Action, OutboxState
from tests.storage.conftest import NOW, Cast, enrolled

ZOE: Final = ChatId(5_555_666_777_888)
LABEL: Final = "Zoe Quill-Marsh"
NOTE: Final = "a thunderstorm in the left foot"
MONDAY: Final = date(2026, 3, 2)
NOBODYS: Final = {"polls", "used_ids", "alembic_version"}
"""Tables that hold nothing about anybody."""
STAFF: Final = {"therapists", "admins"}
TRACES: Final = (LABEL.encode(), NOTE.encode(), str(ZOE).encode(), struct.pack(">q", ZOE)[2:], b"soap-stone")


def a_life(tx: Connection, cast: Cast) -> Patient:
    """A patient with a row in every table, the wire's too, between those of others."""
    zoe = enrolled(tx, ZOE, cast.ito, LABEL)
    zoe = storage.people.change_patient(tx, zoe.id, stage=Stage.ACTIVE, enrolled_at=NOW, enrolled_day=MONDAY)
    assert zoe.invite_id is not None
    storage.people.use_invite(tx, zoe.invite_id, ZOE, NOW)
    storage.sharing.put(tx, Share(zoe.id, cast.ito.id, LABEL, NOW))
    storage.people.add_consent(tx, zoe.id, None, given=True, wording="1", language="en", now=NOW)
    storage.people.expect(tx, ZOE, f"note:{MONDAY}")
    item = storage.entries.items_of(tx, zoe.id)[0]
    storage.entries.plan_day(tx, zoe.id, MONDAY, zoe.zone, NOW)
    storage.entries.put_score(tx, zoe.id, MONDAY, item.id, 7, NOW)
    storage.entries.add_note(tx, zoe.id, MONDAY, NOTE, NOW)
    kind = storage.tables.Kind.NEEDLING
    place = Place("soap-stone")
    session = storage.sessions.add(tx, zoe.id, cast.ito.id, day=MONDAY, kind=kind, places=[place], now=NOW).id
    common = {"patient_id": zoe.id}
    for table, values in (
        (tables.zones, {"zone": "Europe/Lisbon", "since": NOW}),
        (tables.pauses, {"first_day": MONDAY, "begun_at": NOW}),
        (
            tables.flares,
            {"day": MONDAY, "item_id": item.id, "score": 9, "began_at": NOW, "since": Since.NOW, "noted_at": NOW},
        ),
        (
            tables.written,
            {"message_id": 9, "entered_at": NOW, "became": Became.SCORES, "day": MONDAY, "items": [item.id]},
        ),
        (tables.red_flags, {"shown_at": NOW, "due_at": NOW}),
        (tables.accesses, {"therapist_id": cast.ito.id, "what": "card", "at": NOW}),
        (tables.offers, {"kind": "deputy", "from_id": cast.ito.id, "asked_at": NOW}),
        (tables.checkins, {"session_id": session, "after_hours": 24, "for_at": NOW, "due_at": NOW}),
    ):
        tx.execute(table.insert(), common | values)
    alert = tx.execute(
        tables.alerts.insert().returning(tables.alerts.c.id), common | {"day": MONDAY, "raised_at": NOW, "due_at": NOW}
    ).scalar_one()
    tx.execute(
        tables.alert_items.insert(), common | {"alert_id": alert, "item_id": item.id, "rule": "high", "figures": [7, 8]}
    )
    seen = {"alert_id": alert, "therapist_id": cast.ito.id, "act": "note", "text": NOTE, "at": NOW}
    tx.execute(tables.alert_acts.insert(), common | seen)
    tx.execute(tables.notices.insert(), {"chat_id": ZOE, "kind": "parked", "day": MONDAY, "told_at": NOW})
    bubble = storage.outbox.add_bubble(tx, ZOE, zoe.id, NOW, MONDAY)
    storage.entries.change_day(tx, zoe.id, MONDAY, bubble_id=bubble)
    row = storage.outbox.add(tx, ZOE, Action.SEND, {"text": NOTE}, urgency=Urgency.PROMPT, now=NOW, bubble_id=bubble)
    storage.outbox.settle(tx, [Settlement(row, OutboxState.DELIVERED, NOW, 1)])
    storage.digests.claim(tx, ZOE, storage.tables.Role.PATIENT, MONDAY, NOW)
    storage.digests.put_outbox(tx, ZOE, storage.tables.Role.PATIENT, MONDAY, row)
    waiting(tx, cast, zoe)
    return zoe


def waiting(tx: Connection, cast: Cast, zoe: Patient) -> None:
    """Messages on their way and updates that were not handled."""
    for chat, body, patient_id in (
        (cast.ito.chat_id, {"text": f"{LABEL}: {NOTE}"}, zoe.id),
        (cast.ito.chat_id, {"text": "For whom?", "buttons": [[{"label": LABEL, "tap": "se:3::::"}]]}, None),
        (cast.ito.chat_id, {"text": "Of Ben."}, None),
        (ZOE, {"text": NOTE}, zoe.id),
        (ZOE, {"text": NOTE}, None),
    ):
        storage.outbox.add(
            tx, chat, Action.SEND, body, urgency=Urgency.ANSWER, now=NOW, patient_id=None if not patient_id else zoe.id
        )
    updates = [
        (901, {"message": {"text": NOTE, "from": {"id": ZOE}, "chat": {"id": ZOE}}}),
        (902, {"callback_query": {"from": {"id": ZOE}, "message": {"chat": {"id": ZOE}}}}),
        (903, {"message": {"text": "hello", "chat": {"id": 102}, "forward_from": {"id": ZOE}}}),
    ]
    storage.inbox.put(tx, [(number, json.dumps(update)) for number, update in updates], NOW)
    for arrival in storage.inbox.waiting(tx, 9):
        if arrival.update_id in (901, 903):
            storage.inbox.park(tx, arrival.seq, "ValueError at entries.py:7", NOW, 3)


def rows_of(tx: Connection) -> dict[str, list[dict[str, Any]]]:
    return {
        table.name: [dict(row) for row in tx.execute(select(table)).mappings()]
        for table in tables.metadata.sorted_tables
    }


def is_zoes(row: dict[str, Any], patient_id: int) -> bool:
    return row.get("patient_id") == patient_id or ZOE in row.values() or LABEL in row.values()


def everything(table: Table, rows: list[dict[str, Any]]) -> set[str]:
    """Rows as they can be compared, without what is known to be left of anybody: numbers and instants."""
    dropped = {"outbox": ("chat_id", 0), "bubbles": ("chat_id", 0)}.get(table.name)
    return {repr(row) for row in rows if dropped is None or row[dropped[0]] != dropped[1]}


async def forgotten(database: Database, zoe: Patient) -> None:
    await database.write(lambda tx: privacy.forget(tx, zoe, NOW, keeps_account=False))


def bytes_of(path: Path) -> bytes:
    parts = [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))]
    return b"".join(part.read_bytes() for part in parts if part.exists())


# --- the tables -----------------------------------------------------------------------------------------------


async def test_of_every_table_all_rows_of_one_person_go_and_no_other(database: Database, cast: Cast) -> None:
    zoe = await database.write(lambda tx: a_life(tx, cast))
    before = await database.write(rows_of)
    about = {name: [row for row in rows if is_zoes(row, zoe.id)] for name, rows in before.items()}
    about["patients"] = [row for row in before["patients"] if row["id"] == zoe.id]
    missing = sorted(name for name, rows in about.items() if not rows and name not in NOBODYS | STAFF | {"inbox"})
    assert missing == [], "put a row about Zoe into each table, so that what deletes them is known to"
    await forgotten(database, zoe)
    after = await database.write(rows_of)
    assert [row for rows in after.values() for row in rows if is_zoes(row, zoe.id)] == []
    for table in tables.metadata.sorted_tables:
        name = table.name
        if name in ("outbox", "inbox", "used_ids"):
            continue
        kept = [row for row in before[name] if row not in about[name]]
        assert everything(table, after[name]) == everything(table, kept), name
    with closing(checks.reader(database.path)) as reader:
        assert reader.execute("pragma foreign_key_check").fetchall() == []
        assert reader.execute("pragma integrity_check").fetchall() == [("ok",)]


async def test_messages_on_their_way_go_unless_they_are_about_others(database: Database, cast: Cast) -> None:
    zoe = await database.write(lambda tx: a_life(tx, cast))
    of_ben = json.dumps({"message": {"text": f"hello {ZOE}", "chat": {"id": 102}}})
    await database.write(lambda tx: storage.inbox.put(tx, [(904, of_ben)], NOW))
    await forgotten(database, zoe)
    left = await database.write(rows_of)
    waits = [(row["chat_id"], row["action"], row["body"]) for row in left["outbox"] if row["state"] == "waiting"]
    assert waits == [(cast.ito.chat_id, Action.SEND, {"text": "Of Ben."}), (0, Action.RECALL, {})]
    bodies = {row["update_id"]: (row["state"].value, row["body"] is None) for row in left["inbox"]}
    assert bodies == {901: ("done", True), 902: ("done", True), 903: ("done", True), 904: ("waiting", False)}


async def test_no_id_that_a_button_or_the_sender_knows_is_given_again(database: Database, cast: Cast) -> None:
    zoe = await database.write(lambda tx: a_life(tx, cast))
    before = await database.write(rows_of)
    await forgotten(database, zoe)

    def anew(tx: Connection) -> dict[str, int]:
        lea = enrolled(tx, ChatId(7), cast.ito, "Lea")
        kind = storage.tables.Kind.OTHER
        session = storage.sessions.add(tx, lea.id, cast.ito.id, day=MONDAY, kind=kind, now=NOW).id
        bubble = storage.outbox.add_bubble(tx, lea.chat_id, lea.id, NOW)
        row = storage.outbox.add(tx, lea.chat_id, Action.SEND, {}, urgency=Urgency.ANSWER, now=NOW)
        return {"patients": lea.id, "sessions": session, "bubbles": bubble, "outbox": row}

    for name, number in (await database.write(anew)).items():
        assert number > max(row["id"] for row in before[name]), name


async def test_a_therapist_who_keeps_a_diary_loses_the_diary_alone(database: Database, cast: Cast) -> None:
    def own(tx: Connection) -> Patient:
        lea = enrolled(tx, cast.roy.chat_id, cast.ito, "Lea")
        storage.people.expect(tx, cast.roy.chat_id, "note:2026-03-02")
        for role in (storage.tables.Role.PATIENT, storage.tables.Role.THERAPIST):
            storage.digests.claim(tx, cast.roy.chat_id, role, MONDAY, NOW)
        return lea

    lea = await database.write(own)
    await forgotten(database, lea)
    left = await database.write(rows_of)
    account = next(row for row in left["accounts"] if row["chat_id"] == cast.roy.chat_id)
    assert account["expecting"] is None
    assert [row["role"].value for row in left["digests"]] == ["therapist"]
    assert [row["id"] for row in left["therapists"]] == [cast.ito.id, cast.roy.id]


# --- the bytes ------------------------------------------------------------------------------------------------


def stirred(tx: Connection, cast: Cast, zoe: Patient, seed: int) -> None:
    """Notes of several people that grow and so push one another from page to page, which leaves copies behind."""
    chance = random.Random(seed)
    for _ in range(300):
        patient = chance.choice((zoe, cast.ada, cast.ben))
        text = NOTE if patient is zoe else "quite another thing"
        storage.entries.add_note(tx, patient.id, MONDAY, text * chance.randrange(1, 15), NOW)
        if chance.random() < 0.4:
            own = select(tables.notes.c.id).where(tables.notes.c.patient_id == patient.id)
            note = chance.choice(tx.execute(own).scalars().all())
            longer = tables.notes.update().where(tables.notes.c.id == note)
            tx.execute(longer.values(text=text * chance.randrange(1, 50)))


@pytest.mark.parametrize("seed", [4, 5, 6, 8, 11])
async def test_no_byte_of_a_name_a_note_or_a_chat_stays_in_the_file_or_its_log(
    database: Database, cast: Cast, seed: int
) -> None:
    zoe = await database.write(lambda tx: a_life(tx, cast))
    await database.write(lambda tx: stirred(tx, cast, zoe, seed))
    assert all(trace in bytes_of(database.path) for trace in TRACES), "the search finds what is there"
    await forgotten(database, zoe)
    assert [trace for trace in TRACES if trace in bytes_of(database.path)] == []
    assert b"quite another thing" in bytes_of(database.path)
    await database.close()
    assert [trace for trace in TRACES if trace in bytes_of(database.path)] == []


async def test_what_is_said_to_somebody_without_an_account_leaves_no_trace_once_it_is_settled(
    database: Database,
) -> None:
    row = await database.write(
        lambda tx: storage.outbox.add(tx, ZOE, Action.SEND, {"text": NOTE}, urgency=Urgency.ANSWER, now=NOW)
    )
    assert NOTE.encode() in bytes_of(database.path)
    gone = Settlement(row, OutboxState.BLOCKED, NOW, 1, error="blocked")
    await database.write(lambda tx: storage.outbox.settle(tx, [gone]))
    assert [trace for trace in TRACES if trace in bytes_of(database.path)] == []


async def test_a_reader_only_delays_the_end_of_it(database: Database, cast: Cast) -> None:
    zoe = await database.write(lambda tx: a_life(tx, cast))
    with closing(checks.reader(database.path)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from notes").fetchone()
        await forgotten(database, zoe)
        assert NOTE.encode() in bytes_of(database.path)
        assert not await database.sweep(), "as often as it is tried"
        assert sweeping.mark_of(database.path).exists()
        reader.execute("rollback")
    assert await database.sweep()
    assert NOTE.encode() not in bytes_of(database.path)
    assert not sweeping.mark_of(database.path).exists()


async def test_a_sweep_that_fails_ends_nothing_and_is_tried_again(
    database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(writer: object, path: Path) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    zoe = await database.write(lambda tx: a_life(tx, cast))
    with monkeypatch.context() as patched:
        patched.setattr(sweeping, "_write_anew", full)
        await forgotten(database, zoe)
        assert not await database.sweep()
    assert await database.sweep()
    assert [trace for trace in TRACES if trace in bytes_of(database.path)] == []


async def test_a_mark_stays_until_the_farewell_has_let_go(database: Database, cast: Cast) -> None:
    zoe = await database.write(lambda tx: a_life(tx, cast))

    def farewell(tx: Connection) -> int:
        privacy.forget(tx, zoe, NOW, keeps_account=False)
        return storage.outbox.add(tx, ZOE, Action.SEND, {"text": "bye"}, urgency=Urgency.ANSWER, now=NOW)

    row = await database.write(farewell)
    assert sweeping.mark_of(database.path).exists()
    await database.write(lambda tx: storage.outbox.settle(tx, [Settlement(row, OutboxState.DELIVERED, NOW, 1)]))
    assert not sweeping.mark_of(database.path).exists()
    assert [trace for trace in TRACES if trace in bytes_of(database.path)] == []


# --- kills and older files ------------------------------------------------------------------------------------


class Killed(Exception):
    pass


async def opened_again(database: Database) -> Database:
    again = Database(database.path)
    await again.open(NOW)
    return again


async def test_a_kill_between_the_ledger_and_the_commit_is_ended_by_the_next_start(
    database: Database, cast: Cast
) -> None:
    zoe = await database.write(lambda tx: a_life(tx, cast))
    await database.write(lambda tx: privacy.begin(tx, zoe, NOW, NOW))
    leaving = await database.write(lambda tx: storage.people.patient_by_id(tx, zoe.id))

    def killed(tx: Connection) -> None:
        privacy.forget(tx, leaving, NOW, keeps_account=False)
        raise Killed

    with pytest.raises(Killed):
        await database.write(killed)
    assert await database.write(lambda tx: storage.people.patient(tx, ZOE)) is not None
    await database.close()
    again = await opened_again(database)
    try:
        assert again.forgotten == [(ZOE, "en")], "who is to be told that it is done"
        assert await again.write(lambda tx: storage.people.patient(tx, ZOE)) is None
        assert NOTE.encode() not in bytes_of(again.path).replace(b"901", b"")
        assert not [row for row in (await again.write(rows_of))["outbox"] if row["chat_id"] == ZOE]
    finally:
        await again.close()


async def test_a_kill_between_the_commit_and_the_sweep_is_made_up_for_by_the_next_start(
    database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    zoe = await database.write(lambda tx: a_life(tx, cast))
    monkeypatch.setattr(sweeping.Sweeper, "sweep", lambda self, writer, now=False: False)
    await forgotten(database, zoe)
    # What a kill leaves: the file, its log and the mark, as they are.
    left = tmp_path / "left" / "diary.db"
    left.parent.mkdir()
    for end in ("", "-wal", ".unswept", ".forgotten"):
        left.with_name(left.name + end).write_bytes(database.path.with_name(database.path.name + end).read_bytes())
    assert NOTE.encode() in bytes_of(left)
    monkeypatch.undo()
    again = Database(left)
    await again.open(NOW)
    try:
        assert [trace for trace in TRACES if trace in bytes_of(left)] == []
        assert not sweeping.mark_of(left).exists()
    finally:
        await again.close()


async def test_a_log_that_a_kill_left_is_cut_at_the_next_start(database: Database, cast: Cast, tmp_path: Path) -> None:
    left = tmp_path / "left" / "diary.db"
    left.parent.mkdir()
    for end in ("", "-wal"):
        left.with_name(left.name + end).write_bytes(database.path.with_name(database.path.name + end).read_bytes())
    assert left.with_name("diary.db-wal").stat().st_size > 0
    again = Database(left)
    await again.open(NOW)
    try:
        assert left.with_name("diary.db-wal").stat().st_size == 0
    finally:
        await again.close()


async def test_an_older_file_put_in_place_loses_whoever_was_forgotten_since(
    database: Database, cast: Cast, tmp_path: Path
) -> None:
    zoe = await database.write(lambda tx: a_life(tx, cast))
    backups.make(database.path, tmp_path / "older.db")
    await forgotten(database, zoe)
    await database.close()
    for end in ("-wal", "-shm"):
        database.path.with_name(database.path.name + end).unlink(missing_ok=True)
    database.path.write_bytes((tmp_path / "older.db").read_bytes())
    again = await opened_again(database)
    try:
        assert await again.write(lambda tx: storage.people.patient(tx, ZOE)) is None
        assert await again.write(lambda tx: storage.people.patient(tx, cast.ada.chat_id)) is not None
        assert again.forgotten == [], "who was told once is not told again"
    finally:
        await again.close()


async def test_a_restore_deletes_them_again_before_the_backup_takes_its_place(
    database: Database, cast: Cast, tmp_path: Path
) -> None:
    zoe = await database.write(lambda tx: a_life(tx, cast))
    backups.make(database.path, tmp_path / "older.db")
    await forgotten(database, zoe)
    await database.close()
    known = ledger.tags(ledger.beside(database.path))
    assert len(known) == 1
    restored = backups.restore(tmp_path / "older.db", database.path, NOW, HEAD, known)
    assert restored.forgotten == 1
    assert [trace for trace in TRACES if trace in database.path.read_bytes()] == []
    with closing(checks.reader(database.path)) as reader:
        assert reader.execute("pragma foreign_key_check").fetchall() == []
        assert reader.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert reader.execute("select count(*) from patients").fetchone() == (2,)


@pytest.mark.parametrize("form", ["0001", "0002"])
def test_a_backup_of_an_older_form_is_known_by_the_same_ids_and_loses_them_too(form: str, tmp_path: Path) -> None:
    path = tmp_path / "diary.db"
    dump = Path(__file__).with_name("released") / f"{form}.sql"
    with closing(sqlite3.connect(path, isolation_level=None)) as made:
        made.executescript(dump.read_text(encoding="utf-8"))
        older = erasure.tagged(made)
    backups.make(path, tmp_path / "older.db")
    engine = writer_engine(path)
    with engine.connect() as connection:
        storage.database.migrate(connection, path, NOW)
        kept = {row[0]: row[1] for row in connection.exec_driver_sql("select tag, id from patients")}
    engine.dispose()
    assert older
    assert older.items() <= kept.items(), "the migration took the same ids out of the same invitations"
    tag, patient_id = next(iter(older.items()))
    with closing(sqlite3.connect(path)) as file:
        (chat,) = file.execute("select chat_id from patients where id = ?", (patient_id,)).fetchone()
    restored = backups.restore(tmp_path / "older.db", path, NOW, HEAD, frozenset({tag}))
    assert restored.forgotten == 1
    with closing(checks.reader(path)) as reader:
        assert reader.execute("select count(*) from patients where id = ?", (patient_id,)).fetchone() == (0,)
        assert reader.execute("select count(*) from accounts where chat_id = ?", (chat,)).fetchone() == (0,)
        assert reader.execute("pragma foreign_key_check").fetchall() == []


# --- the ledger -----------------------------------------------------------------------------------------------


def test_the_ledger_keeps_each_id_once_for_its_owner_alone_and_survives_a_torn_line(tmp_path: Path) -> None:
    database = tmp_path / "diary.db"
    first, second = "0" * 32, "f" * 32
    ledger.add(database, [])
    assert not ledger.beside(database).exists()
    ledger.add(database, [first])
    with ledger.beside(database).open("a") as file:
        file.write("abc")
    ledger.add(database, [first, second])
    assert ledger.tags(ledger.beside(database)) == {first, second}
    assert ledger.beside(database).read_text() == f"{first}\nabc\n{second}\n"
    assert ledger.beside(database).stat().st_mode & 0o777 == 0o600
    (tmp_path / "backups").mkdir()
    ledger.copy(database, tmp_path / "backups")
    assert ledger.tags(tmp_path / "backups" / "diary.db.forgotten") == {first, second}
    ledger.copy(tmp_path / "other.db", tmp_path / "backups")
    assert not (tmp_path / "backups" / "other.db.forgotten").exists()


async def test_without_a_ledger_nobody_is_forgotten(database: Database, cast: Cast) -> None:
    zoe = await database.write(lambda tx: a_life(tx, cast))
    ledger.beside(database.path).mkdir()
    with pytest.raises(storage.CannotWrite):
        await forgotten(database, zoe)
    assert await database.write(lambda tx: storage.people.patient(tx, ZOE)) is not None


# --- the wish -------------------------------------------------------------------------------------------------


async def test_in_the_week_before_nothing_is_due_and_what_waits_is_not_said(database: Database, cast: Cast) -> None:
    zoe = await database.write(lambda tx: a_life(tx, cast))
    at = NOW + timedelta(days=7)
    await database.write(lambda tx: privacy.begin(tx, zoe, at, NOW))
    rows = await database.write(rows_of)
    mine = next(row for row in rows["patients"] if row["id"] == zoe.id)
    assert (mine["stage"], mine["stage_before"], mine["forget_at"]) == (Stage.FORGETTING, Stage.ACTIVE, at)
    assert not [name for name, value in mine.items() if name.startswith("next_") and value is not None]
    assert [row["due_at"] for row in rows["red_flags"]] == [None]
    about = [row for row in rows["outbox"] if row["patient_id"] == zoe.id and row["chat_id"] != ZOE]
    assert {row["state"] for row in about} == {OutboxState.DROPPED}
    assert {row["state"] for row in rows["outbox"] if row["chat_id"] == ZOE} == {
        OutboxState.DELIVERED,
        OutboxState.WAITING,
    }
    assert await database.write(lambda tx: storage.sharing.readers_of(tx, zoe.id, NOW)) == []
    assert await database.write(lambda tx: storage.prompts.next_due_at(tx)) is not None
    assert await database.write(lambda tx: privacy.due(tx, at - timedelta(seconds=1), 9)) == []
    assert [it.id for it in await database.write(lambda tx: privacy.due(tx, at, 9))] == [zoe.id]
    assert await database.write(lambda tx: privacy.take_back(tx, zoe.id)) is Stage.ACTIVE
    back = await database.write(lambda tx: storage.people.patient_by_id(tx, zoe.id))
    assert (back.stage, back.forget_at) == (Stage.LEFT, None), "it opens when the next prompt is planned"
    assert len(await database.write(lambda tx: storage.sharing.readers_of(tx, zoe.id, NOW))) == 1


def test_every_row_about_a_patient_goes_with_the_patient() -> None:
    """What has no such column is deleted by its chat, or is nobody's; see `bot/storage/erasure.py`."""
    for table in tables.metadata.sorted_tables:
        if "patient_id" in table.c:
            (key,) = [it for it in table.foreign_keys if it.parent.name == "patient_id"]
            assert key.ondelete == "CASCADE", table.name
        elif table.name not in NOBODYS | STAFF | {"patients", "invites", "inbox"}:
            assert "chat_id" in table.c, table.name
