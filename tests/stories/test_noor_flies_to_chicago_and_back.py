"""Noor, who lives in Nuuk, flies to Chicago and back, twice: each journey crosses the night when a clock changes.

On the first journey she is asked by local time, and Chicago's clock goes forward; on the second by home time, and
Nuuk's does, at night. What is promised: one question for each diary day, at the hour that the sentence before it named.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.demo.person import Person
from tests.stage import NOOR, Stage, newest, stage, text_of

NUUK: Final = "America/Nuuk"
CHICAGO: Final = "America/Chicago"
LOOP: Final = (41.88, -87.63)
"""A place in Chicago."""
ASKED: Final = {
    # At home; on the first journey; after the pause at home and on the second journey, by home time.
    **{date(2026, 3, day): NUUK for day in (1, 2)},
    **{date(2026, 3, day): CHICAGO for day in range(3, 10)},
    **{date(2026, 3, day): NUUK for day in range(25, 32)},
}
"""By which clock each diary day was asked, always at 20:00. The flight home swallows the 10th, then she pauses."""
SUMMARIES: Final = {2: NUUK, 9: CHICAGO, 16: NUUK, 30: NUUK}
"""The Mondays with a weekly summary, and by which clock it came at half past seven. The week of the pause has none."""


def at(zone: str, day: int, hour: int, minute: int = 0) -> datetime:
    """That time in March 2026 by the clock of a place."""
    return datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def stored(instant: datetime) -> str:
    """As the database has it."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


@dataclass
class Diary:
    """Noor's, as it looks from outside. `over`: her closed days at the last look, which must not change any more."""

    played: Stage
    noor: Person
    over: list[tuple[Any, ...]] = field(default_factory=list)

    async def answers(self, zone: str, *days: int) -> None:
        """Ten minutes after the hour of each of these evenings."""
        for day in days:
            await self.played.until(at(zone, day, 20, 10))
            assert "Stored for" in await self.played.says(self.noor, "4 3 2")

    async def keeps(self, promise: str, due: datetime) -> None:
        """The newest message says when the next question comes; it comes then, not before, and not twice."""
        assert promise in newest(self.noor)
        before = len(self.questions())
        await self.played.until(due + timedelta(seconds=59))
        assert [came.replace(second=0) for came in self.questions()[before:]] == [due]

    async def reminds(self, due: datetime) -> None:
        """A reminder comes then, not before, and takes the place of the question."""
        await self.played.until(due - timedelta(minutes=1))
        assert not self.reminded()
        await self.played.until(due + timedelta(minutes=1))
        assert self.reminded()
        live = [it for it in self.noor.heard if "How strong was it" in text_of(it) and "reply_markup" in it]
        assert live == [self.noor.last], "there is just one live question"

    def reminded(self) -> bool:
        return newest(self.noor).startswith("A gentle reminder.")

    def questions(self) -> list[datetime]:
        """When a question came by itself for the first time: neither reminded of, nor put off, nor asked for."""
        other = ("A gentle reminder", "You asked me to come back", "Yesterday")
        return [at for at, text in self.told("How strong was it in the past 24 hours?") if not text.startswith(other)]

    def told(self, words: str) -> list[tuple[datetime, str]]:
        """Every message with these words, as it was sent."""
        sent = [
            (call.at.replace(microsecond=0), str(call.params.get("text") or call.params.get("caption") or ""))
            for call in self.played.telegram.calls
            if call.chat_id == NOOR and call.ok and call.method.startswith("send")
        ]
        return [(at, text) for at, text in sent if words in text]

    async def the_past_stays(self) -> None:
        """Each day that was closed at the last look has its zone, its instants and its scores as it had them then."""
        now = await self.played.rows(
            "select day, zone, closes_at, intended_at, sent_at, reminded_at, not_asked, paused, (select"
            " group_concat(value) from scores s where s.patient_id = d.patient_id and s.day = d.day)"
            " from diary_days d where closes_at <= :now order by day",
            now=stored(self.played.clock.now()),
        )
        assert now[: len(self.over)] == self.over
        assert len(now) > len(self.over)
        self.over = now


async def test_noor_flies_to_chicago_and_back_twice(tmp_path: Path) -> None:
    async with stage(tmp_path, datetime(2026, 3, 1, 12, tzinfo=UTC)) as played:
        await played.enrol_therapist(played.ito)
        noor = await played.enrol(played.person(NOOR, "Noor"), played.ito, share=False, place="Nuuk")
        hers = Diary(played, noor)
        await hers.answers(NUUK, 1, 2)
        await by_local_time(hers)
        await at_home_between(hers)
        await by_home_time(hers)
        await home_for_good(hers)
        await nothing_twice_and_nothing_lost(hers)
        assert not played.refused()


async def by_local_time(hers: Diary) -> None:
    """The day of the flight is asked once; then she is asked at 20:00 in Chicago, also after its clock has changed."""
    played, noor = hers.played, hers.noor
    await played.until(at(CHICAGO, 2, 18, 30))
    await played.says(noor, "/settings")
    await played.taps(noor, "I'm in another time zone")
    await played.says(noor, "Chicago")
    assert "By local time I ask at 20:00 in Chicago." in newest(noor)
    assert "By home time I ask at 20:00 in Nuuk, when it is 16:00 in Chicago." in newest(noor)
    await played.taps(noor, "By local time")
    assert "I ask you by the clock of Chicago, where it is 18:30 now." in newest(noor)
    assert "You have answered today already." in newest(noor)
    await hers.keeps("Your next question comes tomorrow at 20:00.", at(CHICAGO, 3, 20))
    await hers.the_past_stays()
    await hers.answers(CHICAGO, 3, 4, 5, 6, 7)

    # In the night to the 8th Chicago's clock goes forward. Half past nine there is quiet in Nuuk, but not where she is.
    await played.says(noor, "/settings")
    await hers.keeps("Your next question comes tomorrow at 20:00.", at(CHICAGO, 8, 20))
    await hers.reminds(at(CHICAGO, 8, 21, 30))
    await played.says(noor, "5 3 2")
    await hers.answers(CHICAGO, 9)
    await hers.the_past_stays()


async def at_home_between(hers: Diary) -> None:
    """The flight home swallows the 10th: not asked in Chicago yet, over in Nuuk. Nobody calls that day missed."""
    played, noor = hers.played, hers.noor
    await played.until(at(NUUK, 10, 22, 30))
    await played.says(noor, "/settings")
    await played.taps(noor, "I'm back home")
    assert "Welcome home. I ask you by the clock of Nuuk again, where it is 22:30 now." in newest(noor)
    assert "That hour is over for today. Your next question comes tomorrow at 20:00." in newest(noor)
    assert "Answer today now" in noor.labels(noor.last["message_id"])

    await played.until(at(NUUK, 11, 15))
    await hers.the_past_stays()
    await played.says(noor, "/pause")
    await played.taps(noor, "Until a date")
    await played.says(noor, "25 March")
    await hers.keeps("My next question: Wednesday 25 March at 20:00.", at(NUUK, 25, 20))
    assert newest(noor).startswith("Good to have you back.")
    await played.says(noor, "4 3 2")

    # At home a reminder that waits for two hours would come in her quiet hours.
    await played.says(noor, "/settings")
    await played.taps(noor, "Reminder", "After 120 minutes")
    assert "A reminder would come in your quiet hours, so there is none." in newest(noor)
    await hers.keeps("You have answered today already. Your next question comes tomorrow at 20:00.", at(NUUK, 26, 20))
    await played.until(at(NUUK, 27, 9))
    assert not hers.reminded()
    await played.says(noor, "/yesterday")
    await played.says(noor, "4 3 2")
    await played.until(at(NUUK, 27, 15))
    await hers.the_past_stays()


async def by_home_time(hers: Diary) -> None:
    """She is asked when it is 20:00 in Nuuk; in Chicago it is 17:00 then, and 16:00 from the 29th on."""
    played, noor = hers.played, hers.noor
    await played.until(at(NUUK, 27, 20, 30))
    noor.send_location(*LOOP)
    await played.settle()
    await played.taps(noor, "On a journey", "By home time")
    assert "I still ask you by the clock of Nuuk. In Chicago it is 17:30 now." in newest(noor)
    assert "I have asked you today already." in newest(noor)
    promise = "Your next question comes tomorrow at 17:00 where you are, which is 20:00 in Nuuk."
    assert promise in newest(noor)
    # The quiet hours have come along: here a reminder two hours after the question is at seven.
    await hers.reminds(at(CHICAGO, 27, 19))
    await played.says(noor, "4 3 2")
    await played.says(noor, "/settings")
    await hers.keeps(promise, at(CHICAGO, 28, 17))
    await played.taps(noor, "Later", "In 2 hours")
    await played.until(at(CHICAGO, 28, 19, 1))
    assert newest(noor).startswith("You asked me to come back now."), "at home it is quiet by now"
    await played.says(noor, "4 3 2")

    # In this night Nuuk's clock goes from 23:00 to midnight: the next evening comes an hour sooner for her.
    await played.says(noor, "/settings")
    promise = "Your next question comes tomorrow at 16:00 where you are, which is 20:00 in Nuuk."
    await hers.keeps(promise, at(CHICAGO, 29, 16))
    await played.says(noor, "4 3 2")
    await hers.answers(NUUK, 30)
    await hers.the_past_stays()


async def home_for_good(hers: Diary) -> None:
    """Back in the afternoon: that very evening is asked at home, and nobody reminds her in her quiet hours."""
    played, noor = hers.played, hers.noor
    await played.until(at(NUUK, 31, 14))
    await played.says(noor, "/settings")
    await played.taps(noor, "I'm back home")
    assert "Welcome home. I ask you by the clock of Nuuk again, where it is 14:00 now." in newest(noor)
    await hers.keeps("Your next question comes today at 20:00.", at(NUUK, 31, 20))
    await played.until(at(NUUK, 31, 23))
    assert not hers.reminded()
    await played.says(noor, "4 3 2")
    await played.until(datetime(2026, 4, 1, 16, tzinfo=UTC))
    await hers.the_past_stays()


async def nothing_twice_and_nothing_lost(hers: Diary) -> None:
    """Each evening once, at 20:00 by its own clock; each week told once; and where she was, since when, is kept."""
    played = hers.played
    evenings = {day: datetime.combine(day, time(20), ZoneInfo(zone)).astimezone(UTC) for day, zone in ASKED.items()}
    assert [came.replace(second=0) for came in hers.questions()] == list(evenings.values())
    asked = await played.rows("select day, zone, intended_at from diary_days where sent_at is not null order by day")
    assert asked == [(day.isoformat(), ASKED[day], stored(instant)) for day, instant in evenings.items()]
    others = await played.rows("select day from diary_days where sent_at is null and not paused")
    assert others == [], "the swallowed day was never planned, so it is no day without an answer"
    assert await played.rows("select count(distinct day) from scores") == [(len(ASKED),)]

    weeks = hers.told("Your week: ")
    assert [came.replace(second=0) for came, _ in weeks] == [at(zone, day, 7, 30) for day, zone in SUMMARIES.items()]
    assert "Answered 7 of 7 days asked." in weeks[1][1]
    assert "Answered 1 of 1 day asked." in weeks[2][1]
    # Half past seven in Nuuk is in the middle of the night in Chicago.
    silent = [
        call.params.get("disable_notification", False)
        for call in played.telegram.calls
        if call.chat_id == NOOR and "Your week: " in str(call.params.get("caption", ""))
    ]
    assert silent == [True, True, True, True]

    zones = await played.rows("select zone, substr(since, 1, 16) from zones order by id")
    flown = [(NUUK, at(NUUK, 1, 10)), (CHICAGO, at(CHICAGO, 2, 18, 30)), (NUUK, at(NUUK, 10, 22, 30))]
    assert zones == [(zone, f"{since:%Y-%m-%d %H:%M}") for zone, since in flown]
