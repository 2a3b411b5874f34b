"""1,000, 100,000 and 1,000,000 patients: whether start, tick, claim and event loop stay the same."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any, Final, Self

from bench import seed
from bench.programs import Server, ours, ready, workplace
from bench.replies import TAPS_A_SECOND, Runner
from bench.table import Row, middle, say, times

SIZES: Final = (1_000, 100_000, 1_000_000)
DUE: Final = 10_000
DUE_IN: Final = timedelta(minutes=60)
"""Due an hour from now, which is when the clock of the claim is set to: until then nobody is."""
ROUNDS: Final = 3
IDLE_FOR: Final = 8.0
LONGER: Final = 2.0
"""Seconds that the program stays after the last tap, so that none is left without an answer."""
BEAT: Final = 0.005
TAPPERS: Final = 1_000
PATIENTS: Final = "1,000 / 100,000 / 1,000,000 patients"
HELD: Final = 50.0
SAME: Final = 1.5
TELEGRAMS: Final = {"MESSAGES_PER_SECOND": "30", "MESSAGES_PER_SECOND_PER_CHAT": "1"}


@dataclass(frozen=True, slots=True)
class Place:
    """The file of one size, and what was measured with it."""

    clinic: seed.Clinic
    database: Path
    day: str
    starts_ms: list[float] = field(default_factory=list)
    idle_ms: list[float] = field(default_factory=list)
    claims_ms: list[float] = field(default_factory=list)
    held_ms: list[float] = field(default_factory=list)


def sizes() -> list[Row]:
    """One file of each size, at the same time; the steps alternate between them."""
    with workplace() as folder, Server() as server:
        places = {size: _made(folder / str(size), size) for size in SIZES}
        # A loop with nothing to do, for as long: what it is late is the machine's part.
        with Idle() as idle:
            for turn in range(ROUNDS):
                for size, place in places.items():
                    _measure(server, place, again=turn > 0)
                    say(f"  {size:,} patients: {_said(place)}")
    return [
        _row("start to first poll", {size: middle(places[size].starts_ms) for size in SIZES}, 1_500),
        _row("idle tick", {size: middle(places[size].idle_ms) for size in SIZES}, 5),
        _row("10,000 due claimed", {size: middle(places[size].claims_ms) for size in SIZES}, 1_000),
        _held_row({size: places[size].held_ms for size in SIZES}, idle.longest_ms),
    ]


def _made(home: Path, size: int) -> Place:
    began = monotonic()
    home.mkdir()
    clinic = seed.Clinic(size + DUE, due=DUE, due_in=DUE_IN)
    place = Place(clinic, home / "diary.db", seed.make(home / "diary.db", clinic, datetime.now(UTC)))
    say(f"  {size:,} patients: {place.database.stat().st_size >> 20} MiB in {monotonic() - began:.1f} s")
    return place


def _measure(server: Server, place: Place, *, again: bool) -> None:
    """One start, eight seconds of taps and idle ticks, and one claim."""
    if again:
        seed.due_again(place.database, place.clinic, datetime.now(UTC))
    place.starts_ms.append(1000 * _start(server, place.database))
    quiet = _inside(server, place, minutes=0, taps=int(TAPS_A_SECOND * IDLE_FOR))
    busy = _inside(server, place, minutes=DUE_IN / timedelta(minutes=1) + 1, taps=0)
    place.idle_ms.append(quiet["idle_tick_ms"])
    place.claims_ms.append(1000 * busy["first_tick_s"])
    place.held_ms.append(max(quiet["first_tick_held_ms"], quiet["idle_held_ms"], busy["first_tick_held_ms"]))


def _said(place: Place) -> str:
    return (
        f"start {place.starts_ms[-1]:.0f} ms, idle tick {place.idle_ms[-1]:.1f} ms, "
        f"claim {place.claims_ms[-1]:.0f} ms, held up {place.held_ms[-1]:.0f} ms"
    )


class Idle:
    """A thread that only sleeps, and how late it woke at most."""

    def __init__(self) -> None:
        self.longest_ms = 0.0
        self._over = Event()
        self._thread = Thread(target=self._beat, daemon=True)

    def _beat(self) -> None:
        while not self._over.is_set():
            began = monotonic()
            sleep(BEAT)
            self.longest_ms = max(self.longest_ms, 1000 * (monotonic() - began - BEAT))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def _start(server: Server, database: Path) -> float:
    token = server.token()
    with ours(server, token, database) as child:
        return ready(server, token, child)


def _inside(server: Server, place: Place, *, minutes: float, taps: int) -> dict[str, Any]:
    """The program with a look inside, its clock so many minutes ahead, while so many taps come."""
    token = server.token()
    with ExitStack() as stack:
        command = ("-m", "bench.inside", "watched", str(minutes), str(IDLE_FOR + LONGER if taps else 1.0))
        child = stack.enter_context(ours(server, token, place.database, command=command, **TELEGRAMS))
        ready(server, token, child)
        if taps:
            runner = Runner("ours", token, child, place.day, place.database)
            runner.offer(server, taps, rate=TAPS_A_SECOND, patients=TAPPERS)
        return child.found(within=120)


def _row(name: str, figures: dict[int, float], most: float) -> Row:
    """`figures` are milliseconds by size; none above `most`, and no larger size above SAME of the smallest."""
    smallest, *larger = figures.values()
    ratio = max(larger) / smallest
    return Row(
        f"{name}, {PATIENTS}",
        _listed(figures.values()),
        "1,000 patients",
        times(ratio),
        f"{most:,} ms, {SAME}x",
        max(figures.values()) <= most and ratio <= SAME,
    )


def _held_row(held: dict[int, list[float]], idle: float) -> Row:
    """Never longer than HELD in any round; how it grows is seen in the middle of the rounds.

    What a thread that only sleeps is held up by is the machine's: below it there is nothing to compare.
    """
    longest = [max(rounds) for rounds in held.values()]
    smallest, *larger = (middle(rounds) for rounds in held.values())
    ratio = max(larger) / smallest
    return Row(
        f"event loop held up at most, {PATIENTS}",
        _listed(longest),
        f"1,000 patients; a thread that only sleeps: {idle:.1f} ms",
        times(ratio),
        f"{HELD:g} ms, {SAME}x",
        max(longest) <= HELD and (ratio <= SAME or max(longest) <= idle + BEAT * 1000),
    )


def _listed(figures: Iterable[float]) -> str:
    return " / ".join(f"{figure:,.1f}" for figure in figures) + " ms"
