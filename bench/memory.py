"""Memory: after ten thousand replies with a large clinic, and through a year."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Final

from bench import seed
from bench.programs import Server, ours, ready, workplace
from bench.replies import PATIENTS, start_ours, start_peer
from bench.table import Row, say, times

LARGE: Final = 100_000
REPLIES: Final = 10_000
AT_ONCE: Final = 2_000
THEIRS: Final = 1_000
"""Replies of the peer: what it holds does not grow with them."""
MOST: Final = 120.0
YEAR: Final = 365
ANSWERING: Final = 8
FLAT: Final = 1.05


def memory() -> list[Row]:
    """The resident memory of the program after 10,000 replies, 2,000 at once, with 100,000 patients."""
    with workplace() as folder, Server() as server, ExitStack() as stack:
        mine = start_ours(stack, server, seed.Clinic(LARGE), folder)
        begun = mine.child.memory()["VmRSS"]
        for _ in range(REPLIES // AT_ONCE):
            mine.offer(server, AT_ONCE, patients=PATIENTS)
        held = mine.child.memory()
        say(f"  ours: {begun:.1f} MiB at the start, {held['VmRSS']:.1f} now, {held['VmHWM']:.1f} at most")
        mine.child.stop()
        ptb = start_peer(stack, server, "ptb_bot", folder)
        ptb.offer(server, THEIRS)
        theirs = ptb.child.memory()
        say(f"  ptb_bot: {theirs['VmRSS']:.1f} MiB, {theirs['VmHWM']:.1f} at most")
    return [
        Row(
            "memory after 10,000 replies, 100,000 patients",
            f"{held['VmRSS']:.0f} MiB, {held['VmHWM']:.0f} at most, {begun:.0f} at the start",
            f"plain PTB after {THEIRS:,}: {theirs['VmRSS']:.0f} MiB",
            times(held["VmRSS"] / theirs["VmRSS"]),
            f"{MOST:.0f} MiB",
            held["VmRSS"] <= MOST,
        )
    ]


def year() -> list[Row]:
    """Eight patients who answer everything for a year of the program's clock; a digest for each every week."""
    with workplace() as folder, Server() as server, ExitStack() as stack:
        database = folder / "diary.db"
        seed.make(database, seed.Clinic(ANSWERING), datetime.now(UTC))
        token = server.token()
        server.ask("set", token=token, patients_answer=True)
        command = ("-m", "bench.inside", "year", str(YEAR))
        child = stack.enter_context(ours(server, token, database, command=command, LOG_LEVEL="WARNING"))
        ready(server, token, child)
        quarters: list[float] = child.found(within=600)["held_mib"]
        known = server.ask("sent", token=token, count=0, within=0)
    replies = known["calls"]["answerCallbackQuery"]
    say(f"  {replies} replies, {len(known['sent'])} messages")
    growth = max(quarters[1:]) / quarters[0]
    return [
        Row(
            "memory at the end of each quarter of a year",
            " / ".join(f"{held:.1f}" for held in quarters) + f" MiB; {replies:,} replies",
            "the first quarter",
            times(growth),
            f"{FLAT}x",
            growth <= FLAT,
        )
    ]
