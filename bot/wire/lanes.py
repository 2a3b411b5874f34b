"""Which message may go next: a lane per chat and sort, in order, and what each lane waits for.

Laws:
1. A lane has one call under way at most, and its messages go in order; what was put back goes first.
2. What may start costs what starts, not how many chats there are: a lane stands in one queue at a time, as ready or as
   waiting for its time, and moves only when something happens to it.
3. New messages take a slot of the pace; edits and answers to taps take none.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from bot.diary.people import ChatId
from bot.storage.outbox import Parcel
from bot.storage.tables import Action
from bot.wire.pacing import Pace, Start

FLOODED_CHATS: Final = 3
"""Chats held back by 429 at once from which the limit is taken to be the whole bot's."""
NEW: Final = (Action.SEND, Action.LEAVE)
"""Leaving waits its turn too: the farewell goes first."""


@dataclass(slots=True, eq=False)
class Lane:
    """What one chat still gets of one sort, in order. Times are seconds of a monotonic clock."""

    chat_id: ChatId
    new: bool
    waiting: list[tuple[int, int, Parcel]] = field(default_factory=list)
    """A heap. New messages go in the order said; edits and answers by urgency first."""
    busy: bool = False
    free_at: float = 0.0
    ticket: int = 0
    """Of its newest place in a queue; a place with an older one is void."""

    def rank(self) -> tuple[int, int]:
        """Lower goes first. A red flag behind a prompt hurries the chat: its order stays, its turn comes sooner."""
        if self.new:
            return min(parcel.urgency for _, _, parcel in self.waiting), self.waiting[0][1]
        return self.waiting[0][:2]


class Lanes:
    """All lanes. `put` and `done` tell what happened, `start` gives what may go, `to_make` what is to be made first."""

    def __init__(self, pace: Pace, gap: float, unmade: Callable[[Parcel], bool] = lambda parcel: False) -> None:
        """`gap`: seconds between two new messages of one chat; `unmade`: whether a row still has to be made."""
        self._pace = pace
        self._gap = gap
        self._unmade = unmade
        self._lanes: dict[tuple[ChatId, bool], Lane] = {}
        self._held: dict[ChatId, float] = {}
        self._ready: dict[bool, list[tuple[tuple[int, int], int, Lane]]] = {False: [], True: []}
        self._to_make: list[tuple[tuple[int, int], int, Lane]] = []
        self._later: list[tuple[float, int, Lane]] = []
        self._tickets = 0

    def has(self, chat: ChatId) -> bool:
        """Whether anything of this chat waits or is under way."""
        return (chat, False) in self._lanes or (chat, True) in self._lanes

    def empty(self) -> bool:
        """Whether nothing waits."""
        return not any(lane.waiting for lane in self._lanes.values())

    def sendable(self, now: float, patience: float) -> bool:
        """Whether something waits that no limit of Telegram's holds back for longer than `patience` seconds."""
        paced = self._pace.wait(now) > patience
        return any(
            lane.waiting and self._held.get(lane.chat_id, 0.0) <= now and not (paced and lane.new)
            for lane in self._lanes.values()
        )

    def put(self, parcel: Parcel, now: float) -> list[Parcel]:
        """Take a message in; returns edits of the same bubble that are pointless now, taken out."""
        lane = self._lane(parcel)
        overtaken = _overtaken(lane, parcel) if parcel.action is Action.EDIT else []
        heapq.heappush(lane.waiting, (0 if lane.new else int(parcel.urgency), parcel.id, parcel))
        self._queue(lane, now)
        return overtaken

    def start(self, now: float, room: int) -> Iterator[tuple[Lane, Parcel, Start | None]]:
        """Messages that may go now, at most `room`, what matters most first; each makes its lane busy."""
        self._wake(now)
        for new, ready in self._ready.items():
            while ready and room > 0:
                _, ticket, lane = ready[0]
                if lane.ticket != ticket or self._held.get(lane.chat_id, 0.0) > now:
                    heapq.heappop(ready)
                    if lane.ticket == ticket:
                        self._queue(lane, now)
                    continue
                if new and self._pace.wait(now) > 0:
                    break
                heapq.heappop(ready)
                room -= 1
                lane.busy, lane.ticket = True, self._ticket()
                yield lane, heapq.heappop(lane.waiting)[2], self._pace.take(now) if new else None

    def to_make(self, now: float, room: Callable[[int], bool]) -> Iterator[Parcel]:
        """Rows that are next in their chats and have to be made first, what matters most first.

        Ends where there is no `room` for the urgency of the next. Their lanes stand in no queue and take no slot
        of the pace until `look_again` is called.
        """
        self._wake(now)
        while self._to_make:
            (urgency, _), ticket, lane = self._to_make[0]
            if lane.ticket == ticket and not room(urgency):
                return
            heapq.heappop(self._to_make)
            if lane.ticket == ticket:
                yield lane.waiting[0][2]

    def look_again(self, parcel: Parcel, now: float) -> None:
        """A row was made, or what was made of it is no longer good: its lane gets another place."""
        if (lane := self._lanes.get(_key(parcel))) is not None:
            self._queue(lane, now)

    def leave_out(self, parcel: Parcel, now: float) -> bool:
        """There is nothing to send after all; False where the row does not wait any more."""
        lane = self._lanes.get(_key(parcel))
        left = [] if lane is None else [entry for entry in lane.waiting if entry[2].id != parcel.id]
        if lane is None or len(left) == len(lane.waiting):
            return False
        heapq.heapify(left)
        lane.waiting = left
        self._queue(lane, now)
        return True

    def take_bubble(self, chat: ChatId, bubble: int, now: float) -> Parcel | None:
        """Take out the message that would show as that bubble; None: it does not wait here."""
        lane = self._lanes.get((chat, True))
        for _, _, parcel in [] if lane is None else lane.waiting:
            if parcel.action is Action.SEND and parcel.bubble_id == bubble:
                self.leave_out(parcel, now)
                return parcel
        return None

    def pause(self, now: float, room: int) -> float | None:
        """Seconds until something else may start without anything happening; None: never. `room` as for `start`."""
        while self._later and self._later[0][2].ticket != self._later[0][1]:
            heapq.heappop(self._later)
        soonest = [self._later[0][0] - now] if self._later else []
        if self._ready[True] and room > 0:
            soonest.append(self._pace.wait(now))
        return max(0.0, min(soonest)) if soonest else None

    def done(self, lane: Lane, parcel: Parcel, now: float) -> None:
        """The call of a lane has ended; a chat that got a new message then has a moment's rest."""
        lane.busy = False
        if parcel.action is Action.SEND:
            lane.free_at = now + self._gap
        self._queue(lane, now)

    def put_back(self, lane: Lane, parcel: Parcel, until: float, now: float) -> None:
        """The call of a lane has ended and goes again, not before `until`, ahead of everything behind it."""
        lane.busy = False
        lane.free_at = until
        heapq.heappush(lane.waiting, (0 if lane.new else int(parcel.urgency), parcel.id, parcel))
        self._queue(lane, now)

    def take_out(self, chat: ChatId, newest: int | None, now: float) -> list[Parcel]:
        """Take out what waits for a chat, up to the row `newest` (None: all of it), in the order said."""
        taken: list[Parcel] = []
        for lane in [lane for new in (False, True) if (lane := self._lanes.get((chat, new))) is not None]:
            for entry in [entry for entry in lane.waiting if newest is None or entry[2].id <= newest]:
                lane.waiting.remove(entry)
                taken.append(entry[2])
            heapq.heapify(lane.waiting)
            self._queue(lane, now)
        return sorted(taken, key=lambda parcel: parcel.id)

    def ids(self) -> set[int]:
        """Every row that waits here."""
        return {parcel.id for lane in self._lanes.values() for _, _, parcel in lane.waiting}

    def without(self, rows: set[int], now: float) -> list[Parcel]:
        """Take these rows out, of whatever chat; returns those that were here."""
        taken: list[Parcel] = []
        for lane in [lane for lane in self._lanes.values() if any(entry[2].id in rows for entry in lane.waiting)]:
            taken += [parcel for _, _, parcel in lane.waiting if parcel.id in rows]
            lane.waiting = [entry for entry in lane.waiting if entry[2].id not in rows]
            heapq.heapify(lane.waiting)
            self._queue(lane, now)
        return taken

    def hold(self, chat: ChatId, until: float, now: float) -> None:
        """Telegram wants a pause of this chat, and of all where several chats are held at once."""
        self._held = {held: at for held, at in self._held.items() if at > now} | {chat: until}
        if len(self._held) >= FLOODED_CHATS:
            self._pace.hold(until)

    def _lane(self, parcel: Parcel) -> Lane:
        key = _key(parcel)
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = Lane(*key)
        return lane

    def _queue(self, lane: Lane, now: float) -> None:
        """Give a lane its place: none while it is busy, and its end when it is empty and rested."""
        lane.ticket = self._ticket()
        if lane.busy:
            return
        at = max(lane.free_at, self._held.get(lane.chat_id, 0.0))
        if at > now:
            heapq.heappush(self._later, (at, lane.ticket, lane))
        elif lane.waiting:
            queue = self._to_make if self._unmade(lane.waiting[0][2]) else self._ready[lane.new]
            heapq.heappush(queue, (lane.rank(), lane.ticket, lane))
        else:
            self._lanes.pop((lane.chat_id, lane.new), None)

    def _wake(self, now: float) -> None:
        """Lanes whose time has come get their places."""
        while self._later and self._later[0][0] <= now:
            _, ticket, lane = heapq.heappop(self._later)
            if lane.ticket == ticket:
                self._queue(lane, now)

    def _ticket(self) -> int:
        self._tickets += 1
        return self._tickets


def _key(parcel: Parcel) -> tuple[ChatId, bool]:
    return parcel.chat_id, parcel.action in NEW


def _overtaken(lane: Lane, newer: Parcel) -> list[Parcel]:
    """An edit that still waits is pointless once a later one of the same message is here."""
    target = (newer.bubble_id, newer.message_id)
    older = [
        entry
        for entry in lane.waiting
        if entry[2].action is Action.EDIT and (entry[2].bubble_id, entry[2].message_id) == target
    ]
    for entry in older:
        lane.waiting.remove(entry)
    if older:
        heapq.heapify(lane.waiting)
    return [parcel for _, _, parcel in older]
