"""The tick costs what it does, not how much there is: everything by index, and old rows a portion at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from bot import jobs, storage
from bot.diary.people import ChatId, Reach
from bot.storage.outbox import Settlement, Urgency
from bot.storage.prepared import driver
from bot.storage.tables import Action, OutboxState
from tests.handlers.desk import Desk
from tests.stage import ITO

EVENING = datetime(2026, 3, 2, 20, tzinfo=UTC)
MONDAY = datetime(2026, 3, 9, 22, tzinfo=UTC)
"""The digests of the week have been due since the morning, and prompts are a week late."""
WHOLE = ("CONSTANT ROW", "(subquery", "anon_", "notices", "admins")
"""What is gone through whole: lists that a statement brings with it, and tables that hold a few rows a clinic admin."""
PARTIAL = ("ix_inbox_waiting", "ix_inbox_parked", "ix_outbox_waiting", "ix_therapists_undelivered")
"""Indexes of only what waits."""


def plans(tx: Connection, statements: set[str]) -> list[tuple[str, str]]:
    """Every step of each of the statements as SQLite would take it."""
    return [
        (statement, step[3])
        for statement in sorted(statements)
        for step in driver(tx).execute(f"explain query plan {statement}")
    ]


async def test_no_statement_of_a_tick_goes_through_a_table_that_grows(clinic: Desk) -> None:
    desk, ran = clinic, set[str]()

    def begin(tx: Connection) -> None:
        storage.people.put_reach(tx, ChatId(ITO), Reach.BLOCKED, desk.now)
        driver(tx).set_trace_callback(ran.add)

    def end(tx: Connection) -> list[tuple[str, str]]:
        driver(tx).set_trace_callback(None)
        verbs = ("select", "insert", "update", "delete")
        return plans(tx, {statement for statement in ran if statement.lower().startswith(verbs)})

    await desk.database.write(begin)
    done: dict[str, int] = {}
    for now in (EVENING, MONDAY):
        desk.clock.move_to(now)
        done |= await desk.ticker.tick(now)
    assert done.keys() >= {"send", "digests"}
    steps = await desk.database.write(end)
    tables = {word for statement, _ in steps for word in statement.replace(".", " ").split()}
    assert tables >= {
        "patients",
        "scores",
        "items",
        "diary_days",
        "bubbles",
        "outbox",
        "inbox",
        "digests",
        "therapists",
    }
    scans = [
        (step, statement)
        for statement, step in steps
        if step.startswith("SCAN ")
        and not step.removeprefix("SCAN ").startswith(WHOLE)
        and not any(index in step for index in PARTIAL)
    ]
    assert scans == []


async def test_what_is_tidied_away_goes_a_portion_at_a_time_and_all_of_it_in_the_end(
    clinic: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = clinic
    monkeypatch.setattr(jobs, "TIDIED_AT_ONCE", 3)
    monkeypatch.setattr(jobs, "PORTIONS", 2)
    await desk.rows("delete from inbox returning 1")
    await desk.rows("update patients set next_prompt_at = null, next_digest_at = null returning 1")
    await desk.rows("update therapists set next_digest_at = null returning 1")

    def old(tx: Connection) -> None:
        tx.exec_driver_sql("delete from outbox")
        rows = [
            storage.outbox.add(tx, ChatId(ITO), Action.SEND, {"text": "x"}, urgency=Urgency.ANSWER, now=desk.now)
            for _ in range(9)
        ]
        storage.outbox.settle(tx, [Settlement(row, OutboxState.DELIVERED, desk.now, 1) for row in rows])
        storage.inbox.put(tx, [(10_000 + n, "{}") for n in range(8)], desk.now)
        storage.inbox.done(tx, [arrival.seq for arrival in storage.inbox.waiting(tx, 10)], desk.now)

    await desk.database.write(old)
    left = []
    for day in (1, 15, 16, 17):
        await desk.ticker.tick(desk.now + timedelta(days=day))
        left += await desk.rows("select (select count(*) from inbox), (select count(*) from outbox)")
    # The newest message stays for good, so that its number is not given again.
    assert left == [(8, 9), (2, 3), (0, 1), (0, 1)]
