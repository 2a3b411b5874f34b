"""Treatment sessions: logged with one short question after another, in one bubble; corrected, deleted, reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from bot.chat import buttons
from bot.chat.buttons import Done, Part, pack
from bot.chat.items import site_name
from bot.chat.messages import Button, Message, Row
from bot.chat.words import Sentence, Words, bold, capital, joined, moment, sentence
from bot.diary import days
from bot.diary.checkins import Moment
from bot.diary.entries import Side
from bot.diary.sessions import Kind, Place, Session, Version

SIDED: Final = ("foot", "heel", "leg", "knee", "hip", "shoulder", "arm", "hand")
NO_SIDES: Final = ("back", "neck", "chest", "other")
"""Sites that are not asked for a side."""
SITES: Final = SIDED + NO_SIDES
OPTIONS: Final = (
    *(Place(site, side) for site in SIDED for side in (Side.LEFT, Side.RIGHT)),
    *(Place(site) for site in NO_SIDES),
)
"""The buttons for places, in the order of the bits in a payload: a new one goes to the end."""
MAX_LABEL: Final = 80
MAX_NOTE: Final = 1000
"""Characters."""
NAMES_A_PAGE: Final = 20
SESSIONS_A_PAGE: Final = 8
FORMS_SHOWN: Final = 8
"""How many forms of one session its card tells of."""


# --- in words -----------------------------------------------------------------------------------------------------


def kind_name(kind: Kind, words: Words) -> Sentence:
    match kind:
        case Kind.NEEDLING:
            return words("dry needling")
        case Kind.NEEDLING_STIMULATION:
            return words("dry needling with electrical stimulation")
        case Kind.OTHER:
            return words("other treatment")


def place_name(place: Place, words: Words) -> Sentence:
    return words("another place") if place == Place("other") else site_name(place.site, place.side, words)


def what(session: Session, words: Words) -> Sentence:
    """What was done and where, without the day: "dry needling, left foot and right knee"."""
    done = sentence(session.label) if session.label else kind_name(session.kind, words)
    where = words.listed([place_name(place, words) for place in session.places]) if session.places else Sentence("")
    return joined(", ", [done, where])


def described(session: Session, words: Words) -> Sentence:
    """The same, and whether the patient reported it: for whoever was not there."""
    told = what(session, words)
    return words("{treatment} (reported by the patient)", treatment=told) if session.reported else told


def places_of(bits: int) -> tuple[Place, ...]:
    """The places whose bits are set; both sides of a site are one. Raises ValueError for bits that no button has."""
    if not 0 <= bits < 1 << len(OPTIONS):
        raise ValueError("no such places")
    chosen = [place for n, place in enumerate(OPTIONS) if bits >> n & 1]
    found: dict[str, Place] = {}
    for place in chosen:
        found[place.site] = Place(place.site, Side.BOTH) if place.site in found else place
    return tuple(found.values())


def bits_of(places: Sequence[Place]) -> int:
    """The bits of these places, as far as there are buttons for them."""
    named = {*places, *(Place(place.site, side) for place in places if place.side is Side.BOTH for side in Side)}
    return sum(1 << n for n, place in enumerate(OPTIONS) if place in named)


# --- whose --------------------------------------------------------------------------------------------------------


def choose_patient(patients: Sequence[tuple[int, str]], page: int, words: Words, *, found: bool = False) -> Message:
    """Whose session? A page of names; `found`: only those that a search has found."""
    pages = -(-len(patients) // NAMES_A_PAGE)
    page = max(0, min(page, pages - 1))
    shown = patients[page * NAMES_A_PAGE : (page + 1) * NAMES_A_PAGE]
    taps = [Button(sentence(label), tap=pack(buttons.Session(patient))) for patient, label in shown]
    rows: list[Row] = [(tap,) for tap in taps] if len(patients) <= NAMES_A_PAGE else _in_pairs(taps)
    lines = [words("Whose treatment would you like to log?")]
    if pages > 1 and not found:
        lines.append(words("You can also type a part of the name."))
        rows.append(_turning(page, pages, lambda to: pack(buttons.SessionPatients(to)), words))
    elif pages > 1:
        lines.append(words("These are the first {n}. Please type more of the name.", n=NAMES_A_PAGE))
    return Message(joined("\n", lines), tuple(rows))


def nobody_found(typed: str, words: Words) -> Sentence:
    return words("No patient of yours has “{typed}” in the name.", typed=typed)


def _in_pairs(taps: Sequence[Button]) -> list[Row]:
    return [tuple(taps[i : i + 2]) for i in range(0, len(taps), 2)]


def _turning(page: int, pages: int, to: object, words: Words) -> Row:
    """The buttons to the page before and after."""
    assert callable(to)
    row = []
    if page > 0:
        row.append(Button(words("Back"), tap=to(page - 1)))
    if page < pages - 1:
        row.append(Button(words("More"), tap=to(page + 1)))
    return tuple(row)


# --- one question after another -----------------------------------------------------------------------------------


def next_question(label: str, so_far: buttons.Session, last: Session | None, today: date, words: Words) -> Message:
    """The first thing still missing of a session. `last`: the one before, which may have been the same."""
    head = words("Treatment of {name}", name=bold(sentence(label)))
    if so_far.day is None:
        lines, rows = [head], _dates(so_far.patient, None, today, words)
        if last is not None:
            lines.append(
                words("Last time, on {day}: {treatment}.", day=words.dated(last.day), treatment=what(last, words))
            )
            same = Button(words("Same as last time"), tap=pack(buttons.SameSession(so_far.patient, int(last.id), None)))
            rows = ((same,), *rows)
        return Message(joined("\n", [*lines, words("When was it?")]), rows)
    head = words("{head}, {day}", head=head, day=words.dated(so_far.day))
    if so_far.done is None:
        rows = tuple((Button(name, tap=pack(replace(so_far, done=done))),) for done, name in _kinds(words))
        return Message(joined("\n", [head, words("What was done?")]), rows)
    chosen = so_far.places or 0
    ready = None
    if chosen or so_far.done.kind is Kind.OTHER:
        ready = pack(buttons.LogSession(so_far.patient, so_far.day, so_far.done, chosen))
    head = words("{head}, {kind}", head=head, kind=kind_name(so_far.done.kind, words))
    return _ask_places(head, chosen, lambda bits: pack(replace(so_far, places=bits)), ready, words)


def same_again(label: str, patient: int, last: Session, today: date, words: Words) -> Message:
    """A session like another one: on which day?"""
    head = words("Treatment of {name}", name=bold(sentence(label)))
    lines = [head, sentence_of(last, words), words("When was it?")]
    return Message(joined("\n", lines), _dates(patient, int(last.id), today, words))


def sentence_of(session: Session, words: Words) -> Sentence:
    return words("{treatment}.", treatment=capital(what(session, words)))


def _kinds(words: Words) -> list[tuple[Done, Sentence]]:
    known = [(Done.NEEDLING, Kind.NEEDLING), (Done.STIMULATION, Kind.NEEDLING_STIMULATION), (Done.OTHER, Kind.OTHER)]
    found = [(done, capital(kind_name(kind, words))) for done, kind in known]
    return [*found, (Done.NAMED, words("Something else, I type it"))]


def _ask_places(head: Sentence, chosen: int, to: object, ready: str | None, words: Words) -> Message:
    """Where? Each button adds a place or takes it away, and says what it does by how the place stands."""
    assert callable(to)
    taps = []
    for n, place in enumerate(OPTIONS):
        name = capital(place_name(place, words))
        name = words("✓ {answer}", answer=name) if chosen >> n & 1 else name
        taps.append(Button(name, tap=to(chosen ^ 1 << n)))
    rows = _in_pairs(taps)
    if chosen:
        so_far = words.listed([place_name(place, words) for place in places_of(chosen)])
        lines = [head, words("Where? So far: {places}.", places=bold(so_far)), words("Then tap Done.")]
    else:
        lines = [head, words("Where? Tap every place, then Done.")]
    if ready is not None:
        rows.insert(0, (Button(words("Done") if chosen else words("No place"), tap=ready),))
    return Message(joined("\n", lines), tuple(rows))


def _dates(patient: int, like: int | None, today: date, words: Words) -> tuple[Row, ...]:
    def on(day: date) -> str:
        return pack(buttons.Session(patient, day) if like is None else buttons.SameSession(patient, like, day))

    return (
        (
            Button(words("Today"), tap=on(today)),
            Button(words("Yesterday"), tap=on(today - timedelta(days=1))),
        ),
        (Button(words("Another date"), tap=pack(buttons.SessionDate(patient, like))),),
    )


def side_name(side: Side, words: Words) -> Sentence:
    match side:
        case Side.LEFT:
            return words("Left")
        case Side.RIGHT:
            return words("Right")
        case Side.BOTH:
            return words("Both")


def ask_date(words: Words) -> Message:
    return Message(words("Please type the date of the treatment, for example: 2 March"))


def no_such_date(words: Words) -> Message:
    return Message(
        words("I did not understand this date. Please type a day of the past year, for example: 2 March or yesterday")
    )


def still_to_come(words: Words) -> Sentence:
    return words("This day is still to come. A treatment can be logged once it has taken place.")


def too_long_ago(words: Words) -> Sentence:
    return words("This day is more than a year ago. Please choose a later one.")


def ask_name(words: Words) -> Message:
    return Message(words("What was done? Please type it in a few words, for example: shock waves"))


def name_too_long(words: Words) -> Message:
    return Message(words("Please keep it to {n} characters, so that it fits into lists.", n=MAX_LABEL))


def ask_note(label: str, words: Words) -> Message:
    return Message(
        joined(
            "\n",
            [
                words("Please type your note about this treatment."),
                words("{name} can read it in a copy of the diary.", name=bold(sentence(label))),
            ],
        )
    )


def note_too_long(words: Words) -> Message:
    return Message(words("Please keep the note to {n} characters.", n=MAX_NOTE))


# --- one session --------------------------------------------------------------------------------------------------


def logged(label: str, patient: int, session: Session, asked: Sequence[Moment], words: Words) -> Message:
    """The receipt, with the ways to change it. `asked`: the check-ins that it brings."""
    text = words(
        "Logged for {name} on {day}: {what}.",
        name=bold(sentence(label)),
        day=words.dated(session.day),
        what=described(session, words),
    )
    return Message(
        joined("\n", [text, _note(session, words), _will_be_asked(asked, words)]), _ways(patient, session, words)
    )


def _note(session: Session, words: Words) -> Sentence:
    return words("Note: {note}", note=session.note) if session.note else Sentence("")


def _will_be_asked(asked: Sequence[Moment], words: Words) -> Sentence:
    if not asked:
        return Sentence("")
    hours = words.listed([sentence(str(moment.after_hours)) for moment in asked])
    return words("The patient will be asked how it is {hours} hours after it.", hours=hours)


def _ways(patient: int, session: Session, words: Words) -> tuple[Row, ...]:
    return (
        (
            Button(
                words("Change the note") if session.note else words("Add a note"),
                tap=pack(buttons.CorrectSession(patient, int(session.id), Part.NOTE)),
            ),
            Button(words("Correct"), tap=pack(buttons.CorrectSession(patient, int(session.id), None))),
        ),
        (Button(words("Delete"), tap=pack(buttons.DeleteSession(patient, int(session.id), False))),),
    )


def one(
    label: str, patient: int, forms: Sequence[Version], told: Sequence[Sentence], zone: str, words: Words
) -> Message:
    """One session: as it stands, what was answered after it, and who wrote and changed it when, by the clock of `zone`.

    `told`: the lines about its check-ins.
    """
    newest = forms[-1]
    gone = newest.undone_at is not None
    head = words("Treatment of {name}, {day}", name=bold(sentence(label)), day=words.dated(newest.session.day))
    lines = [
        head,
        words("{treatment}.", treatment=capital(described(newest.session, words))),
        _note(newest.session, words),
    ]
    lines += told
    shown = forms[-FORMS_SHOWN:]
    lines += [line for n, form in enumerate(shown) for line in _history(form, shown[n - 1] if n else None, zone, words)]
    if gone:
        lines.append(_deleted(newest, zone, words))
        return Message(joined("\n", lines), (_to_all(patient, words),))
    rows = _ways(patient, newest.session, words)
    if newest.session.reported and newest.confirmed_at is None:
        confirm = Button(words("Confirm"), tap=pack(buttons.ConfirmSession(patient, int(newest.session.id))))
        rows = ((confirm,), *rows)
    return Message(joined("\n", lines), (*rows, _to_all(patient, words)))


def _to_all(patient: int, words: Words) -> Row:
    return (treatments_button(patient, words),)


def treatments_button(patient: int, words: Words) -> Button:
    """On a patient's card: the way to all sessions."""
    return Button(words("Treatments"), tap=pack(buttons.Sessions(patient, 0)))


def _history(form: Version, before: Version | None, zone: str, words: Words) -> list[Sentence]:
    """Who wrote this form, what it was before, who confirmed it, who deleted it."""

    def at(instant: object) -> Sentence:
        return moment(days.local(instant, zone), words)  # type: ignore[arg-type]

    who = words("the patient") if form.by is None else sentence(form.by)
    when = at(form.session.logged_at)
    if form.corrects is None:
        lines = [
            words("Reported by the patient, {when}.", when=when)
            if form.by is None
            else words("Logged by {who}, {when}.", who=who, when=when)
        ]
    elif before is not None and _visible(before.session) != _visible(form.session):
        was = words("{day}, {treatment}", day=words.dated(before.session.day), treatment=what(before.session, words))
        lines = [words("Changed by {who}, {when}. Before: {was}.", who=who, when=when, was=was)]
    elif before is not None and before.session.note != form.session.note:
        lines = [words("Note changed by {who}, {when}.", who=who, when=when)]
    else:
        lines = [words("Changed by {who}, {when}.", who=who, when=when)]
    if form.confirmed_at is not None and form.confirmed_by is not None:
        lines.append(words("Confirmed by {who}, {when}.", who=form.confirmed_by, when=at(form.confirmed_at)))
    return lines


def _visible(session: Session) -> tuple[object, ...]:
    return session.day, session.kind, session.places, session.label


def _deleted(form: Version, zone: str, words: Words) -> Sentence:
    assert form.undone_at is not None
    who = words("the patient") if form.undone_by is None else sentence(form.undone_by)
    return words("Deleted by {who}, {when}.", who=who, when=moment(days.local(form.undone_at, zone), words))


def which_part(label: str, patient: int, session: Session, words: Words) -> Message:
    names = (
        (Part.DAY, words("The date")),
        (Part.DONE, words("What was done")),
        (Part.PLACES, words("The places")),
        (Part.NOTE, words("The note")),
    )
    rows: list[Row] = _in_pairs(
        [Button(name, tap=pack(buttons.CorrectSession(patient, int(session.id), part))) for part, name in names]
    )
    rows.append((Button(words("Back"), tap=pack(buttons.OneSession(patient, int(session.id)))),))
    return Message(joined("\n", [_about(label, session, words), words("What shall be corrected?")]), tuple(rows))


def another_day(label: str, patient: int, session: Session, today: date, words: Words) -> Message:
    number = int(session.id)
    row = tuple(
        Button(name, tap=pack(buttons.SessionOn(patient, number, day)))
        for name, day in ((words("Today"), today), (words("Yesterday"), today - timedelta(days=1)))
    )
    typed = Button(words("Another date"), tap=pack(buttons.CorrectSession(patient, number, Part.TYPED_DAY)))
    return Message(
        joined("\n", [_about(label, session, words), words("When was it?")]),
        (row, (typed,), _back(patient, session, words)),
    )


def another_kind(label: str, patient: int, session: Session, words: Words) -> Message:
    rows = tuple(
        (Button(name, tap=pack(buttons.SessionWas(patient, int(session.id), done))),) for done, name in _kinds(words)
    )
    return Message(
        joined("\n", [_about(label, session, words), words("What was done?")]), (*rows, _back(patient, session, words))
    )


def other_places(label: str, patient: int, session: Session, chosen: int, words: Words) -> Message:
    def tap(bits: int, *, sure: bool = False) -> str:
        return pack(buttons.SessionAt(patient, int(session.id), bits, sure))

    ready = tap(chosen, sure=True) if chosen or session.kind is Kind.OTHER else None
    message = _ask_places(_about(label, session, words), chosen, tap, ready, words)
    return replace(message, buttons=(*message.buttons, _back(patient, session, words)))


def other_note(label: str, patient: int, session: Session, words: Words) -> Message:
    asked = ask_note(label, words)
    rows: list[Row] = []
    if session.note:
        bare = Button(
            words("Remove the note"), tap=pack(buttons.CorrectSession(patient, int(session.id), Part.NO_NOTE))
        )
        rows.append((bare,))
    rows.append(_back(patient, session, words))
    return Message(joined("\n", [_about(label, session, words), _note(session, words), asked.text]), tuple(rows))


def _about(label: str, session: Session, words: Words) -> Sentence:
    return words(
        "Treatment of {name}, {day}: {treatment}.",
        name=bold(sentence(label)),
        day=words.dated(session.day),
        treatment=described(session, words),
    )


def _back(patient: int, session: Session, words: Words) -> Row:
    return (Button(words("Back"), tap=pack(buttons.OneSession(patient, int(session.id)))),)


def delete(label: str, patient: int, session: Session, words: Words) -> Message:
    sure = Button(words("Yes, delete it"), tap=pack(buttons.DeleteSession(patient, int(session.id), True)))
    return Message(
        joined(
            "\n", [_about(label, session, words), words("Delete this treatment? What it was stays in the history.")]
        ),
        ((sure,), _back(patient, session, words)),
    )


def no_such_session(words: Words) -> Message:
    return Message(words("This treatment is no longer there."))


# --- all of them --------------------------------------------------------------------------------------------------


def listed(label: str, patient: int, newest: Sequence[Version], page: int, words: Words) -> Message:
    """The treatments of a patient, a page of them; `newest`: the newest form of each, in the order shown."""
    log = Button(words("Log a treatment"), tap=pack(buttons.Session(patient)))
    if not newest:
        return Message(words("No treatment of {name} is logged yet.", name=bold(sentence(label))), ((log,),))
    pages = -(-len(newest) // SESSIONS_A_PAGE)
    page = max(0, min(page, pages - 1))
    shown = newest[page * SESSIONS_A_PAGE : (page + 1) * SESSIONS_A_PAGE]
    head = words.many("{n} treatment of {name}", "{n} treatments of {name}", _standing(newest), name=sentence(label))
    lines = [bold(head)]
    named = _told_apart(newest, words)[page * SESSIONS_A_PAGE :]
    lines += [_line(form, name, words) for form, name in zip(shown, named, strict=False)]
    lines.append(words("Tap one to correct or delete it, or to see its history."))
    rows = _in_pairs(
        [
            Button(name, tap=pack(buttons.OneSession(patient, int(form.session.id))))
            for form, name in zip(shown, named, strict=False)
        ]
    )
    if pages > 1:
        rows.append(_turning(page, pages, lambda to: pack(buttons.Sessions(patient, to)), words))
    return Message(joined("\n", lines), (*rows, (log,)))


def _standing(newest: Sequence[Version]) -> int:
    return sum(form.undone_at is None for form in newest)


def _told_apart(newest: Sequence[Version], words: Words) -> list[Sentence]:
    """The day of each, and a number where a day has several."""
    of_day = Counter(form.session.day for form in newest)
    left = Counter(of_day)
    named = []
    for form in newest:
        day = form.session.day
        name = words.short_dated(day)
        named.append(words("{day} ({n})", day=name, n=left[day]) if of_day[day] > 1 else name)
        left[day] -= 1
    return named


def _line(form: Version, name: Sentence, words: Words) -> Sentence:
    line = words("{day}: {treatment}", day=name, treatment=described(form.session, words))
    return words("{line}, deleted", line=line) if form.undone_at is not None else line


def last_one(sessions: Sequence[Session], words: Words) -> Sentence:
    """The newest of some sessions in a line, for a card."""
    newest = max(sessions, key=lambda session: (session.day, session.id))
    if len(sessions) == 1:
        return words("{treatment}.", treatment=capital(described(newest, words)))
    return words(
        "Last treatment, {day}: {treatment}.",
        day=words.short_day(newest.day),
        treatment=described(newest, words),
    )


# --- reported by the patient --------------------------------------------------------------------------------------


def ask_patient_when(today: date, words: Words) -> Message:
    row = tuple(
        Button(name, tap=pack(buttons.ReportSession(day, None)))
        for name, day in ((words("Today"), today), (words("Yesterday"), today - timedelta(days=1)))
    )
    return Message(
        words("When was your treatment?"), (row, (Button(words("Another date"), tap=pack(buttons.ReportDate())),))
    )


def ask_patient_what(day: date, words: Words) -> Message:
    rows = tuple(
        (Button(name, tap=pack(buttons.ReportSession(day, done))),)
        for done, name in _kinds(words)
        if done is not Done.NAMED
    )
    return Message(words("Your treatment on {day}: what was done?", day=words.day(day)), rows)


def reported(session: Session, readers: Sequence[str], asked: Sequence[Moment], words: Words) -> Message:
    """What the patient reads: it is kept, and who sees it."""
    lines = [
        words("Noted for {day}: {treatment}.", day=words.day(session.day), treatment=what(session, words)),
        words("It is marked as told by you."),
    ]
    if readers:
        lines.append(words("{names} can see it.", names=words.listed([sentence(name) for name in readers])))
    if asked:
        lines.append(words("I will ask you how you are after it."))
    undo = Button(words("Undo"), tap=pack(buttons.UndoReport(int(session.id))))
    return Message(joined("\n", lines), ((undo,),))


def known_already(session: Session, words: Words) -> Message:
    return Message(
        words(
            "This treatment is in your diary already: {day}, {treatment}.",
            day=words.day(session.day),
            treatment=what(session, words),
        )
    )


def report_instead(words: Words) -> Sentence:
    """To a patient who wants to log one as therapists do."""
    return words("To tell about a treatment of your own: /treatment")


def report_undone(words: Words) -> Message:
    return Message(words("It is gone. /treatment notes another one."))


def report_stands(words: Words) -> Message:
    """A therapist has confirmed or corrected it meanwhile."""
    return Message(words("Your therapist has looked at it since, so it stays. Please tell them if it is wrong."))


def told_therapist(label: str, patient: int, session: Session, words: Words) -> Message:
    """A patient has reported a session: a quiet word to each therapist."""
    text = words(
        "{name} has reported a treatment: {treatment}, {day}.",
        name=bold(sentence(label)),
        treatment=what(session, words),
        day=words.dated(session.day),
    )
    number = int(session.id)
    row = (
        Button(words("Confirm"), tap=pack(buttons.ConfirmSession(patient, number))),
        Button(words("Correct"), tap=pack(buttons.CorrectSession(patient, number, None))),
    )
    return Message(text, (row,), silent=True)


def no_patients(words: Words) -> Message:
    return Message(words("Nobody shares a diary with you yet. /invite NAME enrols a patient."))


def not_shared(words: Words) -> Message:
    """The patient's yes was taken back while the session was being logged."""
    return Message(words("This patient does not share a diary with you now."))
