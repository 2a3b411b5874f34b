"""A desk whose program dies between any two steps, that is away for a while, and whose new messages wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot import press
from bot.storage.outbox import Parcel
from bot.storage.tables import Action, OutboxState
from bot.wire.bodies import Verdict
from bot.wire.lanes import NEW
from tests.handlers.desk import Desk, Waiting, waiting, withdrawn

Row = tuple[Parcel, press.Made | Verdict | None, int | None]
"""What goes out: the row as it is made, or what becomes of it without a call; and which message it is about."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A new message that reached a chat; `again`: as it did before, since that was never written down."""

    parcel: Parcel
    message_id: int
    again: bool


@dataclass
class Frail(Desk):
    """Set `doom` and the program dies at the next delivery; set `held` and new messages wait."""

    doom: int | None = None
    """So many more calls get out, none of them written down, before the program dies; None: it lives."""
    died: bool = False
    """It did, since somebody last looked."""
    held: bool = False
    """No new message goes out for now; edits and answers to taps do."""
    away_since: datetime | None = None
    """Nobody is there since then: what people do waits at Telegram."""
    heard_since: datetime | None = None
    """What is handled now was done at some time since then."""
    bubbles: set[int] = field(default_factory=set)
    """Messages that were sent as the bubble of a day."""
    excused: set[int] = field(default_factory=set)
    """Messages that another one repeats after a kill, or that a block kept from being edited."""
    _arrived: set[int] = field(default_factory=set)

    def judge(self, tx: Connection, arrivals: Sequence[Arrival]) -> None:
        """Look at what has just reached the chats, before it is written down."""

    async def settle(self) -> None:
        if self.away_since is None:
            await super().settle()

    async def back(self, instant: datetime) -> None:
        """Nobody was there, and from `instant` on somebody is."""
        self.heard_since, self.away_since = self.away_since, None
        self.clock.move_to(instant)
        await self.settle()
        self.heard_since = None
        await self.tick()

    async def _deliver(self, found: Waiting | None) -> None:
        """As the sender does: edits as soon as their bubble is on screen, new messages in order, until all are out or
        the program dies."""
        while going := await self.database.write(self._going):
            calls = going if self.doom is None else going[: self.doom]
            verdicts = [(parcel, self._send(parcel, made, message_id)) for parcel, made, message_id in calls]
            arrivals = [
                Arrival(parcel, verdict.message_id, parcel.id in self._arrived)
                for parcel, verdict in verdicts
                if parcel.action is Action.SEND and verdict.message_id is not None
            ]
            await self.database.write(partial(self.judge, arrivals=arrivals))
            self._arrived |= {arrival.parcel.id for arrival in arrivals}
            self.bubbles |= {it.message_id for it in arrivals if it.parcel.bubble_id is not None}
            if self.doom is not None:
                self.doom, self.died = None, True
                self.excused |= {arrival.message_id for arrival in arrivals}
                await self.restart()
                return
            await self.database.write(partial(self._write_down, verdicts))

    def _going(self, tx: Connection) -> list[Row]:
        found = waiting(tx, self.now)
        if found is None:
            return []
        rows, shown = found
        gone = withdrawn(parcel for parcel, _ in rows)
        coming = {parcel.bubble_id for parcel, _ in rows if parcel.action is Action.SEND}
        halted = {parcel.chat_id: parcel.id for parcel, _ in rows if parcel.action is Action.HALT}
        first: list[Row] = []
        new: list[Row] = []
        for parcel, made in rows:
            message_id = parcel.message_id or shown.get(parcel.bubble_id or 0)
            if parcel.action is Action.SEND and parcel.bubble_id in gone:
                first.append((parcel, Verdict(OutboxState.DROPPED, error="withdrawn"), None))
            elif parcel.id < halted.get(parcel.chat_id, 0):
                first.append((parcel, Verdict(OutboxState.BLOCKED, error="blocked"), message_id))
            elif parcel.action in NEW:
                new.append((parcel, made, message_id))
            elif message_id is not None or parcel.bubble_id not in coming:
                first.append((parcel, made, message_id))
        first.sort(key=lambda row: (row[0].urgency, row[0].id))
        return first or ([] if self.held else new)

    def _send(self, parcel: Parcel, made: Any, message_id: int | None) -> Verdict:
        verdict = made if isinstance(made, Verdict) else self._call(parcel, made, message_id)
        if verdict.state in (OutboxState.BLOCKED, OutboxState.GONE) and message_id is not None:
            self.excused.add(message_id)
        return verdict
