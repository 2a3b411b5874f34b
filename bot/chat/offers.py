"""What a patient is asked about who sees the diary, what therapists hear of it, and how they have it asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from bot.chat import buttons
from bot.chat.buttons import pack
from bot.chat.messages import Button, Message, Row
from bot.chat.words import Sentence, Words, bold, joined, sentence
from bot.diary.offers import Kind
from bot.diary.people import Therapist

WORDING: Final = "offers 2026-11"
"""Version of the words below that a yes or no is said to. Change it when their meaning changes."""
PER_PAGE: Final = 8
"""Names on one page of buttons."""


# --- what the patient is asked --------------------------------------------------------------------------------


def colleague(offer: int, asks: str, therapist: str, words: Words) -> Message:
    """May another therapist see the diary, too?"""
    text = joined(
        "\n\n",
        [
            words(
                "{asks} would like {therapist} to see your diary, too. May {therapist} see it?",
                asks=bold(sentence(asks)),
                therapist=bold(sentence(therapist)),
            ),
            _all_of_it(words),
            words("You can stop it at any time with /sharing."),
        ],
    )
    return Message(text, _yes_no(offer, words("Yes, share it all"), words("No"), words))


def deputy(offer: int, asks: str, therapist: str, first: date | None, until: date, words: Words) -> Message:
    """May a therapist see the diary while the own one is away? `first` None: from now on."""
    who, stands_in, day = bold(sentence(asks)), bold(sentence(therapist)), words.day(until)
    if first is None:
        away = words("{asks} is away until {day}. {therapist} stands in.", asks=who, therapist=stands_in, day=day)
    else:
        away = words(
            "{asks} is away from {first} until {day}. {therapist} stands in.",
            asks=who,
            therapist=stands_in,
            first=words.day(first),
            day=day,
        )
    text = joined(
        "\n\n",
        [
            away,
            words("May {therapist} see your diary for that time?", therapist=stands_in),
            _all_of_it(words),
            words("It ends by itself after {day}, or sooner with /sharing.", day=day),
        ],
    )
    return Message(text, _yes_no(offer, words("Yes, until {day}", day=day), words("No"), words))


def hand_over(offer: int, asks: str, therapist: str, words: Words) -> Message:
    """Shall one therapist see the diary instead of the other?"""
    old, new = bold(sentence(asks)), bold(sentence(therapist))
    text = joined(
        "\n\n",
        [
            words("{asks} would like {therapist} to look after you from now on.", asks=old, therapist=new),
            words("With a yes, {therapist} sees your diary and {asks} no longer does.", asks=old, therapist=new),
            _all_of_it(words),
            words("With a no, all stays as it is."),
        ],
    )
    yes = words("Yes, {therapist} from now on", therapist=sentence(therapist))
    return Message(text, _yes_no(offer, yes, words("No, leave it as it is"), words))


def after_leaving(
    offer: int,
    left: str,
    clinic: str,
    others: Sequence[tuple[str, date | None]],
    choice: Sequence[Therapist],
    page: int,
    words: Words,
) -> Message:
    """A therapist has left the clinic: who shall see the diary now? `others` see it still, some up to a day; `choice`
    could."""
    gone = [
        words(
            "{therapist} has left {clinic} and does not see your diary any more. Your diary goes on as before.",
            therapist=bold(sentence(left)),
            clinic=sentence(clinic),
        )
    ]
    lasting = [sentence(name) for name, until in others if until is None]
    if lasting:
        names = bold(words.listed(lasting))
        gone.append(words.many("{names} still sees it.", "{names} still see it.", len(lasting), names=names))
    for name, until in others:
        if until is not None:
            day = words.day(until)
            gone.append(words("{therapist} sees it until {day}.", therapist=bold(sentence(name)), day=day))
    if not choice:
        return Message(joined("\n\n", [*gone, words("/sharing shows at any time who sees it.")]))
    page = on_a_page(page, len(choice))
    ask = words("Shall someone else see it now? Whoever you choose sees all of it, old entries too.")
    rows: list[Row] = [
        (Button(sentence(one.name), tap=pack(buttons.PickReader(offer, int(one.id)))),)
        for one in choice[page * PER_PAGE : (page + 1) * PER_PAGE]
    ]
    if len(choice) > PER_PAGE:
        rows.append(
            turn_pages(page, len(choice), [pack(buttons.PickPage(offer, to)) for to in (page - 1, page + 1)], words)
        )
    rows.append((Button(words("Nobody for now"), tap=pack(buttons.PickReader(offer, None))),))
    return Message(joined("\n\n", [*gone, ask]), tuple(rows))


def _all_of_it(words: Words) -> Sentence:
    return words("That is your whole diary: each answer and note, old ones too.")


def _yes_no(offer: int, yes: Sentence, no: Sentence, words: Words) -> tuple[Row, ...]:
    return (
        (Button(yes, tap=pack(buttons.AnswerOffer(offer, True))),),
        (Button(no, tap=pack(buttons.AnswerOffer(offer, False))),),
    )


# --- what the patient reads after the answer ------------------------------------------------------------------


def you_said_yes(kind: Kind, asks: str, therapist: str, until: date | None, words: Words) -> Message:
    new = bold(sentence(therapist))
    if kind is Kind.HAND_OVER:
        told = words(
            "{therapist} sees your whole diary from now on, and {asks} no longer does.",
            therapist=new,
            asks=bold(sentence(asks)),
        )
    elif until is not None:
        told = words(
            "Thank you. {therapist} may see your whole diary until {day}.", therapist=new, day=words.day(until)
        )
    else:
        told = words("{therapist} sees your whole diary from now on.", therapist=new)
    return Message(joined("\n", [told, _see_sharing(words)]))


def you_said_no(therapist: str | None, words: Words, *, sees: bool = False) -> Message:
    """`therapist` None: nobody in particular was to see it. `sees`: they do so anyhow, with another yes."""
    if therapist is None:
        told = words("All right, nobody new sees your diary.")
    elif sees:
        told = words("All right, all stays as it is. {therapist} sees your diary.", therapist=bold(sentence(therapist)))
    else:
        told = words("All right, {therapist} does not see your diary.", therapist=bold(sentence(therapist)))
    return Message(joined("\n", [told, _see_sharing(words)]))


def not_open_any_more(words: Words) -> Message:
    """An answer to a question that was answered, or that is about what is over."""
    return Message(
        joined("\n", [words("This question is no longer open, and nothing was changed."), _see_sharing(words)])
    )


def _see_sharing(words: Words) -> Sentence:
    return words("/sharing shows who sees it, and stops it.")


def is_back(therapist: str, deputy: str, words: Words, *, begun: bool) -> Message:
    """Tells a patient who had said yes that a holiday ended early, or that it will not be."""
    who, stands_in = bold(sentence(therapist)), bold(sentence(deputy))
    if begun:
        return Message(
            words("{therapist} is back, so {deputy} does not see your diary any more.", therapist=who, deputy=stands_in)
        )
    return Message(
        words(
            "{therapist} will be here after all, so {deputy} does not see your diary.", therapist=who, deputy=stands_in
        )
    )


# --- how a therapist has it asked -----------------------------------------------------------------------------


def ways(patient: int, words: Words) -> Row:
    """Under a patient's card."""
    return (
        Button(words("Share with a colleague"), tap=pack(buttons.Colleagues(Kind.COLLEAGUE, patient, 0))),
        Button(words("Hand over"), tap=pack(buttons.Colleagues(Kind.HAND_OVER, patient, 0))),
    )


def choose(
    kind: Kind, label: str | None, patient: int | None, found: Sequence[Therapist], page: int, words: Words
) -> Message:
    """Which colleague? `label` and `patient` None: for all patients."""
    page, name = on_a_page(page, len(found)), None if label is None else bold(sentence(label))
    if name is None:
        text = words("Who shall take over all your patients? Each is asked first. Without a yes nothing changes.")
    elif kind is Kind.HAND_OVER:
        text = words("Who shall take {name} over? {name} is asked first. Without a yes nothing changes.", name=name)
    else:
        text = words(
            "Who else shall see the diary of {name}? {name} is asked first. Without a yes nothing is shown.", name=name
        )
    rows: list[Row] = [
        (Button(sentence(one.name), tap=pack(buttons.AskPatient(kind, patient, int(one.id), False))),)
        for one in found[page * PER_PAGE : (page + 1) * PER_PAGE]
    ]
    if len(found) > PER_PAGE:
        taps = [pack(buttons.Colleagues(kind, patient, to)) for to in (page - 1, page + 1)]
        rows.append(turn_pages(page, len(found), taps, words))
    return Message(text, (*rows, _leave_it(words)))


def choose_patient(of: Sequence[tuple[int, str]], page: int, words: Words) -> Message:
    """`/handover`: whom?"""
    page = on_a_page(page, len(of))
    rows: list[Row] = [
        (Button(sentence(label), tap=pack(buttons.Colleagues(Kind.HAND_OVER, patient, 0))),)
        for patient, label in of[page * PER_PAGE : (page + 1) * PER_PAGE]
    ]
    if len(of) > 1 and page == 0:
        everyone = words.many("All {n} patient", "All {n} patients", len(of))
        rows.insert(0, (Button(everyone, tap=pack(buttons.Colleagues(Kind.HAND_OVER, None, 0))),))
    if len(of) > PER_PAGE:
        rows.append(turn_pages(page, len(of), [pack(buttons.HandOver(to)) for to in (page - 1, page + 1)], words))
    text = words("Whom shall a colleague take over? Each patient is asked first.")
    return Message(text, (*rows, _leave_it(words)))


def confirm(
    kind: Kind, label: str | None, patient: int | None, therapist: Therapist, count: int, words: Words
) -> Message:
    """Before patients are asked. `count`: how many, where it is about all."""
    new = bold(sentence(therapist.name))
    if label is None:
        text = words.many(
            "Shall I ask {n} patient whether {therapist} may take over? With a yes, {therapist} sees the diary and you "
            "no longer do.",
            "Shall I ask {n} patients whether {therapist} may take over? With each yes, {therapist} sees that diary "
            "and you no longer do.",
            count,
            therapist=new,
        )
    elif kind is Kind.HAND_OVER:
        text = words(
            "Shall I ask {name} whether {therapist} may take over? With a yes, {therapist} sees the diary and you no "
            "longer do.",
            name=bold(sentence(label)),
            therapist=new,
        )
    else:
        text = words(
            "Shall I ask {name} whether {therapist} may see the diary, too?", name=bold(sentence(label)), therapist=new
        )
    yes = Button(words("Yes, ask"), tap=pack(buttons.AskPatient(kind, patient, int(therapist.id), True)))
    return Message(text, ((yes,), _leave_it(words)))


def no_colleagues(words: Words) -> Message:
    return Message(
        words("There is no other therapist at the clinic yet. A clinic admin invites one with /invite_therapist.")
    )


def nobody_to_ask(words: Words) -> Message:
    return Message(words("Nobody shares a diary with you now, so there is nobody to ask."))


def left_alone(words: Words) -> Message:
    return Message(words("All right, nobody is asked."))


def asked(label: str, words: Words, *, reachable: bool = True) -> Message:
    if not reachable:
        told = words(
            "I can't reach {name} in Telegram now. I ask as soon as I can. You will read the answer here.",
            name=bold(sentence(label)),
        )
        return Message(told)
    return Message(words("I have asked {name}. You will read the answer here.", name=bold(sentence(label))))


def asked_all(count: int, others: int, words: Words) -> Message:
    """`others`: those who were not asked, and why that may be."""
    lines = [
        words.many(
            "I have asked {n} patient. You will read the answer here.",
            "I have asked {n} patients. You will read each answer here.",
            count,
        )
    ]
    if others:
        lines.append(
            words.many(
                "{n} was not asked: without an open diary here, or asked within the last week.",
                "{n} were not asked: without an open diary here, or asked within the last week.",
                others,
            )
        )
    return Message(joined("\n", lines))


def asked_lately(label: str, on: date, words: Words) -> Message:
    return Message(
        words(
            "{name} was asked this on {day}. To leave people in peace, nobody is asked the same twice in a week.",
            name=bold(sentence(label)),
            day=words.day(on),
        )
    )


def sees_already(label: str, therapist: str, words: Words) -> Message:
    return Message(
        words(
            "{therapist} sees the diary of {name} already.",
            therapist=bold(sentence(therapist)),
            name=bold(sentence(label)),
        )
    )


def only_standing_in(label: str, words: Words) -> Message:
    return Message(
        words("You stand in for {name}'s own therapist, who alone can have this asked.", name=bold(sentence(label)))
    )


def has_no_chat(label: str, words: Words) -> Message:
    return Message(words("{name} keeps no open diary here, so nobody can be asked.", name=bold(sentence(label))))


# --- what therapists hear of it -------------------------------------------------------------------------------


def said_yes(kind: Kind, label: str, therapist: str, words: Words) -> Message:
    """To who asked."""
    name, new = bold(sentence(label)), bold(sentence(therapist))
    if kind is Kind.HAND_OVER:
        return Message(
            words(
                "{name} said yes. {therapist} sees the diary from now on, and you no longer do.",
                name=name,
                therapist=new,
            )
        )
    return Message(words("{name} said yes. {therapist} sees the diary, too.", name=name, therapist=new))


def said_no(label: str, therapist: str, words: Words, *, sees: bool = False) -> Message:
    """To who asked: that, and nothing else. `sees`: the other one does so anyhow."""
    if sees:
        return Message(
            words(
                "{name} said no, and all stays as it is. {therapist} sees the diary as before.",
                name=bold(sentence(label)),
                therapist=bold(sentence(therapist)),
            )
        )
    return Message(
        words(
            "The diary of {name} was not shared with {therapist}. All stays as it is.",
            name=bold(sentence(label)),
            therapist=bold(sentence(therapist)),
        )
    )


def shared_by(kind: Kind, label: str, asks: str, patient: int, words: Words) -> Message:
    """To the one who sees the diary from now on; `label`: the name by which the other one knows the patient."""
    name, old = bold(sentence(label)), bold(sentence(asks))
    if kind is Kind.HAND_OVER:
        told = words("{therapist} has handed {name} over to you, with {name}'s yes.", therapist=old, name=name)
    elif kind is Kind.LEFT:
        told = words("{name}, who was with {therapist}, shares the diary with you.", therapist=old, name=name)
    else:
        told = words("{name}, who is with {therapist}, shares the diary with you, too.", therapist=old, name=name)
    text = joined("\n", [told, words("To call them something else, send /rename.")])
    return Message(text, ((Button(words("Chart and numbers"), tap=pack(buttons.Card(patient))),),))


def _leave_it(words: Words) -> Row:
    return (Button(words("Ask nobody"), tap=pack(buttons.LeaveIt())),)


def on_a_page(page: int, count: int) -> int:
    """The nearest page that there is."""
    return max(0, min(page, (count - 1) // PER_PAGE))


def turn_pages(page: int, count: int, taps: Sequence[str], words: Words) -> Row:
    """Buttons to the pages before and after."""
    row = []
    if page > 0:
        row.append(Button(words("Previous"), tap=taps[0]))
    if (page + 1) * PER_PAGE < count:
        row.append(Button(words("Next"), tap=taps[1]))
    return tuple(row)
