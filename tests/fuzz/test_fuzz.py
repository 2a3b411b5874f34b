"""Whatever comes in: no crash, nothing parked that a person could have sent, nothing said that Telegram would refuse.

The short form plays the same stories every time. `make soak` plays 100,000 updates from a seed that it prints;
`FUZZ_SEED=… make soak` plays them again, and `FUZZ_UPDATES` says how many.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from telegram import Message, TelegramObject, Update

from bot import handlers, logs
from bot.chat import messages
from bot.handlers.turn import Turn
from tests.fuzz import specimens, town, updates
from tests.fuzz.updates import Act, Says, Sends, Story, Waits

pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
"""Fields that the library means to drop are read all the same."""

UPDATES = 100_000
AT_A_TIME = 200
"""Stories for each call of Hypothesis: it keeps what it drew, and a run of thousands would fill the memory."""
EVERYBODY = 2 ** len(town.IDS) - 1
ADA = 1 << town.IDS.index(town.ADA)
PATIENT = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
AS_FOUND = (Phase.explicit, Phase.generate)
"""A failure is told as it was found: making it small takes minutes, and is for `make soak`."""


def holds(made: TelegramObject, name: str) -> bool:
    """Whether the library read what was made under that name."""
    return getattr(made, "from_user" if name == "from" else name) is not None


@pytest.mark.parametrize("name", specimens.UPDATES)
def test_every_kind_of_update_that_the_library_knows_is_made(name: str) -> None:
    bodies = [body for kind, body in specimens.all_updates() if kind == name]
    assert bodies
    for body in bodies:
        assert holds(Update.de_json({"update_id": 1, name: body}, None), name)


@pytest.mark.parametrize("name", specimens.CONTENTS)
def test_everything_that_a_message_can_hold_is_made(name: str) -> None:
    head = {"message_id": 1, "date": specimens.SOME_DAY, "chat": specimens.PRIVATE, "from": specimens.PERSON}
    found = [thing for kind, thing in specimens.all_contents() if kind == name]
    assert found
    for thing in found:
        assert holds(Message.de_json(head | {name: thing}, None), name)


def test_one_of_each_kind_is_taken() -> None:
    kinds: list[Act] = [
        Sends(ADA, name, full, form) for name in specimens.UPDATES for form in range(3) for full in (False, True)
    ]
    contents: list[Act] = [Says(ADA, {name: thing}) for name, thing in specimens.all_contents()]
    counts = town.play([kinds, [Waits(1)], contents])
    assert counts["Sends"] == len(kinds)
    assert counts["Says"] == len(contents)
    assert counts["parked"] == 0


def fails(turn: Turn, update: Update) -> None:
    raise LookupError


def says_too_much(turn: Turn, update: Update) -> None:
    turn.say(messages.Message("7" * 4_097))


def tells_the_log(turn: Turn, update: Update) -> None:
    assert update.message is not None
    logs.get("handlers").info("heard", what=update.message.text)


def remembers_strangers(turn: Turn, update: Update) -> None:
    turn.account  # noqa: B018  (whoever is asked for has one from then on)


@pytest.mark.parametrize(
    ("handler", "who", "complaint"),
    [
        (fails, ADA, "a person can have sent this"),
        (says_too_much, ADA, "Telegram would refuse this"),
        (tells_the_log, ADA, "what a person wrote is in the log"),
        (remembers_strangers, EVERYBODY, "knows a stranger"),
    ],
)
def test_the_town_sees_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, handler: Callable[[Turn, Update], None], who: int, complaint: str
) -> None:
    town.before()  # the town is built by those who do it right
    monkeypatch.setattr(handlers, "_text", handler)
    with pytest.raises(AssertionError, match=complaint):
        town.play([[Says(who, {"text": f"burning 7, {specimens.SECRET}"})]])


@settings(PATIENT, max_examples=16, derandomize=True, phases=AS_FOUND)
@given(updates.stories)
def test_whatever_comes_the_diary_goes_on(story: Story) -> None:
    town.play(story)


@pytest.mark.slow
def test_a_hundred_thousand_updates(capsys: pytest.CaptureFixture[str]) -> None:
    first = int(os.environ.get("FUZZ_SEED") or random.SystemRandom().randrange(2**32))
    wanted = int(os.environ.get("FUZZ_UPDATES") or UPDATES)
    total: Counter[str] = Counter()
    rounds = 0
    with capsys.disabled():
        print(f"\nFUZZ_SEED={first} FUZZ_UPDATES={wanted}", flush=True)
        while total["updates"] < wanted:
            play_some(first + rounds, total)
            rounds += 1
        print(", ".join(f"{count} {what}" for what, count in total.most_common()), flush=True)


def play_some(number: int, total: Counter[str]) -> None:
    @seed(number)
    @settings(PATIENT, max_examples=AT_A_TIME)
    @given(updates.stories)
    def play(story: Story) -> None:
        total.update(town.play(story))

    play()
