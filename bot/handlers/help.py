"""Someone asks for help, or sends what nothing can be made of: what is open for them now decides about the answer."""

from __future__ import annotations

from dataclasses import replace

from bot import chat, diary, storage
from bot.chat import buttons
from bot.chat.messages import Message
from bot.diary.moments import Moment, Standing, Thing
from bot.diary.people import Patient, Stage
from bot.handlers import entries, pauses, people, settings
from bot.handlers.turn import Turn


def moment(turn: Turn) -> Moment:
    """What is open for this person now."""
    patient, therapist = turn.patient, turn.therapist
    now = Moment(
        standings=turn.standings,
        patients=therapist is not None and storage.panels.anyone(turn.tx, therapist.id, turn.now),
    )
    return _of_diary(turn, patient, now) if patient is not None and patient.stage is Stage.ACTIVE else now


def _of_diary(turn: Turn, patient: Patient, now: Moment) -> Moment:
    today = diary.days.day_of(turn.now, patient.zone)
    eve = today - diary.days.ONE_DAY
    seen = entries.view(turn, patient, today)
    unfinished = storage.entries.find_day(turn.tx, patient.id, eve)
    can_fill_in = (
        unfinished is not None
        and diary.entries.is_open(unfinished, turn.now)
        and unfinished.declined_at is None
        and entries.view(turn, patient, eve).next_item is not None
    )
    state = diary.moments.state_of_today(
        asked=storage.entries.was_asked(turn.tx, patient.id, today),
        declined=seen.declined,
        answered=sum(item.id in seen.values for item in seen.items),
        items=len(seen.items),
    )
    pause, coming = pauses.now_of(turn, patient), settings.upcoming(turn, patient).due
    return replace(
        now,
        today=today,
        on=diary.days.local(turn.now, patient.here).date(),
        state=state,
        yesterday=eve if can_fill_in else None,
        paused=pause is not None,
        back=None if pause is None else pause.until_day,
        next_at=None if coming is None else diary.days.local(coming.at, patient.here),
    )


# --- help ---------------------------------------------------------------------------------------------------------


def help_(turn: Turn, _: str) -> None:
    """`/help`: what is open and what can be done; of someone without a role, where they stand."""
    patient = turn.patient
    if turn.roles:
        turn.say(chat.help.help_(moment(turn), turn.offered, turn.words))
    elif patient is not None:
        people.not_open(turn, patient)
    else:
        people.greet(turn)
    if turn.known:
        # Whoever asks for help may have the menu of an older version.
        turn.put_commands()


def page(turn: Turn, tap: buttons.Help) -> None:
    """The other page of the help, in its place."""
    if not turn.roles:
        turn.toast(chat.people.old_button(turn.words))
        return
    made = chat.help.more if tap.page is buttons.HelpPage.MORE else chat.help.help_
    turn.edit(made(moment(turn), turn.offered, turn.words))


# --- not understood -----------------------------------------------------------------------------------------------


def not_understood(turn: Turn) -> None:
    """A text that nothing can be made of, from someone without an open diary."""
    patient = turn.patient
    if turn.roles:
        turn.say(chat.help.not_understood(moment(turn), turn.offered, turn.words))
    elif patient is not None:
        people.not_open(turn, patient)
    else:
        _by_invitation(turn)


def unknown_command(turn: Turn, name: str) -> None:
    """A command that there is not."""
    patient = turn.patient
    if Standing.STRANGER in turn.standings:
        _by_invitation(turn)
    elif patient is not None and patient.stage in people.ENROLLING and not turn.roles:
        people.ask_again(turn, patient)
    else:
        turn.say(chat.help.unknown_command(name, moment(turn), turn.offered, turn.words))


def _by_invitation(turn: Turn) -> None:
    turn.say(chat.help.by_invitation(moment(turn), turn.offered, turn.words))


def with_a_way_on(turn: Turn, message: Message) -> Message:
    """A message with the buttons of the moment under it."""
    return replace(message, buttons=chat.help.fitting(moment(turn), turn.offered, turn.words))


# --- what can't be read -------------------------------------------------------------------------------------------


def thing(turn: Turn, kind: Thing) -> None:
    """A photo, a voice message, a sticker: nothing of it is kept. An album gets one answer."""
    patient = turn.patient
    if turn.album_answered():
        return
    if Standing.STRANGER in turn.standings:
        _by_invitation(turn)
    elif patient is not None and patient.stage in people.ENROLLING and not turn.roles:
        people.ask_again(turn, patient)
    else:
        turn.say(chat.help.thing(kind, moment(turn), turn.offered, turn.words))


def words_with_a_thing(turn: Turn, kind: Thing) -> bool:
    """Whether the words under a picture count as text: of whoever keeps a diary, opens one, or was asked for words.

    Then it is said that the rest is not kept; of an album, once.
    """
    patient = turn.patient
    awaited = turn.known and turn.account.expecting is not None
    if not awaited and (patient is None or patient.stage not in (*people.ENROLLING, Stage.ACTIVE)):
        return False
    if not turn.album_answered():
        turn.say(chat.help.only_the_words(kind, turn.words))
    return True
