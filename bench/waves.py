"""Prompt waves under Telegram's limits, taps that come meanwhile, and a chat that hangs."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any, Final

from bench import seed
from bench.people import FIRST_CHAT
from bench.programs import Server, workplace
from bench.replies import TAPS, TAPS_A_SECOND, spread_text, start_ours, start_peer
from bench.table import Row, middle, say, times

CROWD: Final = 2_000
WAVE: Final = 600
LARGE_WAVE: Final = 3_000
RAISED: Final = 1_000
HANGS_FOR: Final = 30.0
TELEGRAMS: Final = {"MESSAGES_PER_SECOND": "30", "MESSAGES_PER_SECOND_PER_CHAT": "1"}


def _wave(found: dict[str, Any], due: int) -> tuple[float, int, int, int]:
    """Messages a second from the first to the last, refused with 429, lost, twice."""
    at = sorted(instant for instant, _ in found["sent"])
    chats = [chat for _, chat in found["sent"]]
    rate = (len(at) - 1) / (at[-1] - at[0]) if len(at) > 1 else 0.0
    return rate, found["too_many"], due - len(set(chats)), len(chats) - len(set(chats))


def waves() -> list[Row]:
    """600 prompts under Telegram's limits with 40 taps a second meanwhile, and 3,000 with the limit raised."""
    return [*_under_the_limit(), _raised()]


def _under_the_limit() -> list[Row]:
    with workplace() as folder, Server() as server, ExitStack() as stack:
        mine = start_ours(stack, server, seed.Clinic(CROWD + WAVE, due=WAVE), folder, limits=(30, True), **TELEGRAMS)
        taps = mine.offer(server, TAPS, rate=TAPS_A_SECOND, patients=CROWD)["answer_ms"]
        say(f"  ours during a wave: {spread_text(taps)}")
        rate, too_many, lost, twice = _wave(server.ask("sent", token=mine.token, count=WAVE, within=60), WAVE)
        mine.child.stop()
        limited = start_peer(stack, server, "ptb_limited_bot", folder, FIRST=str(FIRST_CHAT + 1), COUNT=str(WAVE))
        # Someone who does not tap starts the wave by a word.
        server.ask("say", token=limited.token, patient=CROWD + 1, text="wave")
        limited.begin(server, TAPS, rate=TAPS_A_SECOND, patients=CROWD, give_up=90)
        theirs = server.ask("end", token=limited.token)["answer_ms"]
        say(f"  PTB with AIORateLimiter during a wave: {spread_text(theirs)}")
    return [
        Row(
            "tap to answer at 40 taps/s while 600 prompts go out, p99",
            f"{taps['p99']:.1f} ms",
            f"PTB with AIORateLimiter {theirs['p99'] / 1000:.1f} s",
            times(taps["p99"] / theirs["p99"]),
            "100 ms",
            taps["p99"] <= 100,
        ),
        Row(
            "prompt wave of 600 under 30 messages/s",
            f"{rate:.2f}/s, 429: {too_many}, lost {lost}, twice {twice}",
            "Telegram's limit, 30/s",
            times(rate / 30),
            "29/s, 0, 0, 0",
            rate >= 29 and too_many == lost == twice == 0,
        ),
    ]


def _raised() -> Row:
    with workplace() as folder, Server() as server, ExitStack() as stack:
        mine = start_ours(
            stack,
            server,
            seed.Clinic(CROWD + LARGE_WAVE, due=LARGE_WAVE),
            folder,
            limits=(RAISED, True),
            MESSAGES_PER_SECOND=str(RAISED),
            MESSAGES_PER_SECOND_PER_CHAT="1",
        )
        found = server.ask("sent", token=mine.token, count=LARGE_WAVE, within=60)
        rate, too_many, lost, twice = _wave(found, LARGE_WAVE)
    return Row(
        "prompt wave of 3,000 with the limit at 1,000/s",
        f"{rate:.0f}/s, 429: {too_many}, lost {lost}, twice {twice}",
        "",
        "",
        "300/s, 0, 0, 0",
        rate >= 300 and too_many == lost == twice == 0,
    )


def hanging() -> list[Row]:
    """A tap and a prompt of two people whose calls hang for 30 s; everybody else goes on."""
    due, hung_tapper = 60, CROWD + 1
    with workplace() as folder, Server() as server, ExitStack() as stack:
        clinic = seed.Clinic(CROWD + 1 + due, due=due)
        hung_due = FIRST_CHAT + CROWD + 2
        mine = start_ours(stack, server, clinic, folder, hung={hung_due: HANGS_FOR}, **TELEGRAMS)
        prompts = [at for at, _ in server.ask("sent", token=mine.token, count=due, within=20)["sent"]]
        took = max(prompts) - min(prompts) if len(prompts) == due else float("inf")
        before, during = [], []
        for _ in range(2):
            before.append(mine.offer(server, TAPS // 2, rate=TAPS_A_SECOND, patients=CROWD)["answer_ms"])
            server.ask("set", token=mine.token, hung={FIRST_CHAT + hung_tapper: HANGS_FOR})
            server.ask("tap", token=mine.token, patient=hung_tapper, item=0, day=mine.day, value=4)
            during.append(mine.offer(server, TAPS // 2, rate=TAPS_A_SECOND, patients=CROWD)["answer_ms"])
            server.ask("set", token=mine.token, hung={})
            hung_tapper = hung_due - FIRST_CHAT  # The second time the one whose prompt hung, too.
        for figures in (*before, *during):
            say(f"  {spread_text(figures)}")
    without, with_it = middle(f["p99"] for f in before), middle(f["p99"] for f in during)
    return [
        Row(
            "one chat's call hangs for 30 s: the others' taps, p99",
            f"{with_it:.1f} ms; {due} prompts in {took:.1f} s",
            f"{without:.1f} ms while none hangs",
            times(with_it / without),
            "25 ms, no delay",
            with_it <= max(25.0, 1.5 * without) and took <= due / 29,
        )
    ]
