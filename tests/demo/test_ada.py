"""Ada by herself: she enrols through the chat and answers most evenings; the clock skips no work due."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.clock import StillClock
from bot.demo import ada as autopilot
from bot.demo.hooks import Hooks, advance
from bot.demo.person import NotThere, Person
from bot.demo.telegram import Telegram
from tests.demo.small import MONDAY, SmallDiary


async def test_four_weeks_are_mostly_answered_and_get_better(
    telegram: Telegram, diary: SmallDiary, ada: Person, ito: Person
) -> None:
    told: list[tuple[int, int]] = []
    done = await autopilot.answer_weeks(
        telegram, diary.hooks(), ada, ito, 4, lambda done, total: told.append((done, total))
    )
    assert done == 28
    assert told == [(n, 28) for n in range(29)]
    burning = [score for (_, name), score in sorted(diary.scores.items()) if name == "burning"]
    assert 19 <= len(burning) <= 27
    assert diary.declined
    assert sum(burning[:6]) / 6 > sum(burning[-6:]) / 6 + 0.5
    assert all(0 <= score <= 10 for score in burning)
    assert any(message.get("text") in autopilot.NOTES for message in ada.messages)


async def test_the_same_seed_gives_the_same_diary(
    telegram: Telegram, diary: SmallDiary, ada: Person, ito: Person
) -> None:
    await autopilot.answer_weeks(telegram, diary.hooks(), ada, ito, 1, lambda done, total: None, seed=3)
    first = [score for _, score in sorted(diary.scores.items())]
    eva = telegram.person(1009, "Eva")
    diary.scores.clear()
    diary.due.clear()
    await autopilot.answer_weeks(telegram, diary.hooks(), eva, ito, 1, lambda done, total: None, seed=3)
    assert [score for _, score in sorted(diary.scores.items())] == first


async def test_she_stops_when_asked(telegram: Telegram, diary: SmallDiary, ada: Person, ito: Person) -> None:
    told: list[int] = []
    done = await autopilot.answer_weeks(
        telegram,
        diary.hooks(),
        ada,
        ito,
        4,
        lambda done, total: told.append(done),
        cancelled=lambda: bool(told) and told[-1] >= 3,
    )
    assert (done, told) == (3, [0, 1, 2, 3])


async def test_without_an_invitation_she_says_so(
    telegram: Telegram, diary: SmallDiary, ada: Person, ito: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autopilot, "INVITE", "no command")
    with pytest.raises(NotThere, match="no invitation link came"):
        await autopilot.enrol(diary.hooks(), telegram, ada, ito)


async def test_without_questions_she_gives_up_after_three_days(
    telegram: Telegram, diary: SmallDiary, ada: Person, ito: Person, clock: StillClock
) -> None:
    await autopilot.enrol(diary.hooks(), telegram, ada, ito)
    diary.due.clear()
    with pytest.raises(autopilot.NothingAsked):
        await autopilot.answer_weeks(telegram, diary.hooks(), ada, ito, 1, lambda done, total: None)
    assert clock.now() == MONDAY + timedelta(days=3)


class Alarm:
    """A bot that does nothing but be due."""

    def __init__(self, due: list[datetime], stuck: bool = False) -> None:
        self.clock = StillClock(MONDAY)
        self.due = due
        self.stuck = stuck
        self.ticked: list[datetime] = []

    async def tick(self) -> None:
        self.ticked.append(self.clock.now())
        if not self.stuck:
            self.due = [due for due in self.due if due > self.clock.now()]

    async def quiet(self) -> None: ...

    async def next_due(self) -> datetime | None:
        return min(self.due, default=None)

    def hooks(self) -> Hooks:
        return Hooks(self.clock.now, self.clock.move_to, self.tick, self.quiet, self.next_due)


async def test_the_clock_stops_at_every_due_instant() -> None:
    due = [MONDAY + timedelta(hours=hours) for hours in (-1, 2, 5, 30)]
    alarm = Alarm(due)
    assert await advance(alarm.hooks(), MONDAY + timedelta(hours=24)) is False
    assert alarm.ticked == [MONDAY, due[1], due[2], MONDAY + timedelta(hours=24)]


async def test_the_clock_stops_early_when_it_is_enough() -> None:
    alarm = Alarm([MONDAY + timedelta(hours=hours) for hours in (1, 2, 3)])
    assert await advance(alarm.hooks(), MONDAY + timedelta(days=1), lambda: len(alarm.ticked) == 2) is True
    assert alarm.clock.now() == MONDAY + timedelta(hours=2)


async def test_what_stays_due_does_not_hold_the_clock() -> None:
    alarm = Alarm([MONDAY + timedelta(minutes=1)], stuck=True)
    assert await advance(alarm.hooks(), MONDAY + timedelta(minutes=10)) is False
    assert alarm.clock.now() == MONDAY + timedelta(minutes=10)
    assert len(alarm.ticked) <= 12
