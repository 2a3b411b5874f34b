"""The receiver: long polling that commits a batch before Telegram is told that it arrived.

Laws:
1. The next `getUpdates` offset is the acknowledgement, and it is only ever raised after the commit.
2. What a poll brings was made at some time since the last poll that left nothing waiting. A full batch may have left
   something: until the rest is in, later batches waited as long as the first one.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from bot import diary, logs, storage
from bot.clock import Clock
from bot.wire.http import ANSWER_FOR, NotSent, Request, Unanswered

log = logs.get(__name__)

POLL_FOR: Final = 30
"""Seconds that Telegram holds a poll open when there is nothing new."""
BATCH: Final = 100
"""Telegram's own limit for one poll."""
CUT_FROM: Final = 2**21
"""Bytes of an answer from which it may have been cut short: the Bot API server ends one at 4 MiB, however many more
updates wait."""
WANTED: Final = ["message", "edited_message", "callback_query", "my_chat_member"]
CONFLICT_FOR: Final = 60.0
"""Seconds that a 409 is retried: the poll of a process that was just killed may still be open."""
LONGEST_PAUSE: Final = 30.0


class SomeoneElsePolls(Exception):
    """Telegram goes on answering 409: another program uses this token."""


class TokenRevoked(Exception):
    """Telegram no longer knows the token."""


class Refused(Exception):
    """The server answered a poll with an error; `hold` is how many seconds it wants us to wait."""

    def __init__(self, code: int, hold: float | None) -> None:
        super().__init__(code)
        self.code = code
        self.hold = hold


class Receiver:
    """Polls until cancelled. `first_poll` is set once everything that waited at Telegram has been taken in.

    `failing`: the newest poll brought no answer.
    """

    def __init__(
        self, database: storage.Database, request: Request, base_url: str, clock: Clock, arrived: Callable[[], None]
    ) -> None:
        self._database = database
        self._request = request
        self._url = f"{base_url}/getUpdates"
        self._clock = clock
        self._arrived = arrived
        self._offset: int | None = None
        self.failing = False
        self.first_poll = asyncio.Event()

    async def run(self) -> None:
        """Receive for ever. Raises SomeoneElsePolls or TokenRevoked, or what the database raises."""
        failures = 0
        conflict_since: float | None = None
        hold = 0  # The first poll, and one after a poll that hung, asks for what is there and returns at once.
        while True:
            try:
                updates, all_of_them = await self._poll(hold)
            except Refused as refusal:
                self.failing = True
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
                self.failing = True
                hold, conflict_since = 0, None
                # A single one is nothing: a connection that a router forgot, a server that restarted.
                tell = log.info if failures == 1 else log.warning
                tell("polling fails", why=str(error), times=failures)
                await asyncio.sleep(_pause(failures - 1))
                continue
            failures, conflict_since, hold = 0, None, POLL_FOR
            await self._keep(updates, all_of_them)
            self.failing = False
            if all_of_them:
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

    async def _poll(self, hold: int) -> tuple[list[dict[str, Any]], bool]:
        """The updates, and whether these are all that waited."""
        wanted = {"timeout": str(hold), "limit": str(BATCH), "allowed_updates": json.dumps(WANTED)}
        if self._offset is not None:
            wanted["offset"] = str(self._offset)
        status, payload = await self._request.post_form(self._url, wanted, hold + ANSWER_FOR)
        try:
            answer = json.loads(payload)
            if answer["ok"]:
                updates = list(answer["result"])
                return updates, len(updates) < BATCH and len(payload) < CUT_FROM
            hold_for = (answer.get("parameters") or {}).get("retry_after")
            raise Refused(int(answer.get("error_code", status)), hold_for)
        except (ValueError, KeyError, TypeError):
            # No answer of a Bot API server: a proxy's error page, a captive portal. It says nothing of the token.
            raise Refused(max(status, 500), None) from None

    async def _keep(self, updates: list[dict[str, Any]], all_of_them: bool) -> None:
        # In ASCII: half a surrogate pair can't be stored otherwise, and such an update would end every start.
        rows = [(u["update_id"], json.dumps(u)) for u in updates if isinstance(u.get("update_id"), int)]

        def keep(tx: Connection) -> None:
            now, last_poll = self._clock.now(), storage.inbox.last_poll(tx)
            if last_poll is not None:
                _write_off(tx, last_poll, now)
            if rows:
                storage.inbox.put(tx, rows, now, last_poll)
            if all_of_them:
                storage.inbox.polled(tx, now)

        await self._database.write(keep)
        if not rows:
            return
        self._offset = max(update_id for update_id, _ in rows) + 1
        self._arrived()


def _write_off(tx: Connection, last_poll: datetime, now: datetime) -> None:
    """Own up to what is lost where we were away for longer than Telegram keeps replies."""
    lost = diary.entries.lost_between(last_poll, now)
    if lost is not None:
        count = storage.prompts.answers_lost(tx, *lost)
        storage.people.doubt_reach(tx, now)
        log.warning("away for longer than Telegram keeps replies; unanswered days are called our fault", days=count)


def _pause(failures: int) -> float:
    """Seconds before the next poll: none after a single failure, then doubling from one."""
    return 0 if failures <= 0 else min(LONGEST_PAUSE, 2.0 ** min(failures - 1, 6))
