"""`python -m tests.soak`: kills the real program and breaks its network while a clinic answers; prints what came of it.

Ends with 1 where a reply was lost, stored twice or never answered, or a prompt or digest came twice or never without a
doubt that explains it.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import shutil
import sys
import time
import traceback
from pathlib import Path
from typing import Final

from tests.soak.story import Plan, Story, story

MAY_BE: Final = frozenset(
    {
        "replies", "confirmed by Telegram", "prompts due", "in doubt", "came once more", "digests due", "never came",
        "in doubt the week before",
    }
)  # fmt: skip
"""What is counted and may be anything. "never came" of a prompt has a line of its own below."""
Table = dict[str, dict[str, int]]


def plans(args: argparse.Namespace) -> list[Plan]:
    seed, replies, patients = args.seed, args.replies, args.patients
    digests = min(200, patients // 4)
    steps = Plan("a death at every step", seed, replies // 2, patients, 0, 200.0, digests, steps=True)
    rate = Plan(f"{args.rate:.0f} replies a second", seed, replies, patients, args.kills, args.rate, digests)
    at_once = Plan("all replies at once", seed, replies, patients, args.kills, None, digests)
    weather = Plan("a broken network", seed, replies, patients, 0, args.rate, digests, weather=True)
    known = {"steps": steps, "rate": rate, "once": at_once, "weather": weather}
    return [known[name] for name in args.scenario]


async def play(plan: Plan) -> tuple[Table, Story]:
    async with story(plan) as told:
        table: Table = {}
        try:
            await told.enrol()
            table["prompts"] = await told.ask()
            table["replies"] = await told.answer()
            table["digests"] = await told.monday(1, max(1, plan.kills // 3) if plan.kills else 0)
            table["digests a week later"] = await told.monday(2, 0)
            await told.lives.stop()
        except (TimeoutError, RuntimeError) as error:
            # Where it stood still, since a wait says nothing of itself.
            frames = [f"{Path(it.filename).name}:{it.lineno}" for it in traceback.extract_tb(error.__traceback__)]
            wrong = f"it came to no end: {type(error).__name__} {error} at {' < '.join(reversed(frames))}"
            told.ledger.wrong.append(wrong)
        return table, told


def violations(table: Table) -> list[str]:
    found = []
    for chapter, counts in table.items():
        for what, count in counts.items():
            allowed = what in MAY_BE and not (chapter == "prompts" and what == "never came")
            if count and not allowed:
                found.append(f"{chapter}: {what}: {count}")
    return found


def show(plan: Plan, table: Table, told: Story, took: float) -> bool:
    """Print the table; whether all is right."""
    lives = told.lives
    print(f"\n=== {plan.name} (seed {plan.seed}), {took:.0f} s")
    deaths = ", ".join(f"{step} {count}" for step, count in lives.at_steps.items())
    print(
        f"lives {lives.started}, killed {lives.killed}, stopped {lives.stopped}"
        + (f", died after: {deaths}" if deaths else "")
    )
    if told.ledger.faults:
        print("faults: " + ", ".join(f"{name} {count}" for name, count in told.ledger.faults.most_common()))
    for chapter, counts in table.items():
        print(f"{chapter}")
        for what, count in counts.items():
            print(f"    {what:<36}{count:>8}")
    wrong = violations(table) + told.ledger.wrong
    for line in wrong:
        print(f"WRONG: {line}")
    if wrong:
        print(f"what is left of it: {told.folder}")
    else:
        shutil.rmtree(told.folder)
        print("all is right")
    return not wrong


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("scenario", nargs="*", default=["steps", "rate", "once", "weather"])
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--replies", type=int, default=5_000)
    parser.add_argument("--patients", type=int, default=2_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--rate", type=float, default=200.0)
    args = parser.parse_args()
    right = True
    for plan in plans(args):
        began = time.monotonic()
        table, told = asyncio.run(play(plan))
        right &= show(plan, table, told, time.monotonic() - began)
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
