"""The receiver: long polling that commits a batch before Telegram is told that it arrived.

Law: the next `getUpdates` offset is the acknowledgement, and it is only ever raised after the commit.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from bot import logs, storage
from bot.clock import Clock
from bot.wire.figures import Figures
from bot.wire.http import ANSWER_FOR, NotSent, Request, Unanswered

log = logs.get(__name__)

POLL_FOR: Final = 30
"""Seconds that Telegram holds a poll open when there is nothing new."""
BATCH: Final = 100
"""Telegram's own limit for one poll."""
WANTED: Final = ["message", "edited_message", "callback_query", "my_chat_member"]
CONFLICT_FOR: Final = 60.0
"""Seconds that a 409 is retried: the poll of a process that was just killed may still be open."""
LONGEST_PAUSE: Final = 30.0


class SomeoneElsePolls(Exception):
    """Telegram goes on answering 409: another program uses this token."""


class TokenRevoked(Exception):
    """Telegram no longer knows the token."""


class Refused(Exception):
    """The server answered with an error, in its `words`; `hold` is how many seconds it wants us to wait."""

    def __init__(self, code: int, hold: float | None, words: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.hold = hold
        self.words = words


class Receiver:
    """Polls until cancelled. `first_poll` is set once everything that waited at Telegram has been taken in."""

    def __init__(
        self,
        database: storage.Database,
        request: Request,
        base_url: str,
        clock: Clock,
        arrived: Callable[[], None],
        figures: Figures | None = None,
    ) -> None:
        self._database = database
        self._request = request
        self._url = f"{base_url}/getUpdates"
        self._clock = clock
        self._arrived = arrived
        self._figures = figures or Figures()
        self._offset: int | None = None
        self.first_poll = asyncio.Event()

    async def run(self) -> None:
        """Receive for ever. Raises SomeoneElsePolls or TokenRevoked, or what the database raises."""
        failures = 0
        conflict_since: float | None = None
        hold = 0  # The first poll, and one after a poll that hung, asks for what is there and returns at once.
        while True:
            try:
                updates = await self._poll(hold)
            except Refused as refusal:
                if refusal.code == 409:
                    conflict_since = self._still_in_conflict(conflict_since)
                elif refusal.code in (401, 404):
                    raise TokenRevoked(
                        "Telegram does not know this BOT_TOKEN. Ask @BotFather for the right one and put it in."
                    ) from None
                failures += 1
                log.warning("polling is refused", code=refusal.code, times=failures)
                await asyncio.sleep(refusal.hold or _pause(failures))
                continue
            except (NotSent, Unanswered) as error:
                failures += 1
                hold, conflict_since = 0, None
                # A single one is nothing: a connection that a router forgot, a server that restarted.
                tell = log.info if failures == 1 else log.warning
                tell("polling fails", why=str(error), times=failures)
                await asyncio.sleep(_pause(failures - 1))
                continue
            failures, conflict_since, hold = 0, None, POLL_FOR
            await self._keep(updates)
            if len(updates) < BATCH:
                self.first_poll.set()
            else:
                hold = 0

    def _still_in_conflict(self, since: float | None) -> float:
        now = asyncio.get_running_loop().time()
        if since is None:
            log.warning("another poll is open for this token; trying again", for_seconds=CONFLICT_FOR)
            return now
        if now - since >= CONFLICT_FOR:
            raise SomeoneElsePolls(
                "Another program receives this bot's messages: Telegram answered 409 for a minute. "
                "Stop the other one, or get a token of its own for this one from @BotFather."
            )
        return since

    async def _poll(self, hold: int) -> list[dict[str, Any]]:
        wanted = {"timeout": str(hold), "limit": str(BATCH), "allowed_updates": json.dumps(WANTED)}
        if self._offset is not None:
            wanted["offset"] = str(self._offset)
        status, payload = await self._request.post_form(self._url, wanted, hold + ANSWER_FOR)
        updates = result_of(status, payload)
        if not isinstance(updates, list):
            raise Refused(500, None)
        return updates

    async def _keep(self, updates: list[dict[str, Any]]) -> None:
        rows = as_rows(updates)

        def keep_them(tx: Connection) -> datetime | None:
            now = self._clock.now()
            # Behind a full batch there may be more, which has waited for just as long.
            in_touch_at = now if len(updates) < BATCH else None
            keep(tx, rows, now, in_touch_at=in_touch_at)
            return in_touch_at

        if (in_touch_at := await self._database.write(keep_them)) is not None:
            self._figures.in_touch(in_touch_at)
        if not rows:
            return
        self._figures.updates["polling"] += len(rows)
        self._offset = max(update_id for update_id, _ in rows) + 1
        self._arrived()


def as_rows(updates: Iterable[Any]) -> list[tuple[int, str]]:
    """What the inbox keeps of updates: id and raw JSON. What has no id that can be one is no update."""
    # In ASCII: half a surrogate pair can't be stored otherwise, and such an update would end every start.
    return [
        (update["update_id"], json.dumps(update))
        for update in updates
        if isinstance(update, dict) and type(update.get("update_id")) is int and 0 <= update["update_id"] < 2**63
    ]


def keep(tx: Connection, rows: list[tuple[int, str]], now: datetime, *, in_touch_at: datetime | None) -> None:
    """Keep a batch, and with it when nothing else waited at Telegram, where that is known."""
    if rows:
        storage.inbox.put(tx, rows, now, storage.inbox.last_poll(tx))
    if in_touch_at is not None:
        storage.inbox.polled(tx, in_touch_at)


def result_of(status: int, payload: bytes) -> Any:
    """What a method gave. Raises Refused for an error, and for what is no answer of a Bot API server."""
    try:
        answer = json.loads(payload)
        if answer["ok"]:
            return answer["result"]
        hold = (answer.get("parameters") or {}).get("retry_after")
        hold = hold if isinstance(hold, int | float) else None
        raise Refused(int(answer.get("error_code", status)), hold, str(answer.get("description", "")))
    except (ValueError, KeyError, TypeError, AttributeError):
        # A proxy's error page, a captive portal. It says nothing of the token.
        raise Refused(max(status, 500), None) from None


def _pause(failures: int) -> float:
    """Seconds before the next poll: none after a single failure, then doubling from one."""
    return 0 if failures <= 0 else min(LONGEST_PAUSE, 2.0 ** min(failures - 1, 6))
