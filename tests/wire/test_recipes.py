"""What is still to be made: a few ahead, made anew when it is old, and in the end told in words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.clock import StillClock
from bot.crew import NotDone
from bot.diary.people import ChatId
from bot.press import NO_REST, Failed, Made, Nothing, Order
from bot.storage.outbox import Parcel, Urgency
from bot.storage.tables import Action
from bot.wire import recipes as module
from bot.wire.recipes import AHEAD, FRESH_FOR, TRIES, Recipes, Result
from tests.wire.conftest import ADA, NOW, holds

WEEK = {"kind": "week", "values": {"patient": 1, "start": "2026-03-02", "rest": False, "in": "en"}}
REST = WEEK | {"values": {**WEEK["values"], "rest": True}}  # type: ignore[dict-item]


def row(number: int, urgency: Urgency = Urgency.DIGEST, *, chat: ChatId = ADA, **body: Any) -> Parcel:
    body = {"text": "Sorry.", "recipe": {"kind": "panel", "values": {}}} | body
    return Parcel(number, chat, None, Action.SEND, urgency, True, body, None, None, None, None, 0)


@dataclass
class Kitchen:
    """Recipes with a make of the test's own; `now` is the event loop's."""

    make: Callable[[Order], Made | Nothing | Failed] = lambda order: Made({"text": "made"})
    orders: list[Order] = field(default_factory=list)
    held: asyncio.Event = field(default_factory=asyncio.Event)
    recipes: Recipes = field(init=False)

    def __post_init__(self) -> None:
        self.held.set()
        self.recipes = Recipes(self._make, Path("diary.db"), StillClock(NOW))

    async def _make(self, order: Order) -> Made | Nothing | Failed:
        self.orders.append(order)
        await self.held.wait()
        return self.make(order)

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    async def news(self, parcel: Parcel) -> Result:
        """Begin a row and wait for what comes of it."""
        self.recipes.begin(parcel, self.now())
        found: list[Result] = []
        await holds(lambda: found.extend(self.recipes.news(self.now())) or found)
        [result] = found
        assert result.parcel == parcel
        return result


@pytest.fixture
async def kitchen(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Kitchen]:
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.0)
    with capture_logs():
        kitchen = Kitchen()
        yield kitchen
        await kitchen.recipes.close()


async def test_what_is_ready_is_left_as_it_is(kitchen: Kitchen) -> None:
    ready = row(1)
    del ready.body["recipe"]
    assert not kitchen.recipes.unmade(ready)
    assert kitchen.recipes.take(ready) == Made(ready.body)
    assert kitchen.orders == []


async def test_a_row_is_made_once_and_handed_over_once(kitchen: Kitchen) -> None:
    kitchen.recipes.begin(row(1), kitchen.now())
    assert await kitchen.news(row(1)) == Result(row(1))
    assert len(kitchen.orders) == 1
    assert not kitchen.recipes.unmade(row(1))
    assert kitchen.recipes.take(row(1)) == Made({"text": "made"})
    assert kitchen.recipes.unmade(row(1))


async def test_so_many_digests_are_made_ahead_and_what_someone_waits_for_always_is(kitchen: Kitchen) -> None:
    kitchen.held.clear()
    for number in range(AHEAD):
        assert kitchen.recipes.room(Urgency.DIGEST)
        kitchen.recipes.begin(row(number), kitchen.now())
    assert not kitchen.recipes.room(Urgency.DIGEST)
    assert kitchen.recipes.room(Urgency.ANSWER)
    kitchen.held.set()
    await holds(lambda: kitchen.recipes.news(kitchen.now()))
    assert not kitchen.recipes.room(Urgency.DIGEST), "made, but not sent"
    kitchen.recipes.take(row(0))
    assert kitchen.recipes.room(Urgency.DIGEST)


async def test_what_was_not_sent_for_a_while_is_made_anew(kitchen: Kitchen) -> None:
    await kitchen.news(row(1))
    later = kitchen.now() + FRESH_FOR.total_seconds() + 1
    assert kitchen.recipes.pause(later) == 0.0
    assert kitchen.recipes.news(later) == [Result(row(1))]
    assert kitchen.recipes.unmade(row(1))
    assert kitchen.recipes.pause(later) is None


async def test_a_recipe_that_fails_is_tried_with_its_picture_then_without_and_then_its_words_go(
    kitchen: Kitchen,
) -> None:
    kitchen.make = lambda order: Failed("bot/press.py:1 in make")
    assert await kitchen.news(row(1)) == Result(row(1))
    assert kitchen.recipes.take(row(1)) == Made({"text": "Sorry."})
    assert [order.plain for order in kitchen.orders] == [False] * TRIES + [True] * TRIES


async def test_a_picture_that_cannot_be_drawn_leaves_the_words(kitchen: Kitchen) -> None:
    kitchen.make = lambda order: Made({"text": "words"}) if order.plain else Failed("bot/reports/pictures.py:1 in png")
    await kitchen.news(row(1))
    assert kitchen.recipes.take(row(1)) == Made({"text": "words"})
    code = row(2, text="Your link")
    del code.body["recipe"]
    code.body["picture"] = {"kind": "qr", "values": {}}
    kitchen.make = lambda order: Failed("bot/reports/pictures.py:1 in qr")
    await kitchen.news(code)
    assert kitchen.recipes.take(code) == Made({"text": "Your link"})


async def test_one_that_ends_its_workers_is_tried_once_each_way(kitchen: Kitchen) -> None:
    def deadly(order: Order) -> Made:
        raise NotDone("two workers died over this order")

    kitchen.make = deadly
    await kitchen.news(row(1))
    assert [order.plain for order in kitchen.orders] == [False, True]


async def test_one_that_pauses_before_a_try_takes_no_others_place(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE", 600.0)
    kitchen.make = lambda order: Failed("bot/press.py:1 in make")
    for number in range(AHEAD):
        kitchen.recipes.begin(row(number), kitchen.now())
    await holds(lambda: kitchen.recipes.room(Urgency.DIGEST))
    assert len(kitchen.orders) == AHEAD


async def test_the_second_message_of_a_week_is_made_with_the_first(kitchen: Kitchen) -> None:
    kitchen.make = lambda order: Made({"text": "chart"}, rest={"text": "the words"})
    await kitchen.news(row(1, recipe=WEEK))
    await kitchen.news(row(2, recipe=REST))
    assert kitchen.recipes.take(row(2, recipe=REST)) == Made({"text": "the words"})
    kitchen.make = lambda order: Made({"text": "chart and words"})
    await kitchen.news(row(3, recipe=WEEK))
    assert await kitchen.news(row(4, text="", recipe=REST)) == Result(row(4, text="", recipe=REST), NO_REST)
    assert len(kitchen.orders) == 2
    other = row(5, chat=ChatId(999), text="", recipe=REST)
    kitchen.make = lambda order: Nothing(NO_REST)
    assert await kitchen.news(other) == Result(other, NO_REST)
    assert len(kitchen.orders) == 3, "of someone else nothing is remembered"


async def test_closing_lets_go_of_what_is_in_the_making(kitchen: Kitchen) -> None:
    kitchen.held.clear()
    kitchen.recipes.begin(row(1), kitchen.now())
    await holds(lambda: kitchen.orders)
    await kitchen.recipes.close()
    assert kitchen.recipes.news(kitchen.now()) == []
    assert kitchen.recipes.unmade(row(1))
