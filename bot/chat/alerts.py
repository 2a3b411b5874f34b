"""Alerts: what therapists read of them and do about them, and what the patient is asked and told.

Rule: what was noticed is said with its numbers and nothing else; neither side reads a guess at what it means.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from bot.chat import buttons
from bot.chat.buttons import Answered, pack
from bot.chat.items import item_name
from bot.chat.messages import Button, Message, Row
from bot.chat.words import Sentence, Words, bold, joined, moment, sentence
from bot.diary import days
from bot.diary.alerts import ANSWERS, Act, Alert, Done, Noticed, Pressing, Rule, Word
from bot.diary.entries import Item
from bot.diary.panels import OpenAlert
from bot.diary.people import TherapistId

MAX_NOTE: Final = 1_000
"""Characters of a note on an alert (ours)."""
NOTE_SHOWN: Final = 120
"""Characters of a note where the whole of it does not fit under the picture."""
ACTS_SHOWN: Final = 6
"""The newest acts, where all of them do not fit."""
MOST_ON_CARD: Final = 2
"""Open alerts with a button on a patient's card: as many as it tells of."""

About = Sequence[tuple[Item, Noticed]]


@dataclass(frozen=True, slots=True)
class Seen:
    """An alert as one therapist reads it. `label`: their name for the patient; `zone`: whose clock the times are by."""

    alert: Alert
    label: str
    about: About
    acts: Sequence[Done]
    reader: TherapistId
    zone: str

    @property
    def answered(self) -> bool:
        return any(done.act in ANSWERS for done in self.acts)


# --- therapists -----------------------------------------------------------------------------------------------


def texts(seen: Seen, words: Words) -> list[Sentence]:
    """The alert in words, whole, and then ever shorter: the first that fits under the picture is taken."""
    head, found = _head(seen, words), _figures(seen, words)
    whole = [*head, *found, *history(seen, words)]
    cut = [*head, *found, *history(seen, words, NOTE_SHOWN)]
    fewer = [*head, *found, *history(seen, words, NOTE_SHOWN, newest=ACTS_SHOWN)]
    brief = [*head, *found[:2], *history(seen, words, 0, newest=3)]
    return [joined("\n", lines) for lines in (whole, cut, fewer, brief)]


def _head(seen: Seen, words: Words) -> list[Sentence]:
    named = words("Alert: {name}, {day}", name=sentence(seen.label), day=words.day(seen.alert.day))
    if seen.alert.withdrawn_at is None:
        return [bold(named)]
    return [bold(named), bold(words("Withdrawn: the patient corrected the day."))]


def _figures(seen: Seen, words: Words) -> list[Sentence]:
    """Each symptom in a line, and below those that met the same rule that rule, once."""
    met: dict[tuple[Rule, int], list[tuple[Item, Noticed]]] = {}
    for item, one in seen.about:
        met.setdefault((one.rule, one.limit), []).append((item, one))
    return [
        line
        for alike in met.values()
        for line in (*(figures(item, one, words) for item, one in alike), _rule(alike[0][1], words))
    ]


def figures(item: Item, one: Noticed, words: Words) -> Sentence:
    return words(
        "{item} {score} on {day} and {later_score} on {later_day}. Usual before: {usual} from {n} days.",
        item=item_name(item, words),
        score=one.scores[0],
        day=words.weekday(one.first),
        later_score=one.scores[1],
        later_day=words.weekday(one.second),
        usual=words.number(one.usual),
        n=one.n,
    )


def _figures_alone(seen: Seen, words: Words) -> list[Sentence]:
    """What it is about in a message that comes after the alert itself, which has the rule and the chart."""
    return [figures(item, one, words) for item, one in seen.about]


def _rule(one: Noticed, words: Words) -> Sentence:
    if one.rule is Rule.ROSE:
        return words("Rule: two days in a row {points} or more above the usual.", points=one.limit)
    return words("Rule: two days in a row at {score} or more, the usual before below {score}.", score=one.limit)


def history(seen: Seen, words: Words, note_shown: int = MAX_NOTE, newest: int | None = None) -> list[Sentence]:
    """What the patient says of it, and what was done: who, and when, by the reader's clock; of the `newest` acts."""
    told = [] if seen.alert.red_flag else [_pressing(seen, words)]
    done = [done for done in seen.acts if done.act in ANSWERS]
    return told + [_done(it, seen.zone, words, note_shown) for it in done[-(newest or len(done)) :]]


def _pressing(seen: Seen, words: Words) -> Sentence:
    alert = seen.alert
    if alert.urgency is None or alert.urgency_at is None:
        if alert.withdrawn_at is not None:
            return Sentence("")
        return words("The patient is asked whether it is urgent, and has not answered yet.")
    at = moment(days.local(alert.urgency_at, seen.zone), words)
    if alert.urgency is Pressing.URGENT:
        return bold(words("URGENT, the patient says ({at}).", at=at))
    return words("It can wait for the next visit, the patient says ({at}).", at=at)


def _done(done: Done, zone: str, words: Words, note_shown: int) -> Sentence:
    name, at = sentence(done.therapist), moment(days.local(done.at, zone), words)
    match done.act:
        case Act.WILL_CALL:
            return words("✓ {name} will call ({at})", name=name, at=at)
        case Act.NOTE if note_shown:
            text = done.text or ""
            note = sentence(text if len(text) <= note_shown else f"{text[:note_shown].rstrip()}…")
            return words("✎ {name} ({at}): {note}", name=name, at=at, note=note)
        case Act.NOTE:
            return words("✎ Note by {name} ({at})", name=name, at=at)
        case _:
            return words("✓ Seen by {name} ({at})", name=name, at=at)


def rows(seen: Seen, words: Words) -> tuple[Row, ...]:
    """What the reader can still do about it. Of one that was withdrawn before anybody saw it nothing is to be done."""
    if seen.alert.withdrawn_at is not None and not seen.answered:
        return ()
    patient = int(seen.alert.patient_id)
    own = {done.act for done in seen.acts if done.therapist_id == seen.reader}
    look = (
        Button(words("Notes"), tap=pack(buttons.Notes(patient))),
        Button(words("Chart and numbers"), tap=pack(buttons.Card(patient))),
    )
    return (_ways(patient, seen.alert.id, own, words), look)


def _ways(patient: int, alert: int, own: Set[Act], words: Words) -> Row:
    """What can be done about an alert by somebody who has done `own` before."""
    found = (
        (Answered.SEEN, words("Seen"), own.isdisjoint(ANSWERS)),
        (Answered.WILL_CALL, words("Will call"), Act.WILL_CALL not in own),
        (Answered.NOTE, words("Add note"), True),
    )
    return tuple(_answering(patient, alert, answered, label) for answered, label, offered in found if offered)


def on_card(patient: int, open_alerts: Sequence[OpenAlert], words: Words) -> tuple[Row, ...]:
    """The answers to what is open, on a patient's card: whoever came later never had the alert's own message."""
    if len(open_alerts) == 1:
        return (_ways(patient, open_alerts[0].id, frozenset(), words),)
    return tuple((_answering(patient, it.id, Answered.SEEN, _seen_of(it, words)),) for it in open_alerts[:MOST_ON_CARD])


def _seen_of(alert: OpenAlert, words: Words) -> Sentence:
    day = words.short_day(alert.day)
    return words("Seen: warning sign of {day}", day=day) if alert.red_flag else words("Seen: alert of {day}", day=day)


def _answering(patient: int, alert: int, answered: Answered, label: Sentence) -> Button:
    return Button(label, tap=pack(buttons.AnswerAlert(patient, int(alert), answered)))


def bare(label: str, words: Words) -> Sentence:
    """What stands there where the alert could not be put together."""
    return words(
        "Alert: {name}. The numbers could not be put together here, please look at the card.",
        name=bold(sentence(label)),
    )


def called_urgent(seen: Seen, words: Words) -> Message:
    """A short message of its own: the patient has answered that it is urgent."""
    text = words(
        "{name} says that it is urgent. It is about the alert of {day}.",
        name=bold(sentence(seen.label)),
        day=words.day(seen.alert.day),
    )
    return Message(joined("\n", [text, *_figures_alone(seen, words)]), rows(seen, words))


def ask_note(label: str, words: Words) -> Message:
    return Message(
        words(
            "Please type your note on the alert of {name}. It is kept with the alert, and the other therapists who "
            "see this diary can read it.",
            name=bold(sentence(label)),
        )
    )


def note_too_long(words: Words) -> Message:
    return Message(words("That is too long: {n} characters are the most. Please type it shorter.", n=MAX_NOTE))


def note_kept(label: str, words: Words) -> Message:
    return Message(words("Your note stands with the alert of {name}.", name=bold(sentence(label))))


def done_before(words: Words) -> Sentence:
    return words("You have done that already.")


def taken_back(words: Words) -> Sentence:
    return words("This alert is withdrawn: the patient corrected the day.")


def kept(answered: Answered, words: Words) -> Sentence:
    if answered is Answered.WILL_CALL:
        return words("Noted: you will call.")
    return words("Noted: you have seen it.")


# --- the patient ----------------------------------------------------------------------------------------------


def question(
    alert: Alert,
    about: About,
    therapists: Sequence[str],
    later: Sequence[tuple[str, datetime]],
    number: Sentence,
    clinic: str,
    words: Words,
) -> Message:
    """What was noticed, who was told, and the question; with the answer, once there is one.

    `later`: who reads it when their own hours begin, and when that is by the patient's clock.
    """
    if alert.withdrawn_at is not None:
        return Message(
            words(
                "You have changed your answers since then, so my message about {day} is taken back.",
                day=words.day(alert.day),
            )
        )
    first, second = _days_of(alert, about)
    lines = [
        words(
            "I noticed this in your answers of {first} and {second}:", first=words.day(first), second=words.day(second)
        ),
        joined("\n", [_own_figures(item, one, words) for item, one in about]),
        Sentence("") if later and not therapists else _who_was_told(therapists, clinic, words),
        *(
            words(
                "{name} reads alerts from {day}, {time} on.",
                name=sentence(name),
                day=words.day(at.date()),
                time=words.time(at),
            )
            for name, at in later
        ),
    ]
    lines += _answer(alert, bool(therapists), words)
    lines.append(
        words("Nobody watches this chat around the clock. If you need help now, call {number}.", number=number)
    )
    return Message(joined("\n\n", lines), _answers(alert, words))


def not_heard(alert: Alert, number: Sentence, clinic: str, words: Words) -> Message:
    """To the patient: what was noticed has reached no therapist."""
    lines = [
        words(
            "My message about your answers of {first} and {second} has reached no therapist.",
            first=words.day(alert.day - days.ONE_DAY),
            second=words.day(alert.day),
        ),
        words("Please call {clinic} yourself.", clinic=bold(sentence(clinic))),
        words("Nobody watches this chat around the clock. If you need help now, call {number}.", number=bold(number)),
    ]
    return Message(joined("\n\n", lines))


def reminder(seen: Seen, words: Words) -> Message:
    """To a therapist: nobody has answered it for a day."""
    name, alert = bold(sentence(seen.label)), seen.alert
    if alert.red_flag:
        at = moment(days.local(alert.raised_at, seen.zone), words)
        text = words("Reminder: nobody has answered this red flag yet: {name}, {at}.", name=name, at=at)
        return Message(joined("\n", [text, words("Please get in touch with them.")]), rows(seen, words))
    day = words.day(alert.day)
    text = words("Reminder: nobody has answered this alert yet: {name}, {day}.", name=name, day=day)
    pressing = [] if alert.urgency is None else [_pressing(seen, words)]
    return Message(joined("\n", [text, *_figures_alone(seen, words), *pressing]), rows(seen, words))


def stands_in(away: str, words: Words) -> Message:
    """To a deputy who may see the diary: why the alert above comes to them."""
    return Message(
        words("You stand in for {name}, and nobody has answered this alert for a day.", name=sentence(away)),
        silent=True,
    )


def for_deputy(away: str, words: Words) -> Message:
    """To a deputy who may not see the diary: that there is something, without what and whose."""
    return Message(
        words(
            "You stand in for {name}. At least one alert about their patients has not been answered for a day. The "
            "diary is not shared with you, so I can't say more. Please get in touch with {name}.",
            name=bold(sentence(away)),
        )
    )


def _days_of(alert: Alert, about: About) -> tuple[date, date]:
    return alert.day - days.ONE_DAY, alert.day


def _own_figures(item: Item, one: Noticed, words: Words) -> Sentence:
    return words(
        "{item}: {score}, then {later_score}. Your usual before: {usual}, from {n} days.",
        item=item_name(item, words),
        score=one.scores[0],
        later_score=one.scores[1],
        usual=words.number(one.usual),
        n=one.n,
    )


def _who_was_told(therapists: Sequence[str], clinic: str, words: Words) -> Sentence:
    if not therapists:
        return words("I could tell no therapist. Please call {clinic} yourself.", clinic=bold(sentence(clinic)))
    names = words.listed([sentence(name) for name in therapists])
    return words("A message about this is on its way to {names}.", names=names)


def _answer(alert: Alert, told: bool, words: Words) -> list[Sentence]:
    """`told`: it is on its way to somebody; else it waits, and the answer with it."""
    match alert.urgency:
        case None:
            return [bold(words("Is it urgent, or can it wait for your next visit?"))]
        case Pressing.URGENT:
            passed_on = words("I have passed on that it is urgent. It may not be seen at once.")
            return [bold(words("✓ Urgent")), passed_on if told else words("My message will say that it is urgent.")]
        case Pressing.WAITS:
            passed_on = words("I have passed on that it can wait.")
            return [bold(words("✓ It can wait")), passed_on if told else words("My message will say that it can wait.")]


def _answers(alert: Alert, words: Words) -> tuple[Row, ...]:
    number = int(alert.id)
    urgent = Button(words("Urgent"), tap=pack(buttons.HowUrgent(number, Pressing.URGENT)))
    waits = Button(words("It can wait"), tap=pack(buttons.HowUrgent(number, Pressing.WAITS)))
    match alert.urgency:
        case None:
            return ((urgent,), (waits,))
        case Pressing.URGENT:
            after_all = replace(waits, label=words("It can wait after all"))
        case Pressing.WAITS:
            after_all = replace(urgent, label=words("It is urgent after all"))
    return ((after_all,),)


def answered(urgency: Pressing, words: Words) -> Sentence:
    if urgency is Pressing.URGENT:
        return words("Noted: urgent.")
    return words("Noted: it can wait.")


def has_seen(word: Word, therapist: str, alert: Alert, reported_at: datetime, words: Words) -> Message:
    """The patient hears what a therapist did. `reported_at`: of a red flag, by the patient's clock."""
    name = sentence(therapist)
    told = (
        words("{name} has seen this and will call you.", name=name)
        if word is Word.WILL_CALL
        else words("{name} has seen this.", name=name)
    )
    if alert.red_flag:
        about = words("It is about the warning sign that you reported on {at}.", at=moment(reported_at, words))
    else:
        about = words(
            "It is about your answers of {first} and {second}.",
            first=words.day(alert.day - days.ONE_DAY),
            second=words.day(alert.day),
        )
    return Message(joined("\n", [bold(told), about]))
