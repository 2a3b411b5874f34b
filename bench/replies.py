"""Replies: how many a second, at what cost, how soon each is answered, and how soon a backlog is worked off."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bench import seed
from bench.people import FIRST_CHAT
from bench.programs import Child, Server, ours, peer, ready, workplace
from bench.table import Row, middle, say, times

PATIENTS: Final = 4_000
ROUNDS: Final = 5
ROUND_FOR: Final = 3.0
"""Seconds that a round should take."""
SLOW: Final = 0.06
"""Seconds that a call takes where the server is far away."""


@dataclass
class Runner:
    """One bot under measurement: its rates (replies a second) and costs (ms CPU a reply), round by round."""

    name: str
    token: str
    child: Child
    day: str
    database: Path | None
    says: str | None = None
    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    taps: list[tuple[int, int, int]] = field(default_factory=list)
    _pace: float = 0.0

    def offer(self, server: Server, count: int, **how: Any) -> dict[str, Any]:
        """Offer replies and wait for them. Raises where one was not answered."""
        says = {} if self.says is None else {"says": self.says}
        server.ask("begin", token=self.token, first=1, patients=PATIENTS, day=self.day, count=count, **says, **how)
        found: dict[str, Any] = server.ask("end", token=self.token)
        self.child.alive()
        if found["ended"] < count:
            raise RuntimeError(f"{self.name}: {count - found['ended']} of {count} replies were never answered")
        self.taps += [(chat, item, value) for chat, item, value in found["answered_taps"]]
        return found

    def warm(self, server: Server) -> None:
        """A few replies, so that caches are full and it is known how many fill a round."""
        for count in (20, 100):
            found = self.offer(server, count)
            self._pace = count / found["seconds"]
            if found["seconds"] > ROUND_FOR / 2:
                break

    def round(self, server: Server) -> None:
        """One round: as many replies at once as take about ROUND_FOR seconds, none of them from the same person."""
        count = max(20, min(PATIENTS, int(self._pace * ROUND_FOR)))
        before = self.child.cpu()
        found = self.offer(server, count)
        self.costs.append(1000 * (self.child.cpu() - before) / count)
        self.rates.append(count / found["seconds"])
        self._pace = self.rates[-1]
        say(f"  {self.name}: {count} replies, {self.rates[-1]:.0f}/s, {self.costs[-1]:.2f} ms CPU each")

    def stored(self) -> tuple[int, int]:
        """How many answered replies are not stored, and how many are stored more often than they were made."""
        assert self.database is not None
        with sqlite3.connect(self.database) as database:
            kept = Counter(database.execute(STORED_HERE if self.name == "ours" else STORED_THERE))
        made = Counter(self.taps)
        return (made - kept).total(), (kept - made).total()


STORED_HERE: Final = f"""SELECT {FIRST_CHAT} + patient_id, item_id, value FROM scores WHERE withdrawn_at IS NULL"""
STORED_THERE: Final = "SELECT chat_id, item, value FROM replies"


def start_ours(stack: ExitStack, server: Server, clinic: seed.Clinic, folder: Path, **settings: str) -> Runner:
    """Our bot on a fresh file, once it polls."""
    database = folder / "diary.db"
    day = seed.make(database, clinic, datetime.now(UTC))
    token = server.token()
    child = stack.enter_context(ours(server, token, database, **settings))
    ready(server, token, child)
    return Runner("ours", token, child, day, database)


def start_peer(stack: ExitStack, server: Server, name: str, folder: Path, says: str | None = None) -> Runner:
    token = server.token()
    child = stack.enter_context(peer(name, server, token, folder))
    ready(server, token, child)
    return Runner(name, token, child, "20260302", None if says else folder / f"{name}.db", says)


def _rounds(server: Server, runners: list[Runner], delay: float) -> None:
    """Alternate, so that a machine that drifts drifts for all."""
    for runner in runners:
        server.ask("set", token=runner.token, delay=delay)
        runner.warm(server)
    for _ in range(ROUNDS):
        for runner in runners:
            runner.round(server)


def _all_stored(runners: list[Runner]) -> Row:
    """Every reply that was answered is stored, once, by each of the bots that store."""
    counts = {r.name: (len(r.taps), *r.stored()) for r in runners if r.database is not None}
    mine = counts.pop("ours")
    others = "; ".join(f"{name}: {n - missing} of {n}" for name, (n, missing, _) in counts.items())
    return Row(
        "replies answered and stored once",
        f"{mine[0] - mine[1]} of {mine[0]}, {mine[2]} too many",
        others,
        "",
        "all",
        mine[1] == mine[2] == 0,
    )


def throughput() -> list[Row]:
    """Replies a second, against each peer, on loopback and with calls that take 60 ms; and the CPU of a reply."""
    rows: list[Row] = []
    with workplace() as folder, Server() as server, ExitStack() as stack:
        mine = start_ours(stack, server, seed.Clinic(PATIENTS), folder)
        ptb = start_peer(stack, server, "ptb_bot", folder)
        aiogram = start_peer(stack, server, "aiogram_bot", folder)
        echo = start_peer(stack, server, "echo_bot", folder, says="7")
        say("replies on loopback")
        _rounds(server, [mine, ptb, aiogram, echo], 0.0)
        rate, cost = middle(mine.rates), middle(mine.costs)
        for name, other, must in (
            ("plain PTB, storing", ptb, 6.0),
            ("plain aiogram, storing", aiogram, None),
            ("aiogram bare echo, storing nothing", echo, 1.3),
        ):
            rows.append(_faster(f"replies/s on loopback, {name}", rate, middle(other.rates), must))
        rows.append(
            Row(
                "CPU per reply",
                f"{cost:.2f} ms",
                f"PTB {middle(ptb.costs):.2f}, aiogram {middle(aiogram.costs):.2f}, echo {middle(echo.costs):.2f} ms",
                times(cost / middle(ptb.costs)),
                "1.5 ms",
                cost <= 1.5,
            )
        )
        for runner in (mine, ptb, aiogram, echo):
            runner.rates.clear()
        say("replies at 60 ms a call")
        _rounds(server, [mine, ptb, aiogram], SLOW)
        rate = middle(mine.rates)
        rows.append(_faster("replies/s at 60 ms a call, plain PTB, storing", rate, middle(ptb.rates), 40.0))
        rows.append(_faster("replies/s at 60 ms a call, plain aiogram, storing", rate, middle(aiogram.rates), None))
        for runner in (mine, ptb, aiogram):
            server.ask("quiet", token=runner.token, within=30)
        rows.append(_all_stored([mine, ptb, aiogram]))
    return rows


def _faster(name: str, rate: float, other: float, must: float | None) -> Row:
    return Row(
        name,
        f"{rate:.0f}/s",
        f"{other:.0f}/s",
        times(rate / other),
        "" if must is None else f"{must:g}x",
        None if must is None else rate >= must * other,
    )
