"""The people who tap: offers replies to a bot through the server and takes the time of each answer.

They live in the server's process, so that one clock sees a tap offered and its answer arrive.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import dataclass
from typing import Any, Final

from bench.telegram import Bot, Connection, Tap

ITEMS: Final = 3
FIRST_CHAT: Final = 2_000_000_000
"""The chat of patient n is FIRST_CHAT + n, their open bubble is message FIRST_BUBBLE + n (bench/seed.py)."""
FIRST_BUBBLE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Crowd:
    """Whose replies: patients `first` to `first + count - 1`, about the diary day `day` (as in a button)."""

    first: int
    count: int
    day: str

    def offer(self, bot: Bot, turn: int) -> Tap:
        """The reply number `turn`: one patient after another, and never the value that counts already."""
        patient, visit = self.first + turn % self.count, turn // self.count
        place = visit % ITEMS
        item = (patient - 1) * ITEMS + 1 + place
        value = (patient + place + visit // ITEMS) % 11
        data = f"s:{self.day}:{item}:{value}"
        return bot.tap(FIRST_CHAT + patient, FIRST_BUBBLE + patient, data, item, value)


class Load:
    """One round of replies, until all are answered or `give_up` seconds are over."""

    def __init__(self, bot: Bot, wanted: dict[str, Any]) -> None:
        self._bot = bot
        self._crowd = Crowd(wanted["first"], wanted["patients"], wanted["day"])
        self._says: str | None = wanted.get("says")
        self._count: int = wanted["count"]
        self._in_flight: int = wanted.get("in_flight", 0)
        self._rate: float = wanted.get("rate", 0)
        self._give_up: float = wanted.get("give_up", 120)
        self._offered: list[Tap] = []
        self._ended = 0
        self._over = asyncio.Event()

    def stop(self) -> None:
        """Offer no more than was offered by now."""
        self._count = len(self._offered)
        if self._ended >= self._count:
            self._over.set()

    async def run(self) -> dict[str, Any]:
        self._bot.ended = self._end
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._give_up):
                if self._rate:
                    await self._at_a_rate()
                else:
                    for _ in range(min(self._in_flight or self._count, self._count)):
                        self._offer()
                await self._over.wait()
        except TimeoutError:
            pass
        finally:
            self._bot.ended = None
        return self._report(began)

    async def _at_a_rate(self) -> None:
        """People do not wait for one another: gaps as they come, with the given mean."""
        gaps = random.Random(1)
        at = time.monotonic()
        while len(self._offered) < self._count:
            at += gaps.expovariate(self._rate)
            await asyncio.sleep(at - time.monotonic())
            if len(self._offered) < self._count:
                self._offer()

    def _offer(self) -> None:
        turn = self._bot.turns.get(self._crowd.first, 0)
        self._bot.turns[self._crowd.first] = turn + 1
        if self._says is not None:
            chat = FIRST_CHAT + self._crowd.first + turn % self._crowd.count
            self._offered.append(self._bot.say(chat, self._says))
        else:
            self._offered.append(self._crowd.offer(self._bot, turn))

    def _end(self, tap: Tap) -> None:
        self._ended += 1
        if self._in_flight and len(self._offered) < self._count:
            self._offer()
        if self._ended >= self._count:
            self._over.set()

    def _report(self, began: float) -> dict[str, Any]:
        ended = [tap for tap in self._offered if tap.answered_at and tap.edited_at]
        last = max((max(tap.answered_at, tap.edited_at) for tap in ended), default=began)
        return {
            "wanted": self._count,
            "offered": len(self._offered),
            "answered": sum(tap.answered_at > 0 for tap in self._offered),
            "ended": len(ended),
            "seconds": last - began,
            "last_at": last,
            "answer_ms": spread([tap.answered_at - tap.offered_at for tap in self._offered if tap.answered_at]),
            "edit_ms": spread([tap.edited_at - tap.offered_at for tap in self._offered if tap.edited_at]),
            "answered_taps": [[tap.chat, tap.item, tap.value] for tap in self._offered if tap.answered_at],
        }


def spread(seconds: list[float]) -> dict[str, float]:
    """Median, 99th percentile and greatest, in milliseconds."""
    found = sorted(seconds) or [0.0]
    return {
        "p50": 1000 * found[len(found) // 2],
        "p99": 1000 * found[min(len(found) - 1, int(len(found) * 0.99))],
        "max": 1000 * found[-1],
    }


class Control:
    """What the one who measures asks of the server, over the same port: one JSON object a request."""

    def __init__(self, bots: dict[str, Bot]) -> None:
        self._bots = bots
        self._loads: dict[str, tuple[Load, asyncio.Task[dict[str, Any]]]] = {}
        self._asking: set[asyncio.Task[None]] = set()

    def asked(self, connection: Connection, body: bytes) -> None:
        task = asyncio.get_running_loop().create_task(self._answer(connection, json.loads(body)))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _answer(self, connection: Connection, wanted: dict[str, Any]) -> None:
        try:
            found = await getattr(self, f"do_{wanted.pop('do')}")(**wanted)
        except Exception as error:
            connection.answer(json.dumps({"error": repr(error)}).encode(), 0, b"500 Failed")
            return
        connection.answer(json.dumps(found).encode())

    async def do_bot(self, token: str) -> None:
        """Know a new bot."""
        # A file that is measured under several tokens must not know the numbers of the one before.
        self._bots[token] = Bot(1 + len(self._bots) * 1_000_000)

    async def do_set(self, token: str, **values: Any) -> None:
        """Change how the server treats a bot; chats are numbers."""
        for name, value in values.items():
            setattr(self._bots[token], name, {int(k): v for k, v in value.items()} if name == "hung" else value)

    async def do_tap(self, token: str, patient: int, item: int, day: str, value: int) -> None:
        """One patient taps once; nobody waits for it."""
        number = (patient - 1) * ITEMS + 1 + item
        data = f"s:{day}:{number}:{value}"
        self._bots[token].tap(FIRST_CHAT + patient, FIRST_BUBBLE + patient, data, number, value)

    async def do_say(self, token: str, patient: int, text: str) -> None:
        """One person writes once; nobody waits for an answer."""
        bot = self._bots[token]
        bot.say(FIRST_CHAT + patient, text)
        bot.open.clear()

    async def do_begin(self, token: str, **wanted: Any) -> None:
        """Begin to offer replies; `end` waits for them."""
        load = Load(self._bots[token], wanted)
        self._loads[token] = load, asyncio.get_running_loop().create_task(load.run())

    async def do_end(self, token: str, at_once: bool = False) -> dict[str, Any]:
        """What became of the replies, once all are answered; `at_once`: of those that were offered by now."""
        load, running = self._loads.pop(token)
        if at_once:
            load.stop()
        return await running

    async def do_polled(self, token: str, within: float) -> float | None:
        """Wait for the first poll; when it came."""
        return await self._until(lambda: self._bots[token].first_poll_at, within)

    async def do_sent(self, token: str, count: int, within: float) -> dict[str, Any]:
        """Wait until so many new messages arrived; what is known of them."""
        bot = self._bots[token]
        await self._until(lambda: len(bot.sent) >= count, within)
        return {"sent": bot.sent, "too_many": bot.too_many, "calls": dict(bot.calls)}

    async def do_quiet(self, token: str, within: float) -> bool:
        """Wait until every update was fetched and every tap answered and shown."""
        bot = self._bots[token]
        return bool(await self._until(lambda: not (bot.waiting() or bot.taps or any(bot.open.values())), within))

    async def _until(self, condition: Any, within: float) -> Any:
        until = time.monotonic() + within
        while not (found := condition()) and time.monotonic() < until:  # noqa: ASYNC110
            # Looking is cheaper than telling: nothing on the way of a reply knows that somebody waits.
            await asyncio.sleep(0.005)
        return found
