"""The sender: takes rows out of the outbox, paces them, and settles each with what happened.

Laws:
1. Per chat, new messages go in the order in which they were said; no chat waits for another chat's call.
2. Edits and answers to taps are never paced; only a 429 holds them back.
3. A row that must not go twice is marked as started, durably, before it goes. All others go again when in doubt.
4. A row is settled in the same transaction as its consequences (the bubble's number, a blocked chat, a day not asked).
5. Once a chat has shut us out, what was said to it before is settled without a call; what is said later is tried.
6. What was withdrawn before its call began is not sent; what was under way by then loses its buttons.
7. A row that is still to be made takes no slot of the pace before it is made, and lets other chats go first.
8. After a recall nothing goes that no longer waits in the outbox, and nothing that was made before it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import aiohttp
from sqlalchemy import Connection

from bot import logs, storage
from bot.clock import Clock
from bot.diary.people import ChatId, Reach
from bot.press import Made
from bot.storage.outbox import Parcel, Urgency
from bot.storage.tables import Action, OutboxState
from bot.wire.bodies import Call, Verdict, call_of, verdict_of
from bot.wire.books import write_down
from bot.wire.figures import Figures
from bot.wire.http import NotSent, Request, Unanswered
from bot.wire.lanes import NEW, Lane, Lanes
from bot.wire.pacing import Pace, Start
from bot.wire.recipes import Recipes, Result

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
LAST_TRY: Final = 1_500
"""A day of tries with the longest pause between them: whatever still fails then is a message that nobody takes."""


class Sender:
    """Sends until cancelled. `wake` tells it that rows were added."""

    def __init__(
        self,
        database: storage.Database,
        request: Request,
        base_url: str,
        clock: Clock,
        recipes: Recipes,
        *,
        per_second: float,
        per_second_per_chat: float,
        figures: Figures | None = None,
    ) -> None:
        self._database = database
        self._request = request
        self._base_url = base_url
        self._clock = clock
        self._recipes = recipes
        self._figures = figures or Figures()
        self._loop = asyncio.get_running_loop()
        self._lanes = Lanes(Pace(per_second), 1 / per_second_per_chat, recipes.unmade)
        self._shut: dict[ChatId, tuple[int, Verdict]] = {}
        self._lost: dict[ChatId, tuple[Reach, datetime]] = {}
        self._shown: OrderedDict[int, int] = OrderedDict()
        self._aside: dict[int, list[Parcel]] = {}
        self._withdrawn: set[int] = set()
        self._read_to = {"urgent": 0, "bulk": 0}
        self._bulk = 0
        self._settled: list[tuple[Parcel, Verdict, datetime]] = []
        self._settle_at: float | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._under_way: set[int] = set()
        self._recalled: set[int] = set()
        """Rows under way that were recalled: they may still arrive, and are not tried again."""
        self._more = True
        self._event = asyncio.Event()
        recipes.came = self._event.set

    # --- the outside ------------------------------------------------------------------------------------------

    def wake(self) -> None:
        """Rows were added to the outbox."""
        self._more = True
        self._event.set()

    def idle(self) -> bool:
        """Whether nothing is read, under way or to be settled."""
        return not (self._more or self._running or self._settled) and self._lanes.empty()

    def sendable(self) -> bool:
        """Whether something is under way, or waits though no limit of Telegram's holds it back."""
        return bool(self._running) or self._lanes.sendable(self._time(), LONGEST_PAUSE)

    async def run(self) -> None:
        """Send for ever. A database that can't be written ends it with an exception."""
        await self._database.write(self._doubt)
        try:
            while True:
                await self._visit()
                self._dispatch()
                if not self._more:
                    await self._sleep()
        finally:
            await self._finish()

    # --- the loop ---------------------------------------------------------------------------------------------

    async def _sleep(self) -> None:
        now = self._time()
        settling = None if self._settle_at is None else max(0.0, self._settle_at - now)
        pauses = (self._lanes.pause(now, AT_ONCE - len(self._running)), self._recipes.pause(now), settling)
        pause = min((pause for pause in pauses if pause is not None), default=None)
        try:
            async with asyncio.timeout(pause):
                await self._event.wait()
        except TimeoutError:
            pass
        self._event.clear()

    def _time(self) -> float:
        return self._loop.time()

    async def _finish(self) -> None:
        """Give calls under way a moment, then write down what is known."""
        await self._recipes.close()
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
        settled, lost = (self._settled, self._lost) if due else ([], {})
        if not settled and not self._more:
            return
        if due:
            self._settled, self._lost, self._settle_at = [], {}, None
        aside = list(self._aside)
        # An edit that waits for a message can tell only after that message is settled whether it will ever come.
        more, self._more = self._more or bool(settled and aside), False

        room = IN_MEMORY - self._bulk

        def visit(tx: Connection) -> tuple[list[Parcel], list[Parcel], set[int]]:
            self._write_down(tx, settled, lost)
            if not more:
                return [], [], set()
            urgent = storage.outbox.waiting(tx, self._read_to["urgent"], (Urgency.TAP, Urgency.ALERT), IN_MEMORY)
            bulk = (
                storage.outbox.waiting(tx, self._read_to["bulk"], (Urgency.PROMPT, Urgency.DIGEST), room)
                if room >= IN_MEMORY // 2
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
            self._settled, self._lost = settled + self._settled, lost | self._lost
            raise
        if any(parcel.action is Action.RECALL for parcel in urgent):
            await self._recall()
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

    def _held(self) -> set[int]:
        """Every row that was read and is not settled, those under way included."""
        aside = {parcel.id for parcels in self._aside.values() for parcel in parcels}
        return self._lanes.ids() | aside | self._under_way

    async def _recall(self) -> None:
        """Rows were settled or deleted by others: nothing of them is said any more."""
        held = self._held()
        rows = held - await self._database.write(lambda tx: storage.outbox.standing(tx, held))
        for parcel in self._lanes.without(rows, self._time()):
            self._bulk -= _is_bulk(parcel)
        for bubble, parcels in list(self._aside.items()):
            self._aside[bubble] = [parcel for parcel in parcels if parcel.id not in rows]
        self._recalled |= rows & self._under_way
        self._recipes.recall(rows)

    def _take_in(self, parcel: Parcel, coming: set[int]) -> None:
        """Put a row into its lane, or aside until the message that it edits is on screen."""
        if parcel.action is Action.RECALL:
            self._note(parcel, Verdict(OutboxState.DELIVERED))
            return
        if parcel.action is Action.HALT:
            self._shut_out(parcel.chat_id, parcel.id, Verdict(OutboxState.BLOCKED, error="blocked"))
            self._note(parcel, Verdict(OutboxState.DELIVERED))
            return
        if (verdict := self._useless(parcel)) is not None:
            self._note(parcel, verdict)
            return
        if parcel.action is Action.WITHDRAW:
            self._withdraw(parcel, coming)
            return
        if parcel.action in NEW:
            self._bulk += _is_bulk(parcel)
        elif parcel.bubble_id is not None and parcel.message_id is None and parcel.bubble_id not in self._shown:
            if parcel.bubble_id in coming:
                self._aside.setdefault(parcel.bubble_id, []).append(parcel)
            else:
                self._note(parcel, Verdict(OutboxState.DROPPED, error="nothing to edit"))
            return
        for overtaken in self._lanes.put(parcel, self._time()):
            self._note(overtaken, Verdict(OutboxState.DROPPED, error="overtaken by a later edit"))

    def _shut_out(self, chat: ChatId, newest: int, verdict: Verdict) -> None:
        """The chat can't be reached: rows up to `newest` that wait for it are settled so, read already or not."""
        if len(self._shut) > IN_MEMORY:
            self._forget_shut()
        self._shut[chat] = newest, verdict
        for parcel in self._lanes.take_out(chat, newest, self._time()):
            self._bulk -= _is_bulk(parcel)
            self._note(parcel, verdict)
        for bubble, parcels in list(self._aside.items()):
            if parcels[0].chat_id == chat:
                self._aside[bubble] = [parcel for parcel in parcels if parcel.id > newest]
                for parcel in parcels:
                    if parcel.id <= newest:
                        self._note(parcel, verdict)

    def _withdraw(self, parcel: Parcel, coming: set[int]) -> None:
        """Nobody needs that bubble any more. One that is on screen, or under way to it, loses its buttons there."""
        bubble = parcel.bubble_id
        assert bubble is not None
        waiting = self._lanes.take_bubble(parcel.chat_id, bubble, self._time())
        if waiting is not None:
            self._bulk -= _is_bulk(waiting)
            self._note(waiting, WITHDRAWN)
            self._note(parcel, Verdict(OutboxState.DELIVERED))
            return
        if bubble in coming:
            self._withdrawn.add(bubble)
        self._take_in(replace(parcel, action=Action.RETIRE), coming)

    def _forget_shut(self) -> None:
        """Of rows that were read, where none is under way any more, nobody will ask."""
        unread = min(self._read_to.values())
        self._shut = {chat: shut for chat, shut in self._shut.items() if shut[0] > unread or self._lanes.has(chat)}

    def _useless(self, parcel: Parcel) -> Verdict | None:
        """What becomes of a row that was said before its chat shut us out, or that was withdrawn or recalled."""
        if parcel.id in self._recalled:
            return Verdict(OutboxState.DROPPED, error="recalled")
        if parcel.action is Action.SEND and parcel.bubble_id in self._withdrawn:
            return WITHDRAWN
        newest, verdict = self._shut.get(parcel.chat_id, (0, None))
        return verdict if parcel.id <= newest else None

    def _dispatch(self) -> None:
        """Have made what is to be sent soon, and start every call that may start now."""
        now = self._time()
        self._look_at(self._recipes.news(now), now)
        for parcel in self._lanes.to_make(now, self._recipes.room):
            self._recipes.begin(parcel, now)
        self._look_at(self._recipes.news(now), now)
        for lane, parcel, start in self._lanes.start(now, AT_ONCE - len(self._running)):
            self._bulk -= _is_bulk(parcel)
            made = self._recipes.take(parcel)
            self._under_way.add(parcel.id)
            task = self._loop.create_task(self._deliver(lane, parcel, made, start))
            self._running.add(task)
            task.add_done_callback(self._ended)

    def _look_at(self, news: list[Result], now: float) -> None:
        """Rows that were made, or are to be made anew; where there is nothing to send, that is what became of it."""
        for result in news:
            parcel = result.parcel
            if result.nothing is None:
                self._lanes.look_again(parcel, now)
            elif self._lanes.leave_out(parcel, now):
                self._bulk -= _is_bulk(parcel)
                self._note(parcel, Verdict(OutboxState.DROPPED, error=result.nothing))

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a send failed in our own code", error=logs.trace(error))
        self._event.set()

    # --- one call ---------------------------------------------------------------------------------------------

    async def _deliver(self, lane: Lane, parcel: Parcel, made: Made, start: Start | None) -> None:
        began, newest = self._clock.now(), max(self._read_to.values())
        try:
            verdict = await self._outcome(parcel, made, start)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.error("a message could not be made", action=parcel.action.value, error=logs.trace(error))
            verdict = Verdict(OutboxState.WAITING, error=type(error).__name__)
        if verdict.state is OutboxState.DELIVERED:
            verdict = replace(verdict, seen=made.seen)
        if verdict.state is OutboxState.WAITING:
            verdict = self._useless(parcel) or verdict
        self._under_way.discard(parcel.id)
        self._recalled.discard(parcel.id)
        if verdict.state is OutboxState.WAITING and not verdict.resend and verdict.moved_to is None:
            if verdict.unknown and parcel.once:
                verdict = Verdict(OutboxState.IN_DOUBT, error=verdict.error)
            elif parcel.tries >= LAST_TRY:
                verdict = Verdict(OutboxState.REFUSED, error="given up")
            else:
                self._put_back(lane, parcel, verdict)
                return
        self._lanes.done(lane, parcel, self._time())
        self._conclude(parcel, verdict, began, newest)

    def _conclude(self, parcel: Parcel, verdict: Verdict, began: datetime, newest: int) -> None:
        """A call has ended for good. `began`: when; `newest`: the last row that had been said by then."""
        if verdict.moved_to is not None:
            self._follow(parcel, verdict)
        elif verdict.resend and parcel.action is Action.EDIT:
            self._take_in(replace(parcel, action=Action.SEND, message_id=None), set())
        elif verdict.resend:
            self._note(parcel, Verdict(OutboxState.DROPPED, error="nothing to edit"))
        else:
            self._note(parcel, verdict)
            if verdict.state in REACHES and parcel.action not in (Action.ANSWER, Action.COMMANDS):
                log.warning("a chat can't be reached", why=verdict.error)
                self._lost[parcel.chat_id] = REACHES[verdict.state], began
                self._shut_out(parcel.chat_id, newest, replace(verdict, message_id=None))

    def _follow(self, parcel: Parcel, verdict: Verdict) -> None:
        """The group is now another chat: say it there. A group moves only once."""
        if verdict.moved_to is None or parcel.body.get("moved"):
            self._note(parcel, Verdict(OutboxState.REFUSED, error=verdict.error))
            return
        behind = self._lanes.take_out(parcel.chat_id, None, self._time())
        self._bulk -= sum(map(_is_bulk, behind))
        for one in [parcel, *behind]:
            there = replace(one, chat_id=ChatId(verdict.moved_to), body=one.body | {"moved": True})
            self._take_in(there, set())

    def _put_back(self, lane: Lane, parcel: Parcel, verdict: Verdict) -> None:
        """Keep the row at the head of its lane and wait before the next try."""
        now = self._time()
        if verdict.hold is not None:
            self._lanes.hold(parcel.chat_id, now + verdict.hold, now)
            again, until = parcel, now
        else:
            again = replace(parcel, tries=parcel.tries + 1)
            until = now + min(LONGEST_PAUSE, 2.0 ** min(parcel.tries, 10))
        self._figures.postponed(parcel.action.value)
        log.warning("a message waits", action=parcel.action.value, why=verdict.error, tries=again.tries)
        self._bulk += _is_bulk(parcel)
        self._lanes.put_back(lane, again, until, now)

    async def _outcome(self, parcel: Parcel, made: Made, start: Start | None) -> Verdict:
        if (until := parcel.body.get("until")) is not None and self._clock.now() > datetime.fromisoformat(until):
            return Verdict(OutboxState.DROPPED, error="too late")
        message_id = parcel.message_id
        if message_id is None and parcel.bubble_id is not None:
            message_id = self._shown.get(parcel.bubble_id)
            if message_id is None and parcel.action is not Action.SEND:
                bubble = parcel.bubble_id
                message_id = await self._database.write(lambda tx: storage.outbox.message_of(tx, bubble))
        call = call_of(parcel, made, message_id)
        if parcel.once:
            await self._database.write(lambda tx: storage.outbox.start(tx, parcel.id, self._clock.now()))
        if parcel.id in self._recalled:
            return Verdict(OutboxState.DROPPED, error="recalled")
        if start is not None:
            start.leaves(self._time())
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
        if call.photo is not None or call.document is not None:
            form = aiohttp.FormData()
            for name, value in call.form().items():
                form.add_field(name, value)
            if call.photo is not None:
                form.add_field("photo", call.photo, filename="diary.png", content_type="image/png")
            if (sent := call.document) is not None:
                form.add_field("document", sent.content, filename=sent.name, content_type=sent.kind)
            data = form
        return await self._request.post_form(f"{self._base_url}/{call.method}", data)

    # --- the books --------------------------------------------------------------------------------------------

    def _note(self, parcel: Parcel, verdict: Verdict) -> None:
        """Remember what became of a row until the next commit."""
        at = self._clock.now()
        self._settled.append((parcel, verdict, at))
        self._figures.settled(parcel.action.value, verdict.state.value, at, prompt=parcel.day is not None)
        if parcel.bubble_id is not None and parcel.action is Action.SEND:
            self._withdrawn.discard(parcel.bubble_id)
            if verdict.message_id is not None:
                self._shown[parcel.bubble_id] = verdict.message_id
        if parcel.bubble_id in self._aside or parcel.urgency >= Urgency.PROMPT:
            self._more = True
        # A prompt that is settled late is one that a kill would repeat, and they are paced anyway.
        soon = self._time() + (0.0 if parcel.urgency >= Urgency.PROMPT else SETTLE_WITHIN)
        self._settle_at = soon if self._settle_at is None else min(self._settle_at, soon)
        self._event.set()

    def _write_down(
        self,
        tx: Connection,
        settled: list[tuple[Parcel, Verdict, datetime]],
        lost: dict[ChatId, tuple[Reach, datetime]],
    ) -> None:
        for chat, (reach, began) in lost.items():
            storage.people.put_reach(tx, chat, reach, self._clock.now(), began)
        write_down(tx, settled)
        for parcel, verdict, _ in settled:
            if verdict.state is OutboxState.REFUSED:
                log.warning("a message was refused", action=parcel.action.value, why=verdict.error)

    def _doubt(self, tx: Connection) -> None:
        """Rows under way when the last process died, and not to be sent twice, are in doubt."""
        count = len(storage.outbox.doubt_started(tx, self._clock.now()))
        if count:
            log.warning("messages in flight when the program ended are in doubt", count=count)


def _is_bulk(parcel: Parcel) -> bool:
    """Whether this is one of the rows that are read ahead in portions."""
    return parcel.action in NEW and parcel.urgency >= Urgency.PROMPT


WITHDRAWN: Final = Verdict(OutboxState.DROPPED, error="withdrawn")
REACHES: Final = {OutboxState.BLOCKED: Reach.BLOCKED, OutboxState.GONE: Reach.GONE}
