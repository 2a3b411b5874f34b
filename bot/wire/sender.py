"""The sender: takes rows out of the outbox, paces them, and settles each with what happened.

Laws:
1. Per chat, new messages go in the order in which they were said; no chat waits for another chat's call.
2. Edits and answers to taps are never paced; only a 429 holds them back.
3. A row that must not go twice is marked as started, durably, before it goes. All others go again when in doubt.
4. A row is settled in the same transaction as its consequences (the bubble's number, a blocked chat, a day not asked).
"""

from __future__ import annotations

import asyncio
import heapq
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

import aiohttp
from sqlalchemy import Connection

from bot import logs, storage
from bot.clock import Clock
from bot.diary.entries import Cause
from bot.diary.people import ChatId, Reach
from bot.storage.outbox import Parcel, Settlement, Urgency
from bot.storage.tables import Action, OutboxState
from bot.wire.bodies import Call, Verdict, call_of, verdict_of
from bot.wire.figures import Figures
from bot.wire.http import NotSent, Request, Unanswered
from bot.wire.pacing import Pace

log = logs.get(__name__)

AT_ONCE: Final = 256
"""Calls under way at once: a chat that hangs holds one."""
IN_MEMORY: Final = 1_000
"""Prompts and digests read ahead; urgent rows are always read."""
SETTLE_WITHIN: Final = 0.02
"""Seconds that a result may wait for others to share its commit."""
LONGEST_PAUSE: Final = 60.0
"""Seconds between tries at most, after failures that double the pause from one second on."""
STOP_WITHIN: Final = 2.0
"""Seconds that calls under way get to end when the program stops."""
FLOODED_CHATS: Final = 3
"""Chats held back by 429 at once from which the limit is taken to be the whole bot's."""
PICTURE_TRIES: Final = 3
"""After so many failures to draw, the text goes alone."""

Draw = Callable[[Parcel], Awaitable[bytes | None]]
"""Makes the picture of a row; None where the reader may no longer see it."""


@dataclass(slots=True)
class Lane:
    """What one chat still gets of one sort, in order; one call at a time."""

    waiting: list[tuple[int, int, Parcel]] = field(default_factory=list)
    busy: bool = False
    free_at: float = 0.0


class Sender:
    """Sends until cancelled. `wake` tells it that rows were added."""

    def __init__(
        self,
        database: storage.Database,
        request: Request,
        base_url: str,
        clock: Clock,
        draw: Draw,
        *,
        per_second: float,
        per_second_per_chat: float,
        figures: Figures | None = None,
    ) -> None:
        self._database = database
        self._request = request
        self._base_url = base_url
        self._clock = clock
        self._draw = draw
        self._figures = figures or Figures()
        self._pace = Pace(per_second)
        self._chat_gap = 1 / per_second_per_chat
        self._now_lanes: dict[ChatId, Lane] = {}
        self._new_lanes: dict[ChatId, Lane] = {}
        self._held: dict[ChatId, float] = {}
        self._shown: OrderedDict[int, int] = OrderedDict()
        self._aside: dict[int, list[Parcel]] = {}
        self._read_to = {"urgent": 0, "bulk": 0}
        self._bulk = 0
        self._settled: list[tuple[Parcel, Verdict, datetime]] = []
        self._settle_at: float | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._more = True
        self._event = asyncio.Event()

    # --- the outside ------------------------------------------------------------------------------------------

    def wake(self) -> None:
        """Rows were added to the outbox."""
        self._more = True
        self._event.set()

    def idle(self) -> bool:
        """Whether nothing is read, under way or to be settled."""
        lanes = [*self._now_lanes.values(), *self._new_lanes.values()]
        return not (self._more or self._running or self._settled or any(lane.waiting for lane in lanes))

    def sendable(self) -> bool:
        """Whether something is under way, or waits though no limit of Telegram's holds it back."""
        now = self._time()
        if self._running:
            return True
        waiting = [chat for lanes in (self._now_lanes, self._new_lanes) for chat, lane in lanes.items() if lane.waiting]
        paced = self._pace.wait(now) > LONGEST_PAUSE
        return any(self._held.get(chat, 0.0) <= now and not (paced and chat not in self._now_lanes) for chat in waiting)

    async def run(self) -> None:
        """Send for ever. A database that can't be written ends it with an exception."""
        await self._database.write(self._doubt)
        try:
            while True:
                await self._visit()
                pause = self._dispatch()
                if not self._more:
                    await self._sleep(pause)
        finally:
            await self._finish()

    # --- the loop ---------------------------------------------------------------------------------------------

    async def _sleep(self, pause: float | None) -> None:
        if self._settle_at is not None:
            left = max(0.0, self._settle_at - self._time())
            pause = left if pause is None else min(pause, left)
        try:
            async with asyncio.timeout(pause):
                await self._event.wait()
        except TimeoutError:
            pass
        self._event.clear()

    def _time(self) -> float:
        return asyncio.get_running_loop().time()

    async def _finish(self) -> None:
        """Give calls under way a moment, then write down what is known."""
        if self._running:
            await asyncio.wait(self._running, timeout=STOP_WITHIN)
        for task in self._running:
            task.cancel()
        self._more = False
        self._settle_at = None
        await self._visit()

    async def _visit(self) -> None:
        """One visit to the database: settle what ended, read what is new."""
        due = self._settle_at is None or self._time() >= self._settle_at
        settled = self._settled if due else []
        if not settled and not self._more:
            return
        if due:
            self._settled, self._settle_at = [], None
        aside = list(self._aside)
        # An edit that waits for a message can tell only after that message is settled whether it will ever come.
        more, self._more = self._more or bool(settled and aside), False

        def visit(tx: Connection) -> tuple[list[Parcel], list[Parcel], set[int]]:
            self._write_down(tx, settled)
            if not more:
                return [], [], set()
            urgent = storage.outbox.waiting(tx, self._read_to["urgent"], (Urgency.TAP, Urgency.ALERT), IN_MEMORY)
            room = IN_MEMORY - self._bulk
            bulk = (
                storage.outbox.waiting(tx, self._read_to["bulk"], (Urgency.PROMPT, Urgency.DIGEST), room)
                if room > 0
                else []
            )
            bubbles = {p.bubble_id for p in urgent + bulk if p.bubble_id is not None and p.action is not Action.SEND}
            shown = storage.outbox.shown(tx, bubbles | set(aside))
            self._shown.update(shown)
            return urgent, bulk, storage.outbox.still_to_show(tx, (bubbles | set(aside)) - set(shown))

        try:
            urgent, bulk, coming = await self._database.write(visit)
        except BaseException:
            # Perhaps it was never begun: what was delivered must not go again. Writing it down twice does no harm.
            self._settled = settled + self._settled
            raise
        if urgent:
            self._read_to["urgent"] = urgent[-1].id
            self._more = self._more or len(urgent) == IN_MEMORY
        if bulk:
            self._read_to["bulk"] = bulk[-1].id
        for parcel in urgent + bulk:
            self._take_in(parcel, coming)
        for bubble in aside:
            if bubble in self._shown or (more and bubble not in coming):
                for parcel in self._aside.pop(bubble, []):
                    self._take_in(parcel, coming)
        while len(self._shown) > 4 * IN_MEMORY:
            self._shown.popitem(last=False)

    def _take_in(self, parcel: Parcel, coming: set[int]) -> None:
        """Put a row into its lane, or aside until the message that it edits is on screen."""
        if parcel.action in (Action.SEND, Action.LEAVE):
            # Leaving waits its turn too: the farewell goes first.
            self._bulk += parcel.urgency >= Urgency.PROMPT
            lane = self._new_lanes.setdefault(parcel.chat_id, Lane())
            heapq.heappush(lane.waiting, (parcel.id, parcel.id, parcel))
            return
        if parcel.bubble_id is not None and parcel.message_id is None and parcel.bubble_id not in self._shown:
            if parcel.bubble_id in coming:
                self._aside.setdefault(parcel.bubble_id, []).append(parcel)
            else:
                self._note(parcel, Verdict(OutboxState.DROPPED, error="nothing to edit"))
            return
        lane = self._now_lanes.setdefault(parcel.chat_id, Lane())
        if parcel.action is Action.EDIT:
            self._overtake(lane, parcel)
        heapq.heappush(lane.waiting, (int(parcel.urgency), parcel.id, parcel))

    def _overtake(self, lane: Lane, newer: Parcel) -> None:
        """An edit that still waits is pointless once a later one of the same message is here."""
        target = (newer.bubble_id, newer.message_id)
        older = [
            entry
            for entry in lane.waiting
            if entry[2].action is Action.EDIT and (entry[2].bubble_id, entry[2].message_id) == target
        ]
        for entry in older:
            lane.waiting.remove(entry)
            self._note(entry[2], Verdict(OutboxState.DROPPED, error="overtaken by a later edit"))
        if older:
            heapq.heapify(lane.waiting)

    def _dispatch(self) -> float | None:
        """Start every call that may start now. Returns seconds until another may, None when nothing waits."""
        now = self._time()
        soonest: float | None = None

        def later(at: float) -> None:
            nonlocal soonest
            soonest = at if soonest is None else min(soonest, at)

        for chat in list(self._now_lanes):
            lane = self._now_lanes[chat]
            if lane.busy or not lane.waiting:
                if not lane.busy:
                    del self._now_lanes[chat]
                continue
            free_at = max(lane.free_at, self._held.get(chat, 0.0))
            if free_at > now:
                later(free_at)
            elif len(self._running) < AT_ONCE:
                self._start(lane, heapq.heappop(lane.waiting)[2])
        ready: list[tuple[int, int, ChatId]] = []
        for chat in list(self._new_lanes):
            lane = self._new_lanes[chat]
            if lane.busy:
                continue
            free_at = max(lane.free_at, self._held.get(chat, 0.0))
            if free_at > now:
                if lane.waiting:
                    later(free_at)
            elif lane.waiting:
                # A red flag behind a prompt hurries the whole chat: its order stays, its turn comes sooner.
                urgency = min(parcel.urgency for _, _, parcel in lane.waiting)
                heapq.heappush(ready, (int(urgency), lane.waiting[0][1], chat))
            else:
                del self._new_lanes[chat]
        while ready and len(self._running) < AT_ONCE:
            wait = self._pace.wait(now)
            if wait > 0:
                later(now + wait)
                break
            chat = heapq.heappop(ready)[2]
            lane = self._new_lanes[chat]
            parcel = heapq.heappop(lane.waiting)[2]
            self._pace.take(now)
            self._bulk -= parcel.urgency >= Urgency.PROMPT
            self._start(lane, parcel)
        for chat in [chat for chat, until in self._held.items() if until <= now]:
            del self._held[chat]
        return None if soonest is None else max(0.0, soonest - now)

    def _start(self, lane: Lane, parcel: Parcel) -> None:
        lane.busy = True
        task = asyncio.get_running_loop().create_task(self._deliver(lane, parcel))
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a send failed in our own code", error=logs.trace(error))
        self._event.set()

    # --- one call ---------------------------------------------------------------------------------------------

    async def _deliver(self, lane: Lane, parcel: Parcel) -> None:
        try:
            verdict = await self._outcome(parcel)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.error("a message could not be made", action=parcel.action.value, error=logs.trace(error))
            verdict = Verdict(OutboxState.WAITING, error=type(error).__name__)
        now = self._time()
        lane.busy = False
        if parcel.action is Action.SEND:
            lane.free_at = now + self._chat_gap
        if verdict.state is not OutboxState.WAITING:
            self._note(parcel, verdict)
            return
        if verdict.resend and parcel.action is Action.EDIT:
            again = replace(parcel, action=Action.SEND, message_id=None)
            self._take_in(again, set())
            return
        if verdict.resend:
            self._note(parcel, Verdict(OutboxState.DROPPED, error="nothing to edit"))
            return
        if verdict.unknown and parcel.once:
            self._note(parcel, Verdict(OutboxState.IN_DOUBT, error=verdict.error))
            return
        self._put_back(lane, parcel, verdict, now)

    def _put_back(self, lane: Lane, parcel: Parcel, verdict: Verdict, now: float) -> None:
        """Keep the row at the head of its lane and wait before the next try."""
        if verdict.hold is not None:
            self._held[parcel.chat_id] = now + verdict.hold
            if sum(until > now for until in self._held.values()) >= FLOODED_CHATS:
                self._pace.hold(now + verdict.hold)
            again = parcel
        else:
            again = replace(parcel, tries=parcel.tries + 1)
            lane.free_at = now + min(LONGEST_PAUSE, 2.0 ** min(parcel.tries, 10))
        self._figures.postponed(parcel.action.value)
        log.warning("a message waits", action=parcel.action.value, why=verdict.error, tries=again.tries)
        if parcel.action in (Action.SEND, Action.LEAVE):
            self._bulk += parcel.urgency >= Urgency.PROMPT
            heapq.heappush(lane.waiting, (again.id, again.id, again))
            self._new_lanes.setdefault(parcel.chat_id, lane)
        else:
            heapq.heappush(lane.waiting, (int(again.urgency), again.id, again))
            self._now_lanes.setdefault(parcel.chat_id, lane)

    async def _outcome(self, parcel: Parcel) -> Verdict:
        if (until := parcel.body.get("until")) is not None and self._clock.now() > datetime.fromisoformat(until):
            return Verdict(OutboxState.DROPPED, error="too late")
        photo = None
        if "picture" in parcel.body and parcel.tries < PICTURE_TRIES:
            photo = await self._draw(parcel)
            if photo is None:
                return Verdict(OutboxState.DROPPED, error="no longer shared")
        message_id = parcel.message_id
        if message_id is None and parcel.bubble_id is not None:
            message_id = self._shown.get(parcel.bubble_id)
            if message_id is None and parcel.action is not Action.SEND:
                bubble = parcel.bubble_id
                message_id = await self._database.write(lambda tx: storage.outbox.message_of(tx, bubble))
        call = call_of(parcel, message_id, photo)
        if parcel.once:
            await self._database.write(lambda tx: storage.outbox.start(tx, parcel.id, self._clock.now()))
        try:
            status, payload = await self._post(call)
        except NotSent as error:
            if parcel.once:
                await self._database.write(lambda tx: storage.outbox.start(tx, parcel.id, None))
            return Verdict(OutboxState.WAITING, error=str(error))
        except Unanswered as error:
            return Verdict(OutboxState.WAITING, unknown=True, error=str(error))
        verdict = verdict_of(status, payload)
        if parcel.once and verdict.state is OutboxState.WAITING and not verdict.unknown:
            await self._database.write(lambda tx: storage.outbox.start(tx, parcel.id, None))
        return verdict

    async def _post(self, call: Call) -> tuple[int, bytes]:
        data: Any = call.form()
        if call.photo is not None:
            form = aiohttp.FormData()
            for name, value in call.form().items():
                form.add_field(name, value)
            form.add_field("photo", call.photo, filename="diary.png", content_type="image/png")
            data = form
        return await self._request.post_form(f"{self._base_url}/{call.method}", data)

    # --- the books --------------------------------------------------------------------------------------------

    def _note(self, parcel: Parcel, verdict: Verdict) -> None:
        """Remember what became of a row until the next commit."""
        at = self._clock.now()
        self._settled.append((parcel, verdict, at))
        self._figures.settled(parcel.action.value, verdict.state.value, at, prompt=parcel.day is not None)
        if parcel.bubble_id is not None and verdict.message_id is not None and parcel.action is Action.SEND:
            self._shown[parcel.bubble_id] = verdict.message_id
        if parcel.bubble_id in self._aside or parcel.urgency >= Urgency.PROMPT:
            self._more = True
        # A prompt that is settled late is one that a kill would repeat, and they are paced anyway.
        soon = self._time() + (0.0 if parcel.urgency >= Urgency.PROMPT else SETTLE_WITHIN)
        self._settle_at = soon if self._settle_at is None else min(self._settle_at, soon)
        self._event.set()

    def _write_down(self, tx: Connection, settled: list[tuple[Parcel, Verdict, datetime]]) -> None:
        storage.outbox.settle(
            tx,
            [
                Settlement(parcel.id, verdict.state, at, parcel.tries + 1, verdict.message_id, verdict.error)
                for parcel, verdict, at in settled
            ],
        )
        for parcel, verdict, at in settled:
            if verdict.message_id is not None and parcel.bubble_id is not None and parcel.action is Action.SEND:
                storage.outbox.show_bubble(tx, parcel.bubble_id, verdict.message_id)
            if verdict.state in (OutboxState.BLOCKED, OutboxState.GONE):
                reach = Reach.BLOCKED if verdict.state is OutboxState.BLOCKED else Reach.GONE
                storage.people.put_reach(tx, parcel.chat_id, reach, at)
            if verdict.state in (OutboxState.REFUSED, OutboxState.BLOCKED, OutboxState.GONE):
                log.warning("a message was refused", action=parcel.action.value, why=verdict.error)
            if parcel.day is not None and parcel.patient_id is not None:
                delivered = verdict.state is OutboxState.DELIVERED
                storage.prompts.settle(
                    tx,
                    parcel.patient_id,
                    parcel.day,
                    sent_at=at if delivered else None,
                    cause=None if delivered else CAUSES.get(verdict.state, Cause.BOT),
                )

    def _doubt(self, tx: Connection) -> None:
        """Rows under way when the last process died, and not to be sent twice, are in doubt."""
        count = len(storage.outbox.doubt_started(tx, self._clock.now()))
        if count:
            log.warning("messages in flight when the program ended are in doubt", count=count)


CAUSES: Final = {OutboxState.BLOCKED: Cause.BLOCKED, OutboxState.GONE: Cause.GONE}
