"""What may happen in a life: what patients do, what the clock does, what the machine does. Each act plays itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from hypothesis import strategies as st

from bot import storage
from bot.chat import buttons
from bot.diary.settings import REMINDERS
from tests.laws.life import A_MOMENT, Act, Life


class Calm:
    """The bot is there, and can speak."""

    troubling = False


class Trouble:
    """The bot is away, or can't speak."""

    troubling = True


# --- patients -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answers(Calm):
    """Numbers one after another, as far as there are any to tap."""

    who: int
    values: tuple[int, ...]

    async def play(self, life: Life) -> None:
        await life.taps(self.who, *map(str, self.values))


@dataclass(frozen=True)
class Taps(Calm):
    """These buttons one after another, as far as they are there."""

    who: int
    labels: tuple[str, ...]

    async def play(self, life: Life) -> None:
        await life.taps(self.who, *self.labels)


@dataclass(frozen=True)
class TapsAny(Calm):
    """A button of the newest message that has some."""

    who: int
    place: int

    async def play(self, life: Life) -> None:
        await life.taps_shown(self.who, self.place)


@dataclass(frozen=True)
class TapsOld(Calm):
    """A button that was on screen at any time, so many back from the newest."""

    who: int
    back: int

    async def play(self, life: Life) -> None:
        await life.taps_old(self.who, self.back)


@dataclass(frozen=True)
class Writes(Calm):
    who: int
    said: str

    async def play(self, life: Life) -> None:
        await life.writes(self.who, self.said)


@dataclass(frozen=True)
class Pauses(Calm):
    """`/pause`, and one of its buttons; behind "until a date" the day so far ahead."""

    who: int
    label: str
    ahead: int = 0

    async def play(self, life: Life) -> None:
        await life.writes(self.who, "/pause")
        await life.taps(self.who, self.label)
        if self.label == "Until a date":
            await life.taps_shown(self.who, self.ahead)


@dataclass(frozen=True)
class Sets(Calm):
    """Another hour, other quiet hours, another reminder, another place: by the buttons of the settings."""

    who: int
    choice: object

    async def play(self, life: Life) -> None:
        await life.sets(self.who, self.choice)


@dataclass(frozen=True)
class ShutsOut(Calm):
    """The patient blocks the bot and lets it in again later."""

    who: int
    minutes: int

    async def play(self, life: Life) -> None:
        person = life.ones[self.who].person
        if not person.blocked:
            await life.blocks(self.who)
            await life.until(life.now + timedelta(minutes=self.minutes))
            await life.blocks(self.who)


# A rule for /forget belongs here, and what must hold after it into Life.check.

# --- the clock ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Passes(Calm):
    minutes: int

    async def play(self, life: Life) -> None:
        await life.until(life.now + timedelta(minutes=self.minutes))


@dataclass(frozen=True)
class FallsDue:
    """The clock stands where the bot has something to do next, or so many minutes later: it was not there before."""

    late: int

    @property
    def troubling(self) -> bool:
        return self.late > 0

    async def play(self, life: Life) -> None:
        due = await life.database.write(storage.prompts.next_due_at)
        if due is not None:
            await life.jump(due + timedelta(minutes=self.late))


@dataclass(frozen=True)
class Keeps(Calm):
    """A patient answers day after day, one more number each time; where there are fewer than three, not all of it."""

    who: int
    days: int
    values: tuple[int, ...]

    async def play(self, life: Life) -> None:
        for n in range(self.days):
            await life.until(life.now + timedelta(days=1))
            await life.taps(self.who, *(str((value + n) % 11) for value in self.values))


# --- the machine ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dies(Trouble):
    """Of what goes out next so many calls are made, none of them is written down, and the program dies."""

    calls: int

    async def play(self, life: Life) -> None:
        life.doom = self.calls


@dataclass(frozen=True)
class Jams(Trouble):
    """No new message goes out while something falls due and these things happen."""

    late: int
    acts: tuple[Act, ...]
    minutes: int

    async def play(self, life: Life) -> None:
        life.held = True
        await FallsDue(self.late).play(life)
        life.clock.move(A_MOMENT)
        for act in self.acts:
            await act.play(life)
            life.clock.move(A_MOMENT)
        await life.until(life.now + timedelta(minutes=self.minutes))
        life.held = False
        await life.deliver()


@dataclass(frozen=True)
class IsAway(Trouble):
    """The bot is down for so long, and meanwhile people do this."""

    minutes: int
    acts: tuple[Act, ...]

    async def play(self, life: Life) -> None:
        life.away_since = life.now
        half = timedelta(minutes=self.minutes) / 2
        life.clock.move(half)
        for act in self.acts:
            await act.play(life)
        await life.back(life.now + half)


# --- any of them ----------------------------------------------------------------------------------------------

ZONES: Final = [
    "Europe/Lisbon",
    "America/Chicago",
    "Asia/Kathmandu",
    "America/Nuuk",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
]
BEGINNINGS: Final = [
    datetime(2026, 3, 2, 10, tzinfo=UTC),
    datetime(2026, 3, 27, 9, tzinfo=UTC),  # before the clocks change in Lisbon and Nuuk
    datetime(2026, 10, 23, 9, tzinfo=UTC),
    datetime(2026, 3, 6, 15, tzinfo=UTC),  # in Chicago
    datetime(2026, 10, 30, 15, tzinfo=UTC),
    datetime(2026, 4, 3, 1, tzinfo=UTC),  # on Lord Howe
    datetime(2026, 10, 2, 1, tzinfo=UTC),
    datetime(2026, 12, 30, 12, tzinfo=UTC),
]
HOURS: Final = [time(20), time(8), time(23, 30), time(1), time(3, 30), time(12), time(1, 45)]
QUIET: Final = [
    (time(22), time(8)),
    (time(0), time(0)),
    (time(19, 30), time(21)),
    (time(0, 30), time(1, 30)),
    (time(13), time(23, 30)),
    (time(22), time(12)),
]
TEXTS: Final = ["4 3 5", "7", "burning 2", "pain 9, tingling 0", "10 10 10", "the stairs were hard today"]
COMMANDS: Final = ["/today", "/yesterday", "/pause", "/start", "/settings"]
LATER: Final = [("Later", choice) for choice in ("In 30 minutes", "In 2 hours", "Tomorrow morning", "This morning")]
LABELS: Final = [
    ("Not today",),
    ("Answer after all",),
    ("Answer now",),
    ("Answer today now",),
    ("Skip this one",),
    ("Skip this one", "Skip this one", "Skip this one"),
    ("Change",),
    ("I'm back",),
    ("Undo",),
]
PAUSES: Final = ["Until tomorrow", "Until this evening", "Until I come back", "Until a date", "I'm back"]


def _quiet(hours: tuple[time, time]) -> tuple[tuple[str, Any], ...]:
    return ("quiet_from", hours[0]), ("quiet_to", hours[1])


zones = st.sampled_from(ZONES)
hours = st.sampled_from(HOURS)
weekends = st.none() | hours
quiets = st.sampled_from(QUIET).map(_quiet)
reminders = st.sampled_from([90, *REMINDERS])
rhythms = st.builds(
    lambda zone, hour, weekend, quiet, minutes: {
        "zone": zone,
        "prompt_time": hour,
        "weekend_time": weekend,
        "reminder_minutes": minutes,
        **dict(quiet),
    },
    zones,
    hours,
    weekends,
    quiets,
    reminders,
)
choices = st.one_of(
    st.builds(buttons.Live, zones),
    st.builds(buttons.Travel, st.sampled_from(buttons.Clock), zones),
    st.builds(buttons.Travel, st.sampled_from(buttons.Clock), zones),
    st.builds(buttons.BackHome),
    st.builds(buttons.AskAt, st.just(buttons.Days.WEEKDAYS), hours),
    st.builds(buttons.AskAt, st.just(buttons.Days.WEEKENDS), weekends),
    st.sampled_from(QUIET).map(lambda hours: buttons.QuietHours(*hours)),
    st.builds(buttons.RemindAfter, reminders),
)
whose = st.sampled_from([0, 0, 0, 1])
answers = st.builds(Answers, whose, st.lists(st.integers(0, 10), min_size=1, max_size=3).map(tuple))
quick = st.one_of(
    answers,
    answers,
    st.builds(Taps, whose, st.sampled_from(LATER)),
    st.builds(Taps, whose, st.sampled_from(LATER)),
    st.builds(Taps, whose, st.sampled_from(LABELS)),
    st.builds(TapsAny, whose, st.integers(0, 20)),
    st.builds(TapsOld, whose, st.integers(0, 60)),
    st.builds(TapsOld, whose, st.integers(0, 400)),
    st.builds(Writes, whose, st.sampled_from(TEXTS)),
    st.builds(Writes, whose, st.sampled_from(COMMANDS)),
    st.builds(Pauses, whose, st.sampled_from(PAUSES), st.integers(0, 9)),
    st.builds(Sets, whose, choices),
    st.builds(Dies, st.integers(0, 3)),
)
"""What takes a moment."""
passes = st.builds(Passes, st.sampled_from([1, 10, 30, 90, 300, 720, 1_440, 4_320]))
due = st.builds(FallsDue, st.sampled_from([0, 0, 0, 1, 14, 16, 120, 200]))
few = st.lists(quick, max_size=3).map(tuple)
long = st.one_of(
    passes,
    due,
    due,
    st.builds(Keeps, whose, st.integers(2, 8), st.lists(st.integers(0, 10), min_size=1, max_size=3).map(tuple)),
    st.builds(Jams, st.sampled_from([0, 0, 1]), few, st.sampled_from([0, 1, 20, 100, 250])),
    st.builds(IsAway, st.sampled_from([5, 45, 200, 900, 3_000]), few),
    st.builds(ShutsOut, whose, st.sampled_from([1, 60, 700, 2_000])),
)
scenes = st.tuples(long, few)
lives = st.tuples(st.sampled_from(BEGINNINGS), rhythms, rhythms, st.lists(scenes, max_size=14))
"""When it begins, how Ada and Noor are asked, and what happens then."""
