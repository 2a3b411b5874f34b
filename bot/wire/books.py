"""The books: what it means for the diary that a row of the outbox was settled so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from bot import storage
from bot.diary.entries import Cause
from bot.storage.outbox import Parcel, Settlement
from bot.storage.tables import Action, OutboxState
from bot.wire.bodies import Verdict

CAUSES: Final = {OutboxState.BLOCKED: Cause.BLOCKED, OutboxState.GONE: Cause.GONE}


def write_down(tx: Connection, settled: Sequence[tuple[Parcel, Verdict, datetime]]) -> None:
    """Settle these rows, and note what follows: which message a bubble is, which prompt arrived, what it replaced, and
    who saw what. Of a row that was written down before nothing is noted again there: that log has no doubles."""
    shown = {parcel.id: (verdict.seen, at) for parcel, verdict, at in settled if verdict.seen is not None}
    for row in storage.outbox.standing(tx, shown):
        seen, at = shown[row]
        assert seen is not None
        storage.accesses.shown(tx, seen, at)
    storage.outbox.settle(
        tx,
        [
            Settlement(parcel.id, verdict.state, at, parcel.tries + 1, verdict.message_id, verdict.error)
            for parcel, verdict, at in settled
        ],
    )
    for parcel, verdict, at in settled:
        delivered = verdict.state is OutboxState.DELIVERED
        if verdict.message_id is not None and parcel.bubble_id is not None and parcel.action is Action.SEND:
            storage.outbox.show_bubble(tx, parcel.bubble_id, verdict.message_id)
        if parcel.day is not None and parcel.patient_id is not None:
            storage.prompts.settle(
                tx,
                parcel.patient_id,
                parcel.day,
                sent_at=at if delivered else None,
                cause=None if delivered else CAUSES.get(verdict.state, Cause.BOT),
                bubble_id=parcel.bubble_id,
            )
        # Whoever has no bubbles any more was forgotten meanwhile.
        if (
            parcel.replaces is not None
            and parcel.bubble_id is not None
            and storage.outbox.bubble_exists(tx, parcel.replaces)
        ):
            storage.prompts.replaced(tx, parcel, at, shown=delivered)
