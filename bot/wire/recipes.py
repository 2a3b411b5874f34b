"""Recipes: has the rows that are still to be made made in worker processes, a few ahead of their turn to be sent.

Laws:
1. The sender never waits here: it begins a row, hears of it in `news`, and takes what was made when its turn comes.
2. What is made is sent soon or made anew, so that what it says, and who may see it, is no older than FRESH_FOR.
3. A recipe that fails is tried again, then without its picture, and in the end the row's own words go, which say so.
   While it pauses before a try it keeps no other from being made.
4. After a recall nothing that was made, or begun, before it is sent: it may show what may no longer be seen.
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from bot import logs
from bot.clock import Clock
from bot.crew import NotDone
from bot.press import NO_REST, Failed, Made, Nothing, Order
from bot.storage.outbox import Parcel, Urgency

log = logs.get(__name__)

AHEAD: Final = 12
"""Digests made ahead, those in the making included: enough for two workers never to stand still."""
TRIES: Final = 3
"""With the picture, and as many without. One that ends its worker is tried once each way."""
FRESH_FOR: Final = timedelta(seconds=10)
FIRST_PAUSE: Final = 1.0
"""Seconds before the second try; each further pause is twice as long."""
RESTS_KEPT: Final = 256
NOT_MADE: Final = "could not be made"

Make = Callable[[Order], Awaitable[Made | Nothing | Failed]]


@dataclass(frozen=True, slots=True)
class Result:
    """News of a row: it was made, or has to be made anew; or, where `nothing` says why, there is nothing to send."""

    parcel: Parcel
    nothing: str | None = None


@dataclass(frozen=True, slots=True)
class _Kept:
    parcel: Parcel
    made: Made
    at: float


class Recipes:
    """What the sender asks for rows that are still to be made. `came` is called whenever there is news."""

    def __init__(self, make: Make, database: Path, clock: Clock) -> None:
        self._make = make
        self._database = database
        self._clock = clock
        self.came: Callable[[], None] = lambda: None
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._at_work: set[int] = set()
        """Digests in the making: not those that pause before another try."""
        self._kept: OrderedDict[int, _Kept] = OrderedDict()
        self._news: list[Result] = []
        self._rests: OrderedDict[str, Made | Nothing] = OrderedDict()
        self._recalls = 0

    # --- the sender's side ------------------------------------------------------------------------------------

    def unmade(self, parcel: Parcel) -> bool:
        """Whether the row is still to be made."""
        return _is_recipe(parcel) and parcel.id not in self._kept

    def room(self, urgency: int) -> bool:
        """Whether another row may be begun now. Someone waits for what is no digest, so that always may."""
        ahead = sum(_is_digest(kept.parcel) for kept in self._kept.values()) + len(self._at_work)
        return urgency < Urgency.DIGEST or ahead < AHEAD

    def begin(self, parcel: Parcel, now: float) -> None:
        """Have the row made, unless it is being made."""
        if parcel.id in self._tasks:
            return
        if (rest := self._rests.pop(_week_of(parcel, rest=True), None)) is not None:
            self._keep(parcel, rest, now)
            return
        if _is_digest(parcel):
            self._at_work.add(parcel.id)
        task = asyncio.get_running_loop().create_task(self._have_made(parcel))
        self._tasks[parcel.id] = task
        task.add_done_callback(lambda _: self._ended(parcel))

    def news(self, now: float) -> list[Result]:
        """What came since the last call; among it what was made so long ago that it has to be made anew."""
        while self._kept and (oldest := next(iter(self._kept.values()))).at <= now - FRESH_FOR.total_seconds():
            del self._kept[oldest.parcel.id]
            self._news.append(Result(oldest.parcel))
        found, self._news = self._news, []
        return found

    def pause(self, now: float) -> float | None:
        """Seconds until the oldest that was made and not taken has to be made anew."""
        oldest = next(iter(self._kept.values()), None)
        return None if oldest is None else max(0.0, oldest.at + FRESH_FOR.total_seconds() - now)

    def take(self, parcel: Parcel) -> Made:
        """The row as it is sent, handed over once; one that was no recipe is as it was said."""
        kept = self._kept.pop(parcel.id, None)
        return Made(parcel.body) if kept is None else kept.made

    def recall(self, rows: set[int]) -> None:
        """Let go of these rows, and make anew whatever else is made or in the making."""
        self._recalls += 1
        self._rests.clear()
        for kept in list(self._kept.values()):
            del self._kept[kept.parcel.id]
            if kept.parcel.id not in rows:
                self._news.append(Result(kept.parcel))
        self._news = [result for result in self._news if result.parcel.id not in rows]
        for row, task in self._tasks.items():
            if row in rows:
                task.cancel()

    async def close(self) -> None:
        """Let go of what is in the making."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # --- in the making ----------------------------------------------------------------------------------------

    def _keep(self, parcel: Parcel, done: Made | Nothing, now: float) -> None:
        if isinstance(done, Nothing):
            self._news.append(Result(parcel, done.why))
        else:
            self._kept[parcel.id] = _Kept(parcel, done, now)
            self._news.append(Result(parcel))

    def _ended(self, parcel: Parcel) -> None:
        del self._tasks[parcel.id]
        self._at_work.discard(parcel.id)
        self.came()

    async def _have_made(self, parcel: Parcel) -> None:
        tries, pause = 0, FIRST_PAUSE
        last = TRIES + TRIES if "recipe" in parcel.body else TRIES
        while isinstance(done := await self._made_after_recalls(parcel, plain=tries >= TRIES), Failed):
            log.error("a message could not be made", why=done.why)
            tries = TRIES * (tries // TRIES + 1) if done.fatal else tries + 1
            if tries >= last:
                done = _given_up(parcel)
                break
            self._at_work.discard(parcel.id)
            self.came()
            await asyncio.sleep(pause)
            pause *= 2
            if _is_digest(parcel):
                self._at_work.add(parcel.id)
        self._at_work.discard(parcel.id)
        self._remember_rest(parcel, done)
        self._keep(parcel, done, asyncio.get_running_loop().time())

    async def _made_after_recalls(self, parcel: Parcel, *, plain: bool) -> Made | Nothing | Failed:
        """One try; what was begun before a recall is begun anew."""
        while True:
            recalls = self._recalls
            done = await self._tried(parcel, plain=plain)
            if recalls == self._recalls:
                return done

    async def _tried(self, parcel: Parcel, *, plain: bool) -> Made | Nothing | Failed:
        try:
            return await self._make(Order(self._database, parcel.chat_id, parcel.body, self._clock.now(), plain))
        except NotDone as error:
            return Failed(str(error), fatal=True)
        except Exception as error:
            return Failed(logs.trace(error))

    def _remember_rest(self, parcel: Parcel, done: Made | Nothing) -> None:
        """The second message of a week is made with the first, which tells whether there is one.

        However old, it is what belongs to that first message. Only a restart between the two makes it anew.
        """
        if not (name := _week_of(parcel, rest=False)) or isinstance(done, Nothing):
            return
        self._rests[name] = Nothing(NO_REST) if done.rest is None else Made(done.rest, seen=done.rest_seen)
        while len(self._rests) > RESTS_KEPT:
            self._rests.popitem(last=False)


def _is_recipe(parcel: Parcel) -> bool:
    return "recipe" in parcel.body or "picture" in parcel.body


def _is_digest(parcel: Parcel) -> bool:
    return parcel.urgency >= Urgency.DIGEST


def _given_up(parcel: Parcel) -> Made | Nothing:
    """The words that the row has for this; those of a picture are the message itself."""
    body = {name: value for name, value in parcel.body.items() if name not in ("recipe", "picture")}
    return Made(body) if body["text"] else Nothing(NOT_MADE)


def _week_of(parcel: Parcel, *, rest: bool) -> str:
    """A name for the week, of a patient or a panel, that both of its messages share; empty where the row is no such
    message of it."""
    recipe = parcel.body.get("recipe")
    if recipe is None or recipe["kind"] not in ("week", "panel") or recipe["values"].get("rest", False) is not rest:
        return ""
    values = {name: value for name, value in recipe["values"].items() if name != "rest"}
    return f"{parcel.chat_id} {recipe['kind']} {json.dumps(values, sort_keys=True)}"
