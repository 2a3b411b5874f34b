"""The receiver: long polling that commits a batch before Telegram is told that it arrived.

Laws:
1. The next `getUpdates` offset is the acknowledgement, and it is only ever raised after the commit.
2. A poll that has not ended well after its hold is dead, whatever the connection says: it is broken off and begun anew.
3. Only a refusal that lasts ends the program; what passes (a network, a proxy, a wrong answer) is waited for.
4. What a poll brings was made at some time since the last poll that left nothing waiting. A full batch may have left
   something: until the rest is in, later batches waited as long as the first one.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from bot import diary, logs, storage
from bot.clock import Clock
from bot.wire.bodies import error_code, is_whole, retry_after
from bot.wire.figures import Figures
from bot.wire.http import NotSent, Request, Unanswered

log = logs.get(__name__)

POLL_FOR: Final = 30
"""Seconds that Telegram holds a poll open when there is nothing new."""
STALLED_AFTER: Final = 15.0
"""Seconds beyond that after which a poll that has not ended, be it that bytes still trickle in, never will."""
BATCH: Final = 100
"""Telegram's own limit for one poll."""
CUT_FROM: Final = 2**21
"""Bytes of an answer from which it may have been cut short: the Bot API server ends one at 4 MiB, however many more
updates wait."""
WANTED: Final = ["message", "edited_message", "callback_query", "my_chat_member"]
REFUSED_FOR: Final = 60.0
"""Seconds that a 409 is retried, since the poll of a process that was just killed may still be open; and a 401. Who
polled long before the first 409, and has polls that go well in between, bears it up to twice as long."""
CONTESTED_UNTIL: Final = 40.0
"""Seconds without a 409 after which nobody else polls any more: longer than a poll is held. Two programs with one token
end each other's polls in turn, and each has polls that go well in between."""
LONGEST_PAUSE: Final = 30.0
ID_LASTS_FOR: Final = timedelta(days=6)
"""After a week without updates Telegram begins at another number, perhaps a lower one, and an offset above it would
acknowledge what nobody has seen (core.telegram.org/bots/api#update). After this long we ask without one."""
LARGEST_ID: Final = 2**63 - 2
DEEPEST: Final = 100
"""Lists and objects within each other in an answer that is cut: Telegram's own have about fifteen."""
MOST_DIGITS: Final = 100
_PARTS: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]|[^"\[\]{}]+|"', re.DOTALL)
"""Strings, brackets, and what is between them."""


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


class Unreadable(Exception):
    """The answer to a poll is none of a Bot API server: a proxy's page, half a body, something that is no list."""


class Stalled(Exception):
    """A poll did not end in time."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a poll brought, and whether that is all that waited."""

    updates: list[dict[str, Any]]
    all_of_them: bool


class Receiver:
    """Polls until cancelled. `first_poll` is set once everything that waited at Telegram has been taken in.

    `failing`: the newest poll brought no answer.
    """

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
        self._offset_at: datetime | None = None
        # The first poll, and one after a failure, asks for what is there and returns at once.
        self._hold = 0
        self._failures = 0
        self._stalls = 0
        self._refused_since: tuple[str, float] | None = None
        self._began_at = 0.0
        self._contested: tuple[float, float] | None = None
        self.first_poll = asyncio.Event()
        self.polled_at: datetime | None = None
        """When Telegram last answered a poll of this process and what it brought was committed; None before."""

    async def run(self) -> None:
        """Receive for ever. Raises SomeoneElsePolls or TokenRevoked, or what the database raises."""
        self._began_at = asyncio.get_running_loop().time()
        while True:
            try:
                found = await self._poll()
            except Refused as refusal:
                self._give_up_where_it_lasts(refusal.code)
                pause = self._failed("polling is refused", code=refusal.code)
                await asyncio.sleep(refusal.hold or pause)
            except (NotSent, Unanswered, Stalled, Unreadable) as error:
                self._refused_since = None
                await asyncio.sleep(self._tell(error))
            else:
                await asyncio.sleep(await self._take(found))

    @property
    def failing(self) -> bool:
        """Whether the newest poll brought no answer, or none that is new."""
        return self._failures > 0

    async def _take(self, found: Found) -> float:
        """Commit what a poll brought. Returns how long to wait before the next one, in seconds."""
        self._refused_since = None
        if not await self._keep(found):
            return self._failed("a poll brought what was confirmed before", pauses=1, quiet=self._failures == 0)
        if self._failures > 1:
            log.info("polling works again", after=self._failures)
        self._failures, self._stalls = 0, 0
        self._hold = POLL_FOR if found.all_of_them else 0
        if found.all_of_them:
            self.first_poll.set()
        return 0

    # --- when it fails ----------------------------------------------------------------------------------------

    def _tell(self, error: Exception) -> float:
        """Log a failure of the network. Returns the pause in seconds."""
        if isinstance(error, Stalled):
            self._stalls += 1
            return self._failed("a poll stalled and is begun anew on another connection", pauses=1, waited_s=str(error))
        if isinstance(error, Unreadable):
            return self._failed("the answer to a poll makes no sense", why=str(error))
        # A single one is nothing: a connection that a router forgot, a server that restarted.
        return self._failed("polling fails", pauses=1, quiet=self._failures == 0, why=str(error))

    def _failed(self, what: str, *, pauses: int = 0, quiet: bool = False, **more: Any) -> float:
        """Count and log a failure; the first `pauses` in a row cost no pause. Returns it in seconds."""
        self._failures += 1
        self._hold = 0
        tell = log.info if quiet else log.warning
        tell(what, times=self._failures, **more)
        return _pause(self._failures - pauses)

    def _give_up_where_it_lasts(self, code: int) -> None:
        """Raise once Telegram has refused our token, or us as its only reader, for a minute without a break."""
        if code not in (401, 404, 409):
            self._refused_since = None
            return
        why = "conflict" if code == 409 else "token"
        now = asyncio.get_running_loop().time()
        if code == 409:
            self._give_up_to_another(now)
        if self._refused_since is None or self._refused_since[0] != why:
            self._refused_since = (why, now)
        elif now - self._refused_since[1] >= REFUSED_FOR:
            raise SomeoneElsePolls(ANOTHER) if code == 409 else TokenRevoked(UNKNOWN)

    def _give_up_to_another(self, now: float) -> None:
        """Raise where another program has polled in turn with us for a minute.

        Who came last goes first: that one was started by mistake, most likely with a database that knows nobody.
        """
        first, last = self._contested or (now, now)
        if now - last > CONTESTED_UNTIL:
            first = now
        self._contested = (first, now)
        # The older one meets its first conflict a few seconds earlier, so its patience grows faster than its age.
        more = min(REFUSED_FOR, 3 * (first - self._began_at))
        if now - first >= REFUSED_FOR + more:
            raise SomeoneElsePolls(ANOTHER)

    # --- one poll ---------------------------------------------------------------------------------------------

    @property
    def _limit(self) -> int:
        """Fewer after each stall in a row: over a slow line a hundred updates may never come in time."""
        return max(1, BATCH >> self._stalls)

    async def _poll(self) -> Found:
        wanted = {"timeout": str(self._hold), "limit": str(self._limit), "allowed_updates": json.dumps(WANTED)}
        if self._offset_at is not None and self._clock.now() - self._offset_at > ID_LASTS_FOR:
            self._offset = self._offset_at = None
        if self._offset is not None:
            wanted["offset"] = str(self._offset)
        patience = self._hold + STALLED_AFTER
        try:
            # By the clock, over all of it: a half-open connection brings no byte, a sick proxy one every second.
            # A cancelled call closes its connection, so that the next one gets another.
            async with asyncio.timeout(patience):
                status, payload = await self._request.post_form(self._url, wanted, None)
        except TimeoutError:
            raise Stalled(patience) from None
        return _found(status, payload, self._limit)

    async def _keep(self, found: Found) -> bool:
        """Commit a batch, then move the offset. False if it only brought what had been confirmed already."""
        # In order: the ids are there "to restore the correct update sequence, should they get out of order".
        rows = sorted(as_rows(found.updates))
        # Ids that we confirmed are a server's mistake; low ones that we never saw are the new numbers it draws.
        behind = bool(rows) and self._offset is not None and rows[-1][0] < self._offset
        now = self._clock.now()

        def keep_new(tx: Connection) -> bool:
            seen = behind and storage.inbox.known(tx, [update_id for update_id, _ in rows]) == len(rows)
            keep(tx, [] if seen else rows, now, in_touch_at=now if found.all_of_them else None)
            return not seen

        fresh = await self._database.write(keep_new)
        self.polled_at = now
        if found.all_of_them:
            self._figures.in_touch(now)
        if rows and fresh:
            self._figures.updates["polling"] += len(rows)
            self._offset, self._offset_at = rows[-1][0] + 1, now
            self._arrived()
        return fresh


ANOTHER: Final = (
    "Another program receives this bot's messages: Telegram answered 409 for a minute. "
    "Stop the other one, or get a token of its own for this one from @BotFather."
)
UNKNOWN: Final = "Telegram does not know this BOT_TOKEN. Ask @BotFather for the right one and put it in."


def _found(status: int, payload: bytes, limit: int) -> Found:
    """The updates in an answer. Raises Refused, or Unreadable for what no Bot API server says."""
    given = result_of(status, payload)
    if not isinstance(given, list):
        raise Unreadable("no list of updates")
    updates = [update for update in given if _is_update(update)]
    if len(updates) < len(given):
        log.error("an answer to a poll held what is no update", count=len(given) - len(updates))
        if not updates:
            raise Unreadable("no update in the list")
    return Found(updates, len(given) < limit and len(payload) < CUT_FROM)


def result_of(status: int, payload: bytes) -> Any:
    """What a method gave. Raises Refused, or Unreadable for what no Bot API server says."""
    try:
        answer = read_json(payload)
    except ValueError:
        # A proxy's error page, a captive portal. It says nothing of the token.
        raise Unreadable(f"HTTP {status} without JSON") from None
    if not isinstance(answer, dict) or "ok" not in answer:
        raise Unreadable(f"HTTP {status} with other JSON")
    if not answer["ok"]:
        raise Refused(error_code(answer, status), retry_after(answer), str(answer.get("description", "")))
    return answer.get("result")


def read_json(payload: bytes) -> Any:
    """What the bytes say. Raises ValueError for no JSON.

    What Python can't hold (lists in lists without end, numbers of thousands of digits) becomes null: one such update
    would otherwise make every poll unreadable, and nobody behind it would be heard any more.
    """
    try:
        return json.loads(payload)
    except json.JSONDecodeError:
        raise
    except (ValueError, RecursionError):
        return json.loads(_shallow(payload.decode()), parse_int=_whole_number)


def _shallow(text: str) -> str:
    """JSON with null in place of what lies deeper than DEEPEST."""
    depth = 0
    kept = []
    for part in _PARTS.findall(text):
        depth += part in ("[", "{")
        if depth <= DEEPEST:
            kept.append(part)
        elif depth == DEEPEST + 1 and part in ("[", "{"):
            kept.append("null")
        depth -= part in ("]", "}")
    return "".join(kept)


def _whole_number(digits: str) -> int | None:
    return int(digits) if len(digits) <= MOST_DIGITS else None


def as_rows(updates: Iterable[Any]) -> list[tuple[int, str]]:
    """What the inbox keeps of updates: id and JSON. What has no id that can be one is no update."""
    return [(update["update_id"], storage.inbox.kept(update)) for update in updates if _is_update(update)]


def keep(tx: Connection, rows: list[tuple[int, str]], now: datetime, *, in_touch_at: datetime | None) -> None:
    """Keep a batch, and with it when nothing else waited at Telegram, where that is known."""
    last_poll = storage.inbox.last_poll(tx)
    if last_poll is not None:
        _write_off(tx, last_poll, now)
    if rows:
        storage.inbox.put(tx, rows, now, last_poll)
    if in_touch_at is not None:
        storage.inbox.polled(tx, in_touch_at)


def _is_update(value: Any) -> bool:
    """Whether this has a number that can be confirmed. A negative one would mean "forget all but the last"."""
    return isinstance(value, dict) and is_whole(value.get("update_id")) and 0 <= value["update_id"] <= LARGEST_ID


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
