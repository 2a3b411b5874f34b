"""What a therapist is said about the list of patients: searching, other names, and the hour of the weekly summary."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.chat import buttons
from bot.chat.buttons import pack
from bot.chat.messages import Button, Message, Row
from bot.chat.words import Sentence, Words, bold, capital, joined, moment, sentence
from bot.diary.days import SUNDAY

HITS: Final = 40
"""More are counted: who types one letter more finds fewer."""
HOURS: Final = (time(7), time(7, 30), time(8), time(12), time(18))
_MONDAY: Final = date(2026, 3, 2)
"""Any: only its name is said."""

Named = Sequence[tuple[int, str]]


def _all(words: Words) -> Button:
    return Button(words("All patients"), tap=pack(buttons.AllPatients()))


def ask_search(words: Words) -> Message:
    return Message(words("Please type part of a name or code."))


def hits(said: str, found: Named, words: Words) -> Message:
    """Several patients fit."""
    text = words.many('"{said}" fits {n} patient.', '"{said}" fits {n} patients.', len(found), said=said)
    if (more := len(found) - HITS) > 0:
        tail = words.many("Here are {shown}; {n} more fits.", "Here are {shown}; {n} more fit.", more, shown=HITS)
        text = joined(" ", [text, tail])
    rows: list[Row] = [(Button(sentence(label), tap=pack(buttons.Card(one))),) for one, label in found[:HITS]]
    return Message(text, (*rows, (_search(words), _all(words))))


def no_hit(said: str, words: Words) -> Message:
    text = words('No patient of yours has "{said}" in the name or code.', said=said)
    return Message(text, ((_search(words), _all(words)),))


def _search(words: Words) -> Button:
    return Button(words("Search"), tap=pack(buttons.SearchPatient()))


# --- names --------------------------------------------------------------------------------------------------------


def rename_whom(found: Named, words: Words) -> Message:
    text = words("Whose name shall be changed? Only you see your names for patients.")
    rows: list[Row] = [(Button(sentence(label), tap=pack(buttons.Rename(one))),) for one, label in found]
    return Message(text, tuple(rows))


def rename_typed(words: Words) -> Message:
    """Where there are too many for buttons."""
    return Message(words("Please type it like this: /rename Ada = Ada L"), ((_search(words), _all(words)),))


def ask_name(label: str, words: Words) -> Message:
    return Message(words("Please type the new name or code for {name}.", name=bold(sentence(label))))


def renamed(before: str, after: str, patient: int, words: Words) -> Message:
    text = words(
        "{before} is called {after} from now on. Only you see this name.",
        before=bold(sentence(before)),
        after=bold(sentence(after)),
    )
    return Message(text, ((Button(sentence(after), tap=pack(buttons.Card(patient))),),))


def called_so(label: str, words: Words) -> Message:
    return Message(words("{name} is the name already.", name=bold(sentence(label))))


def name_taken(label: str, words: Words) -> Message:
    return Message(
        words(
            "You call another patient {name} already. Please type another name, so that you can tell them apart.",
            name=bold(sentence(label)),
        )
    )


def nobody_called(label: str, words: Words) -> Message:
    text = words("No patient of yours is called {name}.", name=bold(sentence(label)))
    return Message(text, ((_search(words), _all(words)),))


# --- the hour of the summary --------------------------------------------------------------------------------------


def weekday(day: int, words: Words) -> Sentence:
    """0 is Monday."""
    return words.weekday(_MONDAY + timedelta(days=day))


def choose_day(day: int, wall: time, next_at: datetime | None, words: Words) -> Message:
    """`next_at`: of the next summary, by the therapist's own clock."""
    parts = [
        words("Your summary comes on {day} at {time}.", day=weekday(day, words), time=words.time(wall)),
        words("The next one: {when}.", when=moment(next_at, words)) if next_at is not None else Sentence(""),
        words("On which day would you like it?"),
    ]
    taps = [Button(capital(weekday(n, words)), tap=pack(buttons.DigestOn(n))) for n in range(7)]
    return Message(joined("\n", parts), tuple(tuple(taps[i : i + 2]) for i in range(0, 7, 2)))


def choose_hour(day: int, words: Words) -> Message:
    taps = [Button(words.time(hour), tap=pack(buttons.DigestAt(day, hour))) for hour in HOURS]
    typed = Button(words("Another hour"), tap=pack(buttons.TypeDigestHour(day)))
    text = words("On {day}, at what hour?", day=weekday(day, words))
    return Message(text, (tuple(taps[:3]), tuple(taps[3:]), (typed,)))


def type_hour(words: Words) -> Message:
    return Message(words("Please type the hour, for example 16:45."))


def no_such_hour(words: Words) -> Message:
    return Message(words("I did not understand this hour. Please type it like this: 16:45"))


def how_typed(words: Words) -> Message:
    return Message(words("For another day or hour type it like this: /digest friday 16:45"))


def hour_kept(day: int, wall: time, next_at: datetime, words: Words, *, told: bool) -> Message:
    """`told`: the week that such an hour would have been about before has had its summary."""
    kept = words(
        "Your summary comes on {day} at {time} from now on. The next one: {when}.",
        day=weekday(day, words),
        time=words.time(wall),
        when=moment(next_at, words),
    )
    parts = [kept]
    if told:
        parts.append(words("The last whole week has had its summary already."))
    if day == SUNDAY:
        parts.append(words("On a Sunday that is the week before: until the evening question its own is not over."))
    text = joined("\n", parts)
    now = Button(words("Show the week now"), tap=pack(buttons.Run("digest")))
    return Message(text, ((now,),))
