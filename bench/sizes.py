"""1,000, 100,000 and 1,000,000 patients: whether start, tick, claim and event loop stay the same."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any, Final

from bench import seed
from bench.programs import Server, ours, ready, workplace
from bench.replies import TAPS_A_SECOND, Runner
from bench.table import Row, middle, say

SIZES: Final = (1_000, 100_000, 1_000_000)
DUE: Final = 10_000
DUE_IN: Final = timedelta(minutes=60)
"""Due an hour from now, which is when the clock of the claim is set to: until then nobody is."""
STARTS: Final = 3
IDLE_FOR: Final = 8.0
SAME: Final = 1.5
TELEGRAMS: Final = {"MESSAGES_PER_SECOND": "30", "MESSAGES_PER_SECOND_PER_CHAT": "1"}


def sizes() -> list[Row]:
    """One file of each size, at the same time; the steps alternate between them."""
    with workplace() as folder, Server() as server:
        files: dict[int, tuple[Path, str]] = {}
        for size in SIZES:
            began = monotonic()
            home = folder / str(size)
            home.mkdir()
            clinic = seed.Clinic(size + DUE, due=DUE, due_in=DUE_IN)
            files[size] = home / "diary.db", seed.make(home / "diary.db", clinic, datetime.now(UTC))
            megabytes = (home / "diary.db").stat().st_size >> 20
            say(f"  {size:,} patients: {megabytes} MiB in {monotonic() - began:.1f} s")
        starts: dict[int, list[float]] = {size: [] for size in SIZES}
        for _ in range(STARTS):
            for size, (database, _) in files.items():
                starts[size].append(_start(server, database))
        quiet = {size: _inside(server, *files[size], minutes=0, taps=int(TAPS_A_SECOND * IDLE_FOR)) for size in SIZES}
        busy = {size: _inside(server, *files[size], minutes=61, taps=0) for size in SIZES}
        say(f"  idle: {quiet}")
        say(f"  {DUE} due: {busy}")
    held = {
        size: max(quiet[size]["first_tick_held_ms"], quiet[size]["idle_held_ms"], busy[size]["first_tick_held_ms"])
        for size in SIZES
    }
    return [
        _row("start to first poll", {s: 1000 * middle(starts[s]) for s in SIZES}, 1_500),
        _row("idle tick", {s: quiet[s]["idle_tick_ms"] for s in SIZES}, 5),
        _row("10,000 due claimed", {s: 1000 * busy[s]["first_tick_s"] for s in SIZES}, 1_000),
        _row("event loop held up at most", held, 50),
    ]


def _start(server: Server, database: Path) -> float:
    token = server.token()
    with ours(server, token, database) as child:
        return ready(server, token, child)


def _inside(server: Server, database: Path, day: str, *, minutes: float, taps: int) -> dict[str, Any]:
    """The program with a look inside, its clock so many minutes ahead, while so many taps come."""
    token = server.token()
    with ExitStack() as stack:
        command = ("-m", "bench.inside", str(minutes), str(IDLE_FOR if taps else 1.0))
        child = stack.enter_context(ours(server, token, database, command=command, **TELEGRAMS))
        ready(server, token, child)
        if taps:
            runner = Runner("ours", token, child, day, database)
            runner.offer(server, taps, rate=TAPS_A_SECOND, patients=1_000)
        child.process.wait(120)
        found: dict[str, Any] = json.loads(child.said().strip().splitlines()[-1])
        return found


def _row(name: str, figures: dict[int, float], most: float) -> Row:
    """`figures` are milliseconds by size; none above `most`, and the largest size within SAME of the smallest."""
    smallest, largest = figures[SIZES[0]], figures[SIZES[-1]]
    ratio = largest / smallest
    return Row(
        f"{name}, 1,000 / 100,000 / 1,000,000 patients",
        " / ".join(f"{figure:,.1f}" for figure in figures.values()) + " ms",
        "1,000 patients",
        f"{ratio:.2f}x",
        f"{most:,} ms, {SAME}x",
        max(figures.values()) <= most and ratio <= SAME,
    )
