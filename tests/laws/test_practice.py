"""The laws of a practice, over arbitrary sequences of what patients, therapists and the clock do.

1. What is in a diary comes to its patient and to therapists who may see it at that moment, and to nobody else.
2. A patient and day has one alert at most, and an item one in seven days. An alert is brought to mind once, and waits
   for a therapist's own hours unless it is a red flag.
3. Nobody is asked twice about the same hour after a treatment, nor at all about one that was deleted; a warning sign is
   an alert, and of a red flag somebody is told, or its patient hears that nobody was.
4. Whatever a therapist was shown of an alert, or did about it, is in the log that the patient reads.
5. In the end nothing waits in the outbox, and the file is sound.

The short form plays the same lives every time; `make soak` plays hundreds from a seed that it prints, and
`PRACTICE_SEED=…` plays them again.
"""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, seed, settings

from tests.handlers.desk import MONDAY, Desk, desk_on
from tests.laws.homes import AS_FOUND, PATIENT, home
from tests.laws.practice import PLACES, Act, Practice, lives
from tests.stage import ADA, BEN, ITO, NOOR, ROY

LIVES = 300


@cache
def three_diaries() -> Path:
    """A database in which Ada, Noor and Ben are with Dr Ito, and Dr Roy works beside."""

    async def prepare(desk: Desk) -> None:
        await desk.enrol(desk.noor, desk.ito)
        await desk.enrol(desk.ben, desk.ito)
        await desk.therapist(desk.roy)
        for patient, place in PLACES.items():
            values = {"place": place, "patient": patient}
            await desk.rows("update items set site = :place where patient_id = :patient returning 1", **values)

    return home(prepare)


async def live(acts: Sequence[Act], beginning: Path) -> None:
    """Play them; after each act, and in the end, the laws hold."""
    with tempfile.TemporaryDirectory() as folder:
        async with desk_on(Practice, Path(folder), MONDAY, beginning) as practice:
            names = ((ADA, "Ada"), (NOOR, "Noor"), (BEN, "Ben"), (ITO, "Dr Ito"), (ROY, "Dr Roy"))
            practice.people = [practice.person(chat, name) for chat, name in names]
            for act in acts:
                await act.play(practice)
                await practice.check()
            await practice.end()


@settings(PATIENT, max_examples=2, derandomize=True, phases=AS_FOUND)
@given(lives)
def test_whatever_therapists_and_patients_do_the_laws_hold(acts: Sequence[Act]) -> None:
    asyncio.run(live(acts, three_diaries()))


@pytest.mark.slow
def test_hundreds_of_lives_of_a_practice(capsys: pytest.CaptureFixture[str]) -> None:
    number = int(os.environ.get("PRACTICE_SEED") or random.SystemRandom().randrange(2**32))
    wanted = int(os.environ.get("PRACTICE_LIVES") or LIVES)
    with capsys.disabled():
        print(f"\nPRACTICE_SEED={number} PRACTICE_LIVES={wanted}", end="", flush=True)

    @seed(number)
    @settings(PATIENT, max_examples=wanted)
    @given(lives)
    def play(acts: Sequence[Act]) -> None:
        asyncio.run(live(acts, three_diaries()))

    play()
