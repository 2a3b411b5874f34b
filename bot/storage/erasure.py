"""Deletes a person from a file: every row about them, in whatever form of the file.

Laws:
1. What to delete is read from the file's own schema: each table that names a patient or a chat is gone through, so that
   one that is added later can't be forgotten, and a backup of an older form is treated like the present file.
2. Nothing of anybody else is touched.
3. No id is given twice that a button, a bubble or the sender may still know: the newest row of the outbox and of the
   bubbles is emptied instead of deleted, and of the other tables the highest id is remembered.
"""

# ruff: noqa: S608
# The names in these statements are those of the file's own tables and columns, never anybody's words.

from __future__ import annotations

import html
import json
import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

NOBODY: Final = 0
"""The chat of a row that was emptied; Telegram has no such chat."""
KEPT_EMPTY: Final = ("outbox", "bubbles")
FORMER_TAG: Final = (
    "(select substr(lower(hex(code_hash)), 1, 32) from invites where used_by = patients.chat_id and role = 'patient'"
    " order by id limit 1)"
)
"""The random id of a patient in a file from before migration 0003, which takes it from there."""
_LETS_GO: Final = (
    "chat_id", "patient_id", "bubble_id", "message_id", "day", "replaces", "body", "error",
)  # fmt: skip

Schema = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class _Person:
    """Whom it is about; `labels`: what their therapists call them; `leaves`: no other role keeps the chat's account."""

    patient_id: int
    chat_id: int
    therapists: list[int]
    labels: list[str]
    invites: list[int]
    leaves: bool


def schema_of(file: sqlite3.Connection) -> Schema:
    """The columns of every table."""
    names = [row[0] for row in file.execute("select name from sqlite_master where type = 'table'")]
    return {
        name: [row[1] for row in file.execute(f'pragma table_info("{name}")')]
        for name in names
        if not name.startswith("sqlite_")
    }


def tagged(file: sqlite3.Connection) -> dict[str, int]:
    """The patients of a file of any form by their random ids."""
    schema = schema_of(file)
    if "patients" not in schema:
        return {}
    tag = "tag" if "tag" in schema["patients"] else FORMER_TAG
    return {row[0]: row[1] for row in file.execute(f"select {tag}, id from patients") if row[0] is not None}


def erase(
    file: sqlite3.Connection, patient_id: int, *, keeps_account: bool = False, keeps_waiting: bool = False
) -> None:
    """Delete every row about a patient, in the transaction that is open. `file` has its foreign keys on.

    `keeps_account`: the chat has another role that the file does not know of. One that it knows of keeps it anyway.
    `keeps_waiting`: updates that wait stay, for whoever handles them next; nothing of them will be stored.
    """
    schema = schema_of(file)
    person = _person(file, schema, patient_id, keeps_account)
    _remember_ids(file, schema, patient_id)
    for table in KEPT_EMPTY:
        _empty_newest(file, schema[table], table, person)
    _drop_what_names(file, person)
    # All that refers to a patient goes with it, in the right order; what is left after that refers to nobody.
    file.execute("delete from patients where id = ?", (patient_id,))
    for table, columns in schema.items():
        if "patient_id" in columns:
            file.execute(f'delete from "{table}" where patient_id = ?', (patient_id,))
    file.executemany("delete from invites where id = ?", [(invite,) for invite in person.invites])
    _let_the_chat_go(file, schema, person)
    _blank_updates(file, person, keeps_waiting)


def _person(file: sqlite3.Connection, schema: Schema, patient_id: int, keeps_account: bool) -> _Person:
    chat_id, invite_id = file.execute("select chat_id, invite_id from patients where id = ?", (patient_id,)).fetchone()
    roles = [
        file.execute(f"select 1 from {table} where chat_id = ?", (chat_id,)).fetchone() for table in _roles(schema)
    ]
    used = file.execute(
        "select id, therapist_id, label from invites where id = ? or (used_by = ? and role = 'patient')",
        (invite_id, chat_id),
    ).fetchall()
    shared = file.execute("select therapist_id, label from shares where patient_id = ?", (patient_id,)).fetchall()
    therapists = sorted({row[1] for row in used} | {row[0] for row in shared} - {None})
    labels = sorted({row[2] for row in used if row[2]} | {row[1] for row in shared if row[1]})
    # A second link for the same person, never opened, would leave the name behind and let it in again.
    unused = [
        row[0]
        for row in file.execute(
            "select id, therapist_id, label from invites"
            " where role = 'patient' and used_by is null and label is not null"
        )
        if row[1] in therapists and row[2].casefold() in {label.casefold() for label in labels}
    ]
    leaves = not keeps_account and not any(roles)
    return _Person(patient_id, chat_id, therapists, labels, [row[0] for row in used] + unused, leaves)


def _roles(schema: Schema) -> list[str]:
    return [table for table in ("therapists", "admins") if table in schema]


def _remember_ids(file: sqlite3.Connection, schema: Schema, patient_id: int) -> None:
    """What buttons name that stay in people's chats: its ids are never given again."""
    if "used_ids" not in schema:
        return
    of_patient = ("sessions", "checkins", "offers", "alerts")
    named = (("patients", "id"), *((table, "patient_id") for table in of_patient))
    for table, column in named:
        if table not in schema:
            continue
        highest = file.execute(f"select max(id) from {table} where {column} = ?", (patient_id,)).fetchone()[0]
        if highest is not None:
            file.execute(
                "insert into used_ids (name, highest) values (?, ?)"
                " on conflict (name) do update set highest = max(highest, excluded.highest)",
                (table, highest),
            )


def _empty_newest(file: sqlite3.Connection, columns: list[str], table: str, person: _Person) -> None:
    """Let the newest row of a table go of its person, if it is this one; it stays, to keep its id from coming back."""
    file.execute(f"delete from {table} where chat_id = {NOBODY} and id < (select max(id) from {table})")
    assigned = [f"{name} = {NOBODY if name == 'chat_id' else 'null'}" for name in _LETS_GO if name in columns]
    if "state" in columns:
        assigned.append("settled_at = coalesce(settled_at, created_at)")
        assigned.append("state = case state when 'waiting' then 'dropped' else state end")
    file.execute(
        f"update {table} set {', '.join(assigned)} where id = (select max(id) from {table})"
        " and (patient_id = ? or (? and chat_id = ?))",
        (person.patient_id, person.leaves, person.chat_id),
    )


def _drop_what_names(file: sqlite3.Connection, person: _Person) -> None:
    """Messages to their therapists that are not sent yet and name this person among others: a list to choose from."""
    chats = [
        row[0]
        for therapist in person.therapists
        for row in file.execute("select chat_id from therapists where id = ?", (therapist,))
    ]
    newest = file.execute("select max(id) from outbox").fetchone()[0]
    for chat in chats:
        waiting = file.execute(
            "select id, body from outbox where state = 'waiting' and chat_id = ? and patient_id is null"
            " and body is not null",
            (chat,),
        ).fetchall()
        for row_id, body in waiting:
            if not any(_names(text, person.labels) for text in _texts(json.loads(body))):
                continue
            if row_id == newest:
                file.execute(
                    "update outbox set state = 'dropped', body = null, settled_at = created_at where id = ?", (row_id,)
                )
            else:
                file.execute("delete from outbox where id = ?", (row_id,))


def _names(text: str, labels: Collection[str]) -> bool:
    """Whether a button is labelled so, or a text has the name in bold, as all of ours have."""
    return any(text == label or f"<b>{html.escape(label, quote=False)}</b>" in text for label in labels)


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from _texts(inner)
        case list():
            for inner in value:
                yield from _texts(inner)


def _let_the_chat_go(file: sqlite3.Connection, schema: Schema, person: _Person) -> None:
    if not person.leaves:
        file.execute("delete from digests where chat_id = ? and role = 'patient'", (person.chat_id,))
        file.execute("update accounts set expecting = null where chat_id = ?", (person.chat_id,))
        return
    for table, columns in schema.items():
        if "chat_id" in columns and table != "accounts":
            file.execute(f'delete from "{table}" where chat_id = ?', (person.chat_id,))
    file.execute("delete from accounts where chat_id = ?", (person.chat_id,))


def _blank_updates(file: sqlite3.Connection, person: _Person, keeps_waiting: bool) -> None:
    """Empty what this person sent, and what was set aside and mentions them; the update's own number stays known."""
    if not person.leaves:
        return
    kept = "state <> 'waiting' and" if keeps_waiting else ""
    found = file.execute(
        f"select seq, state, body from inbox where {kept} body is not null and instr(body, ?) > 0",
        (str(person.chat_id),),
    ).fetchall()
    theirs = [
        (seq,)
        for seq, state, body in found
        if (_is_from(body, person.chat_id) if state == "waiting" else _mentions(json.loads(body), person.chat_id))
    ]
    file.executemany(
        "update inbox set state = 'done', body = null, reason = null, done_at = coalesce(done_at, received_at)"
        " where seq = ?",
        theirs,
    )


def _is_from(body: str, chat_id: int) -> bool:
    """Whether an update came from this chat: anybody else's has to be answered."""
    update = json.loads(body)
    about = [it for it in update.values() if isinstance(it, dict)] if isinstance(update, dict) else []
    about += [it["message"] for it in about if isinstance(it.get("message"), dict)]
    return _mentions([it.get(where) for it in about for where in ("from", "chat")], chat_id)


def _mentions(value: Any, chat_id: int) -> bool:
    match value:
        case dict():
            return any(_mentions(inner, chat_id) for inner in value.values())
        case list():
            return any(_mentions(inner, chat_id) for inner in value)
        case _:
            return type(value) is int and value == chat_id
