"""The laws of a life with the diary, over arbitrary sequences of what patients, the clock and the machine do.

1. A diary day is asked once and followed up once at most, but for what a kill repeats; never while it is paused,
   answered, declined or closed, and never in quiet hours but at the hour that the patient chose.
2. A day has one live bubble, and a chat has one live question.
3. No score is lost: what counts is the newest value that was taken, of each day and item.
4. Each planned day ends in exactly one state, the right one, and no day is forgotten.
5. A weekly mean is that of the newest scores of its days with an entry, and depends on nothing else.

The short form plays the same lives every time. `make soak` plays thousands from a seed that it prints;
`LAWS_SEED=… make soak` plays them again, and `LAWS_LIVES` says how many.
"""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, seed, settings

from tests.handlers.desk import Desk, desk_on
from tests.laws import acts
from tests.laws.homes import AS_FOUND, PATIENT, home
from tests.laws.life import Act, Life
from tests.stage import ITO

LIVES: Final = 2_000
AT_A_TIME: Final = 100
"""Lives for each call of Hypothesis: it keeps what it drew, and a run of thousands would fill the memory."""
Story = tuple[datetime, dict[str, Any], dict[str, Any], Sequence[tuple[Act, Sequence[Act]]]]


@cache
def two_diaries() -> Path:
    """A database in which Ada and Noor are enrolled, and no digest is due."""

    async def prepare(desk: Desk) -> None:
        await desk.enrol(desk.noor, desk.ito)
        await desk.rows("update therapists set next_digest_at = null returning 1")
        await desk.rows("update patients set next_digest_at = null, next_prompt_at = null returning 1")
        await desk.rows("update items set added_day = '2026-01-01' returning 1")

    return home(prepare)


async def live(story: Story, beginning: Path) -> Life:
    """Play a story; after each act, and in the end, the laws hold."""
    begins_at, *rhythms, scenes = story
    with tempfile.TemporaryDirectory() as folder:
        async with desk_on(Life, Path(folder), begins_at, beginning) as life:
            life.person(ITO, "Dr Ito")
            for person, rhythm in zip((life.ada, life.noor), rhythms, strict=True):
                await life.moves_in(person, rhythm)
            for act in (act for first, then in scenes for act in (first, *then)):
                await life.lives_through(act)
            await life.end()
    return life


@settings(PATIENT, max_examples=10, derandomize=True, phases=AS_FOUND)
@given(acts.lives)
def test_whatever_happens_the_laws_hold(story: Story) -> None:
    asyncio.run(live(story, two_diaries()))


@pytest.mark.slow
def test_thousands_of_lives(capsys: pytest.CaptureFixture[str]) -> None:
    first = int(os.environ.get("LAWS_SEED") or random.SystemRandom().randrange(2**32))
    wanted = int(os.environ.get("LAWS_LIVES") or LIVES)
    for done in range(0, wanted, AT_A_TIME):
        with capsys.disabled():
            print(f"\nLAWS_SEED={first + done} LAWS_LIVES={wanted - done}", end="", flush=True)
        play_some(first + done, min(AT_A_TIME, wanted - done))


def play_some(number: int, lives: int) -> None:
    @seed(number)
    @settings(PATIENT, max_examples=lives)
    @given(acts.lives)
    def play(story: Story) -> None:
        asyncio.run(live(story, two_diaries()))

    play()
