"""Updates: kept once, handled in order of arrival, their words gone when done, their ids known for days."""

from __future__ import annotations

import json
import math
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from bot.storage import Database, inbox
from tests.storage.conftest import NOW

BATCH = [(901, '{"n":1}'), (905, '{"n":2}'), (903, '{"n":3}')]


def stored(tx: Connection) -> list[tuple[int, str, str | None]]:
    rows = tx.execute(text("select update_id, state, body from inbox order by seq"))
    return [(row[0], row[1], row[2]) for row in rows]


async def test_updates_wait_in_order_of_arrival(database: Database) -> None:
    def work(tx: Connection) -> None:
        inbox.put(tx, BATCH, NOW)
        assert [arrival.update_id for arrival in inbox.waiting(tx, 10)] == [901, 905, 903]
        [first] = inbox.waiting(tx, 1)
        assert (first.update_id, first.body, first.received_at, first.tries) == (901, '{"n":1}', NOW, 0)
        assert inbox.depth(tx) == 3

    await database.write(work)


async def test_an_update_that_comes_again_is_ignored_whatever_became_of_it(database: Database) -> None:
    def work(tx: Connection) -> list[tuple[int, str, str | None]]:
        inbox.put(tx, BATCH, NOW)
        first, second, _ = inbox.waiting(tx, 10)
        inbox.done(tx, [first.seq], NOW)
        inbox.park(tx, second.seq, "ValueError", NOW, 3)
        inbox.put(tx, [*((number, "again") for number, _ in BATCH), (906, "new")], NOW)
        return stored(tx)

    assert await database.write(work) == [
        (901, "done", None),
        (905, "parked", '{"n":2}'),
        (903, "waiting", '{"n":3}'),
        (906, "waiting", "new"),
    ]


async def test_an_id_twice_in_one_batch_is_kept_once(database: Database) -> None:
    def work(tx: Connection) -> list[tuple[int, str, str | None]]:
        inbox.put(tx, [(901, "first"), (901, "second")], NOW)
        return stored(tx)

    assert await database.write(work) == [(901, "waiting", "first")]


async def test_a_long_reason_does_not_keep_an_update_from_being_parked(database: Database) -> None:
    def work(tx: Connection) -> int:
        inbox.put(tx, BATCH[:1], NOW)
        inbox.park(tx, inbox.waiting(tx, 1)[0].seq, "x" * 1_000, NOW, 3)
        return len(str(tx.execute(text("select reason from inbox")).scalar()))

    assert await database.write(work) == 200


async def test_tries_are_counted_and_taken_back(database: Database) -> None:
    def work(tx: Connection) -> list[int]:
        inbox.put(tx, BATCH[:1], NOW)
        seen = []
        for by in (1, 1, -1):
            inbox.count_try(tx, inbox.waiting(tx, 1)[0].seq, by)
            seen.append(inbox.waiting(tx, 1)[0].tries)
        return seen

    assert await database.write(work) == [1, 2, 1]


async def test_ids_are_known_for_three_days_and_parked_updates_for_ever(database: Database) -> None:
    def work(tx: Connection) -> tuple[int, int, list[int]]:
        inbox.put(tx, BATCH, NOW)
        first, second, _ = inbox.waiting(tx, 10)
        inbox.done(tx, [first.seq], NOW)
        inbox.park(tx, second.seq, "ValueError", NOW, 3)
        early = inbox.forget_old(tx, NOW + timedelta(days=3), 10)
        late = inbox.forget_old(tx, NOW + timedelta(days=3, seconds=1), 10)
        return early, late, [row[0] for row in stored(tx)]

    assert await database.write(work) == (0, 1, [905, 903])


@pytest.mark.parametrize("value", ["7", "\ud83d", "Zürich 🙂", 10**30, float("inf"), None, [[[]]]])
def test_what_came_is_kept_as_it_came(value: object) -> None:
    update = {"update_id": 1, "message": {"text": value}}
    assert json.loads(inbox.kept(update)) == update


def test_a_place_that_is_no_number_is_kept_as_none_and_not_as_nothing() -> None:
    update = {"update_id": 1, "message": {"location": {"latitude": float("nan"), "longitude": 0.0}}}
    assert math.isnan(json.loads(inbox.kept(update))["message"]["location"]["latitude"])
