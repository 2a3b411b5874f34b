"""Killed between any two steps: no confirmed reply is lost, none is stored twice, none stays unanswered.

The real program runs as a child process on a real file against the stand-in, and gets SIGKILL at a named step of an
update's way, or at random. Afterwards it is started once more and left alone, and then everything is counted.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.demo.calls import Fault
from bot.demo.person import Person
from bot.demo.telegram import Telegram
from tests.stage import ITO, TOKEN, stage

PATIENTS = 4
PATIENCE_S = 60.0


@dataclass
class Run:
    """A child process that can be killed and started again."""

    telegram: Telegram
    folder: Path
    child: asyncio.subprocess.Process | None = None
    kills: int = 0
    killing: asyncio.Task[None] | None = None
    taps: dict[str, tuple[int, str, int]] = field(default_factory=dict)
    in_doubt: int = 0
    """Prompts that had reached Telegram at a kill, with no word of it on the file yet."""

    async def start(self) -> None:
        settings = {
            "BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": self.telegram.address,
            "DATABASE_URL": f"sqlite+aiosqlite:///{self.folder / 'diary.db'}",
            "ADMIN_IDS": str(ITO),
            "DEFAULT_TIMEZONE": "Europe/Lisbon",
            "MESSAGES_PER_SECOND": "10000",
            "MESSAGES_PER_SECOND_PER_CHAT": "10000",
            "LOG_LEVEL": "ERROR",
        }
        self.child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", env={**os.environ, **settings}
        )

    def kill(self) -> None:
        """SIGKILL now, and a new process as soon as the old one is gone."""
        if self.killing is None or self.killing.done():
            assert self.child is not None
            self.child.send_signal(signal.SIGKILL)
            self.kills += 1
            self.killing = asyncio.create_task(self._again())

    async def _again(self) -> None:
        assert self.child is not None
        await self.child.wait()
        self.in_doubt += self._unsettled()
        await self.start()

    def _unsettled(self) -> int:
        with sqlite3.connect(self.folder / "diary.db") as file:
            waiting = file.execute("select chat_id from outbox where state = 'waiting' and day is not null")
            chats = {chat_id for (chat_id,) in waiting}
        asked = {call.chat_id for call in self.telegram.calls_of("sendMessage") if call.ok and _is_prompt(call.params)}
        return len(chats & asked)

    async def end(self) -> None:
        """Leave nothing running, whatever happened."""
        if self.killing is not None:
            await self.killing
        if self.child is not None and self.child.returncode is None:
            self.child.kill()
            await self.child.wait()
        await self.telegram.stop()

    async def stop(self) -> None:
        if self.killing is not None:
            await self.killing
        assert self.child is not None
        self.child.send_signal(signal.SIGTERM)
        assert await self.child.wait() == 0


STEPS = (
    "received, nothing committed",
    "committed, not acknowledged",
    "handled, before an answer is sent",
    "sent, not settled",
)


def at_each_step(run: Run) -> Callable[[str, dict[str, Any]], Fault | None]:
    """A fault hook that kills the child when a call reaches the first step, then the second, and so on."""
    seen = 0

    def hook(method: str, params: dict[str, Any]) -> Fault | None:
        nonlocal seen
        polled = method == "getUpdates"
        new = polled and int(params.get("offset") or 0) > seen
        if polled:
            seen = max(seen, int(params.get("offset") or 0))
        if run.kills == len(STEPS) or (run.killing is not None and not run.killing.done()):
            return None
        step = STEPS[run.kills]
        hit = {
            "received, nothing committed": polled and bool(run.telegram.pending) and not new,
            "committed, not acknowledged": new and bool(run.taps),
            "handled, before an answer is sent": method == "answerCallbackQuery",
            "sent, not settled": method in ("answerCallbackQuery", "editMessageText"),
        }[step]
        if not hit:
            return None
        if step.startswith("received"):
            # The updates go out, and the process dies with them in its hands.
            asyncio.get_running_loop().call_later(0.002, run.kill)
            return None
        run.kill()
        return Fault.lost_after() if step.startswith("sent") else Fault.lost_before()

    return hook


async def cast(folder: Path, patients: int = PATIENTS) -> tuple[Telegram, list[Person]]:
    """A clinic with enrolled patients whose first question is open; the program is stopped again."""
    async with stage(folder, datetime.now(UTC)) as played:
        await played.enrol_therapist(played.ito)
        people = [await played.enrol(played.person(1000 + n, f"P{n}"), played.ito, now=True) for n in range(patients)]
        telegram = played.telegram
    await telegram.start()
    return telegram, people


async def answer_all(run: Run, person: Person, chance: random.Random) -> None:
    """One patient answers the three questions, each once, as soon as it is on screen."""
    shown = ""
    for _ in range(3):
        message = await run.telegram.until(lambda before=shown: _question(person, before), PATIENCE_S)
        shown = message["text"]
        value = chance.randint(0, 10)
        query = person.tap_label(str(value), message["message_id"])
        assert query is not None
        run.taps[query] = (person.id, shown.split(" ·")[0].lower(), value)
    await run.telegram.until(lambda: "This is stored" in person.last.get("text", ""), PATIENCE_S)


def _question(person: Person, before: str) -> Any:
    message = person.last
    return message if "past 24 hours" in message.get("text", "") and message["text"] != before else None


def count(run: Run) -> tuple[list[Any], list[Any]]:
    """What was tapped and what was stored, in the same form."""
    with sqlite3.connect(run.folder / "diary.db") as file:
        stored = file.execute(
            "select p.chat_id, i.symptom, s.value from scores s join items i on i.id = s.item_id "
            "join patients p on p.id = s.patient_id"
        ).fetchall()
        assert file.execute("select count(*) from inbox where state <> 'done'").fetchone() == (0,)
        assert file.execute("select count(*) from outbox where state = 'waiting'").fetchone() == (0,)
    return sorted(run.taps.values()), sorted(stored)


def _is_prompt(params: dict[str, Any]) -> bool:
    return "past 24 hours" in str(params.get("text", ""))


async def worked_off(run: Run) -> None:
    """Every tap is answered and nothing waits."""
    await run.telegram.until(lambda: not run.telegram.pending, PATIENCE_S)
    await run.telegram.until(
        lambda: (
            set(run.taps) <= {c.params.get("callback_query_id") for c in run.telegram.calls_of("answerCallbackQuery")}
        ),
        PATIENCE_S,
    )


@pytest.mark.parametrize("when", ["between any two steps", "at any instant"])
async def test_killed_nothing_is_lost_or_stored_twice_or_left_unanswered(when: str, tmp_path: Path) -> None:
    telegram, people = await cast(tmp_path)
    run = Run(telegram, tmp_path)
    chance = random.Random(when)
    try:
        await run.start()
        if when == "at any instant":
            murder = asyncio.create_task(_at_random(run, chance, times=2, total=3 * PATIENTS))
        else:
            telegram.fault = at_each_step(run)
        await asyncio.gather(*(answer_all(run, person, chance) for person in people))
        if when == "at any instant":
            await murder
        telegram.fault = None
        await worked_off(run)
        await run.stop()
        assert run.kills == (2 if when == "at any instant" else len(STEPS))
        tapped, stored = count(run)
        assert stored == tapped
    finally:
        await run.end()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
async def test_killed_ten_times_at_random_nothing_is_lost_or_stored_twice(seed: int, tmp_path: Path) -> None:
    telegram, people = await cast(tmp_path, patients=30)
    run = Run(telegram, tmp_path)
    chance = random.Random(seed)
    try:
        await run.start()
        murder = asyncio.create_task(_at_random(run, chance, times=10, total=3 * len(people)))
        await asyncio.gather(*(answer_all(run, person, chance) for person in people), murder)
        await worked_off(run)
        await run.stop()
        assert run.kills == 10
        tapped, stored = count(run)
        assert stored == tapped
    finally:
        await run.end()


async def _at_random(run: Run, chance: random.Random, times: int, total: int) -> None:
    for _ in range(times):
        await run.telegram.until(lambda: run.telegram.polling, PATIENCE_S)
        answered = len(run.telegram.calls)
        more = chance.randint(1, 9)
        enough = answered + more
        # Once everybody has answered there are no more calls to wait for.
        await run.telegram.until(
            lambda enough=enough: len(run.telegram.calls) >= enough or len(run.taps) == total,  # type: ignore[misc]
            PATIENCE_S,
        )
        run.kill()
        assert run.killing is not None
        await run.killing


async def test_prompts_and_digests_in_flight_at_a_kill_are_in_doubt_and_only_those(tmp_path: Path) -> None:
    telegram, people = await cast(tmp_path)
    due = datetime.now(UTC) - timedelta(minutes=1)
    with sqlite3.connect(tmp_path / "diary.db") as file:
        file.execute(
            "update patients set next_prompt_at = ?, next_prompt_day = date(next_prompt_day), next_digest_at = ?, "
            "enrolled_day = date(enrolled_day, '-21 days')",
            (due.strftime("%Y-%m-%d %H:%M:%S.%f"), due.strftime("%Y-%m-%d %H:%M:%S.%f")),
        )
    earlier = {person.id: len(person.heard) for person in people}
    telegram.calls.clear()
    run = Run(telegram, tmp_path)
    flying: list[tuple[str, int]] = []

    def hook(method: str, params: dict[str, Any]) -> Fault | None:
        if method not in ("sendMessage", "sendPhoto") or run.kills >= 2 or len(flying) >= 2:
            return None
        flying.append((method, int(params["chat_id"])))
        run.kill()
        return Fault.lost_after()

    telegram.fault = hook
    try:
        await run.start()

        def heard(person: Person) -> list[str]:
            return ["digest" if "photo" in m else "prompt" for m in person.heard[earlier[person.id] :]]

        def complete() -> bool:
            return all("prompt" in heard(person) and "digest" in heard(person) for person in people)

        await telegram.until(complete, PATIENCE_S)
        await worked_off(run)
        await run.stop()
        again = sum(heard(person).count("prompt") - 1 for person in people)
        assert again <= run.in_doubt
        assert all(heard(person).count("digest") == 1 for person in people)
    finally:
        await run.end()
