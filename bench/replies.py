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

    def begin(self, server: Server, count: int, **how: Any) -> None:
        """Begin to offer replies."""
        says = {} if self.says is None else {"says": self.says}
        crowd = {"first": 1, "patients": PATIENTS, "day": self.day} | says
        server.ask("begin", token=self.token, count=count, **(crowd | how))

    def end(self, server: Server, *, at_once: bool = False) -> dict[str, Any]:
        """Wait for the replies that were offered; `at_once`: offer no more. Raises where one was not answered."""
        found: dict[str, Any] = server.ask("end", token=self.token, at_once=at_once)
        self.child.alive()
        self.taps += [(chat, item, value) for chat, item, value in found["answered_taps"]]
        if found["ended"] < found["wanted"]:
            missing = found["wanted"] - found["ended"]
            raise RuntimeError(f"{self.name}: {missing} of {found['wanted']} replies were never answered")
        return found

    def offer(self, server: Server, count: int, **how: Any) -> dict[str, Any]:
        """Offer replies and wait for them."""
        self.begin(server, count, **how)
        return self.end(server)

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


def start_ours(
    stack: ExitStack,
    server: Server,
    clinic: seed.Clinic,
    folder: Path,
    *,
    limits: tuple[int, bool] = (0, False),
    hung: dict[int, float] | None = None,
    **settings: str,
) -> Runner:
    """Our bot on a fresh file, once it polls. `limits`: what the server allows, new messages a second and one a
    second for each chat; `hung`: seconds that the calls about some chats take."""
    database = folder / "diary.db"
    day = seed.make(database, clinic, datetime.now(UTC))
    token = server.token()
    server.ask("set", token=token, per_second=limits[0], per_chat=limits[1], hung=hung or {})
    child = stack.enter_context(ours(server, token, database, **settings))
    ready(server, token, child)
    return Runner("ours", token, child, day, database)


def start_peer(
    stack: ExitStack, server: Server, name: str, folder: Path, says: str | None = None, **environment: str
) -> Runner:
    """A peer on a fresh file, once it polls; `says`: it is sent texts instead of taps."""
    token = server.token()
    child = stack.enter_context(peer(name, server, token, folder, **environment))
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
        forgetful = start_peer(stack, server, "forgetful_bot", folder)
        forgetful.database = None
        echo = start_peer(stack, server, "echo_bot", folder, says="7")
        say("replies on loopback")
        _rounds(server, [mine, ptb, aiogram, forgetful, echo], 0.0)
        rate, cost = middle(mine.rates), middle(mine.costs)
        for name, other, must in (
            ("plain PTB, storing", ptb, 6.0),
            ("plain aiogram, storing", aiogram, None),
            ("aiogram, the same two calls, storing nothing", forgetful, 1.3),
            ("aiogram bare echo, one call, storing nothing", echo, 1.3),
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


# --- how soon ---------------------------------------------------------------------------------------------------

TAPS_A_SECOND: Final = 40
TAPS: Final = 400
"""Ten seconds of them in a round."""


def latency() -> list[Row]:
    """From the tap to the arrival of its answer, at 40 taps a second."""
    with workplace() as folder, Server() as server, ExitStack() as stack:
        mine = start_ours(stack, server, seed.Clinic(PATIENTS), folder)
        peers = [start_peer(stack, server, name, folder) for name in ("ptb_bot", "aiogram_bot")]
        found: dict[str, list[dict[str, float]]] = {}
        for runner in (mine, *peers):
            runner.offer(server, 100)
        for _ in range(3):
            for runner in (mine, *peers):
                figures = runner.offer(server, TAPS, rate=TAPS_A_SECOND)["answer_ms"]
                found.setdefault(runner.name, []).append(figures)
                say(f"  {runner.name}: {spread_text(figures)}")
        p99 = {name: middle(f["p99"] for f in rounds) for name, rounds in found.items()}
        p50 = {name: middle(f["p50"] for f in rounds) for name, rounds in found.items()}
        return [
            Row(
                "tap to answer at 40 taps/s, p50 / p99",
                f"{p50['ours']:.1f} / {p99['ours']:.1f} ms",
                ", ".join(
                    f"{label} {p50[name]:.1f} / {p99[name]:.1f} ms"
                    for name, label in (("ptb_bot", "PTB"), ("aiogram_bot", "aiogram"))
                ),
                times(p99["ours"] / p99["ptb_bot"]),
                "p99 25 ms",
                p99["ours"] <= 25,
            )
        ]


def spread_text(figures: dict[str, float]) -> str:
    return f"p50 {figures['p50']:.1f}, p99 {figures['p99']:.1f}, longest {figures['max']:.1f} ms"


# --- after an outage --------------------------------------------------------------------------------------------

WAITING: Final = 5_000
WAITERS: Final = 2_000


def backlog() -> list[Row]:
    """5,000 replies of 2,000 patients wait at Telegram while the bot is down; then it starts."""
    with workplace() as folder, Server() as server, ExitStack() as stack:
        database = folder / "diary.db"
        day = seed.make(database, seed.Clinic(WAITERS), datetime.now(UTC))
        token = server.token()
        server.ask("begin", token=token, first=1, patients=WAITERS, day=day, count=WAITING)
        child = stack.enter_context(ours(server, token, database))
        started = ready(server, token, child)
        mine = Runner("ours", token, child, day, database)
        found = mine.end(server)
        whole = found["last_at"] - child.began_at
        missing, too_many = mine.stored()
        return [
            Row(
                "5,000 waiting replies after an outage",
                f"{whole:.1f} s from the start of the process, {whole - started:.1f} s from the first poll",
                f"lost {missing}, twice {too_many}",
                "",
                "10 s",
                whole <= 10 and missing == too_many == 0,
            )
        ]
