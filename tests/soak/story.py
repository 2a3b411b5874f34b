"""One soak from its first day to its last: enrolments, an evening's wave, replies, and the digests of two Mondays."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bot.demo.calls import Fault, Params
from bot.demo.person import Person
from bot.demo.telegram import Telegram
from tests.soak import clinic
from tests.soak.child import STARTED, STEPS
from tests.soak.control import Control
from tests.soak.ledger import Ledger, newest_question
from tests.soak.lives import Lives
from tests.soak.weather import Weather
from tests.stage import ITO, TOKEN

SELF_ENROLLED: Final = 3
NOTES: Final = 50
"""Replies that are a text of their own."""
PER_STEP: Final = 60
"""Replies that come while the program is on its way to die at a step."""
LOOK_EVERY_S: Final = 0.1
PATIENCE_S: Final = 240.0
BETWEEN_KILLS_S: Final = (0.2, 1.5)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to happen. `rate`: replies a second, None: all at once; `steps`: die once at each step, too."""

    name: str
    seed: int
    replies: int
    patients: int
    kills: int
    rate: float | None
    digests: int
    steps: bool = False
    weather: bool = False


@dataclass
class Story:
    """A clinic, the lives of its program, and the books."""

    plan: Plan
    folder: Path
    telegram: Telegram
    control: Control
    ledger: Ledger
    lives: Lives
    weather: Weather
    chance: random.Random
    evening: datetime
    people: list[Person] = field(default_factory=list)
    _said: int = 0
    _last: dict[tuple[int, int], int] = field(default_factory=dict)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.control.read()[0]

    def fault(self, method: str, params: Params) -> Fault | None:
        found = self.lives.hook(method, params)
        if found is None and self.plan.weather and self.weather.spell != "fair":
            return self.weather.hook(method, params)
        return found

    # --- chapters -----------------------------------------------------------------------------------------------

    async def enrol(self) -> None:
        """A few enrol themselves; a crowd is there since three weeks."""
        self.ledger.first = self.next_update
        await self.lives.start()
        themselves = await clinic.enrol_themselves(self.telegram, SELF_ENROLLED)
        await self.quiet()
        await self.lives.stop()
        plan = self.plan
        crowd = await clinic.seed(
            self.ledger.path, self.telegram, plan.patients - SELF_ENROLLED, plan.digests, self.now(), self.evening
        )
        self.people = themselves + crowd
        self.ledger.learn_items()
        self.ledger.read()

    async def ask(self) -> dict[str, int]:
        """The evening hour comes for all of them at once."""
        await self.lives.start()
        day = f"{self.evening:%Y%m%d}"
        due = {person.id for person in self.people}
        await self.move_to(self.evening + timedelta(minutes=1))

        async def all_asked() -> bool:
            self.ledger.read()
            return due <= self.ledger.prompts[day].keys()

        await self.through(all_asked, self.plan.kills // 3)
        await self.quiet()
        for person in self.people:
            bubble = newest_question(person, day)
            assert bubble is not None
            self.ledger.bubble_of[person.id] = bubble
        return self.ledger.prompts_of(day, due)

    async def answer(self) -> dict[str, int]:
        """Everybody answers; what the plan says happens meanwhile."""
        if self.plan.steps:
            for step in STEPS:
                await self.die_at(step)
        left = self.plan.replies - self._said
        streaming = asyncio.create_task(self.stream(left, self.plan.rate))
        if self.plan.weather:
            spells = asyncio.create_task(self.spells())
            await asyncio.gather(streaming, spells)
            self.weather.spell = "fair"

        async def all_said() -> bool:
            return streaming.done()

        await self.through(all_said, self.plan.kills - self.plan.kills // 3)
        await streaming
        await self.quiet()
        return self.ledger.replies()

    async def die_at(self, step: str) -> None:
        """A stop under load, then a life that ends between this step and the next one."""
        streaming = asyncio.create_task(self.stream(PER_STEP // 2, 200))
        await asyncio.sleep(self.chance.uniform(0.02, 0.1))
        await self.lives.stop()
        await streaming
        streaming = asyncio.create_task(self.stream(PER_STEP - PER_STEP // 2, 20))
        await self.lives.dies_at(step, 1)
        await streaming
        await self.lives.start()
        await self.quiet()

    async def monday(self, number: int, kills: int) -> dict[str, int]:
        """The digests of a week, for patients and their therapist."""
        at = self.evening.replace(hour=7, minute=31) + timedelta(days=1 + 7 * (number - 1))
        week = self.ledger.week = f"monday {number}"
        self.ledger.first = self.next_update
        before = {chat for (chat,) in self.ledger.rows("select chat_id from outbox where state = 'in_doubt'")}
        self.ledger.doubtful.clear()
        due = {person.id for person in self.people[: SELF_ENROLLED + self.plan.digests]} | {ITO}
        await self.move_to(at)

        async def all_planned() -> bool:
            claimed = self.ledger.rows(
                "select count(distinct chat_id) from digests where planned_at > ?", f"{at:%Y-%m-%d %H:%M:%S}"
            )
            return bool(claimed[0][0] >= len(due)) and self.ledger.depth() == 0

        if self.plan.steps and number == 1:
            await self.lives.stop()
            await self.lives.dies_at(STARTED, 2)
            await self.lives.start()
            self.nudge()
        await self.through(all_planned, kills)
        await self.quiet()
        found = self.ledger.digests_of(week, due, at)
        if number > 1:
            found["in doubt the week before"] = len(before)
            found["of these not named"] = self.ledger.unnamed(week, before & due)
        return found

    async def spells(self) -> None:
        """One thing after another goes wrong for a while; in the end names do not resolve for an hour of the clock."""
        weather = self.weather
        for spell, seconds in (("", 4.0), ("401", 4.0), ("", 2.0), ("409", 4.0), ("429", 5.0), ("unreachable", 4.0)):
            weather.spell = spell
            await asyncio.sleep(seconds)
        weather.spell = ""
        weather.stalls.append(Fault(stall=True))
        self.nudge()
        await asyncio.sleep(1.0)
        self.control.write(nameless=True)
        self.nudge()
        await asyncio.sleep(2.0)
        self.control.write(ahead=self.control.read()[0] + timedelta(hours=1))
        await asyncio.sleep(3.0)
        self.control.write(nameless=False)

    # --- what people do -----------------------------------------------------------------------------------------

    async def stream(self, count: int, rate: float | None) -> None:
        """So many replies, at a rate or all at once."""
        began = asyncio.get_running_loop().time()
        for number in range(count):
            if rate is not None:
                ahead = began + number / rate - asyncio.get_running_loop().time()
                if ahead > 0:
                    await asyncio.sleep(ahead)
            self.reply(1)

    def reply(self, count: int) -> None:
        for _ in range(count):
            number = self._said
            self._said += 1
            person = self.people[number % len(self.people)]
            if number % (self.plan.replies // NOTES) == 7:
                text = f"a note of its own, number {number} in words"
                self.ledger.notes[text] = person.id
                person.send(text)
                continue
            items = self.ledger.items_of(person.id)
            item = items[number // len(self.people) % len(items)]
            # Another value than the one before, so that each reply is a row.
            value = self.chance.choice([value for value in range(11) if value != self._last.get((person.id, item))])
            self._last[person.id, item] = value
            data = f"s:{self.evening:%Y%m%d}:{item}:{value}"
            query = person.tap(self.ledger.bubble_of[person.id], data)
            self.ledger.enter_tap(query, person.id, item, value, number)

    def nudge(self) -> None:
        """Somebody writes, so that an open poll ends and the program sees what time it is."""
        self.telegram.people[ITO].send("/help")

    async def move_to(self, instant: datetime) -> None:
        self.control.write(ahead=instant - datetime.now(UTC))
        self.nudge()

    # --- what happens to the program ----------------------------------------------------------------------------

    async def through(self, done: Callable[[], Awaitable[bool]], kills: int) -> None:
        """Kill the program at random instants, so many times, and wait until something is done."""
        async with asyncio.timeout(PATIENCE_S):
            for _ in range(kills):
                await asyncio.sleep(self.chance.uniform(*BETWEEN_KILLS_S))
                await self.lives.kill()
                await self.lives.start()
            while not await done():
                self.must_live()
                await asyncio.sleep(LOOK_EVERY_S)

    async def quiet(self) -> None:
        """Wait until nothing waits at Telegram, in the inbox or in the outbox."""
        async with asyncio.timeout(PATIENCE_S):
            while self.telegram.pending or self.ledger.depth():
                self.must_live()
                await asyncio.sleep(LOOK_EVERY_S)

    def must_live(self) -> None:
        if not self.lives.alive:
            raise RuntimeError(f"the program ended by itself; its log is {self.folder / 'log'}")

    @property
    def next_update(self) -> int:
        """The number of the oldest update that is not confirmed, or of the one to come."""
        return self.telegram.next_unconfirmed


@asynccontextmanager
async def story(plan: Plan) -> AsyncIterator[Story]:
    """A story in a folder of its own, which stays where something went wrong."""
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    control = Control(folder / "control")
    today = datetime.now(UTC)
    sunday = (today + timedelta(days=6 - today.weekday())).date()
    evening = datetime(sunday.year, sunday.month, sunday.day, 20, tzinfo=UTC)
    # Lisbon has no clocks that change in a week of winter; in summer it is an hour ahead.
    control.write(ahead=evening - timedelta(hours=8) - today)
    telegram = Telegram(TOKEN, now=lambda: datetime.now(UTC) + control.read()[0])
    ledger = Ledger(telegram, folder / "diary.db")
    lives = Lives(ledger, folder, control)
    chance = random.Random(plan.seed)
    made = Story(plan, folder, telegram, control, ledger, lives, Weather(ledger, chance, "fair"), chance, evening)
    telegram.fault = made.fault
    await telegram.start()
    try:
        yield made
    finally:
        await lives.end()
        await telegram.stop()
