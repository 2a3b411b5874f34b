"""A therapist is away, and a colleague stands in for those patients who say yes."""

from __future__ import annotations

from datetime import date
from typing import Final

from bot import chat, diary, storage
from bot.chat import buttons, typed_times
from bot.chat.messages import Message
from bot.chat.words import Sentence, words_in
from bot.diary.offers import Holiday, Kind
from bot.diary.people import Role, Therapist, TherapistId
from bot.handlers import offers
from bot.handlers.turn import Turn

EXPECT: Final = "deputy:"


def deputy(turn: Turn, _: str) -> None:
    """`/deputy`: who stands in, or how it stands."""
    therapist = turn.therapist
    if therapist is None:
        turn.say(chat.people.not_for_you(Role.THERAPIST, turn.words))
        return
    holiday = present(turn, therapist)
    turn.say(_choose(turn, therapist, 0) if holiday is None else _standing(turn, therapist, holiday))


def page(turn: Turn, tap: buttons.DeputyPage) -> None:
    therapist = turn.therapist
    if therapist is None:
        turn.toast(chat.people.old_button(turn.words))
    else:
        turn.edit(_choose(turn, therapist, tap.page))


def _choose(turn: Turn, therapist: Therapist, number: int) -> Message:
    others = storage.offers.colleagues(turn.tx, but=therapist.id)
    if not others:
        return chat.offers.no_colleagues(turn.words)
    if not offers.own_shares(turn, therapist):
        return chat.offers.nobody_to_ask(turn.words)
    return chat.deputies.choose(others, number, turn.words)


def present(turn: Turn, therapist: Therapist) -> Holiday | None:
    """The holiday that is set and not over."""
    holiday = storage.offers.holiday(turn.tx, therapist.id)
    return None if holiday is None or holiday.is_over(_today(turn, therapist)) else holiday


def _today(turn: Turn, therapist: Therapist) -> date:
    return diary.days.local(turn.now, therapist.zone).date()


def _standing(turn: Turn, therapist: Therapist, holiday: Holiday, told: Sentence | None = None) -> Message:
    name = storage.people.therapist_by_id(turn.tx, holiday.deputy_id).name
    asked = storage.offers.of_holiday(turn.tx, therapist.id, holiday)
    standing = {it.patient_id for it in asked if offers.stands(turn, it)}
    return chat.deputies.standing(name, holiday, diary.offers.tally(asked, standing), turn.words, told)


# --- step by step ---------------------------------------------------------------------------------------------


def step(turn: Turn, tap: buttons.Deputy) -> None:
    """One more thing is known: ask the next, or ask the patients."""
    therapist = turn.therapist
    if therapist is None:
        turn.toast(chat.people.old_button(turn.words))
        return
    message = _next(turn, therapist, tap)
    if message is None:
        turn.toast(chat.people.old_button(turn.words))
    else:
        turn.edit(message)


def _next(turn: Turn, therapist: Therapist, so_far: buttons.Deputy) -> Message | None:
    """The next question, or how it stands. None: an old button."""
    colleague = storage.offers.working(turn.tx, so_far.therapist)
    if colleague is None or colleague.id == therapist.id:
        return None
    holiday, today = present(turn, therapist), _today(turn, therapist)
    if holiday is not None:
        # A second tap, or a button from before: what is set stands until it is ended.
        return _standing(turn, therapist, holiday)
    if so_far.first is None:
        return chat.deputies.ask_first(colleague, today, turn.words)
    if not diary.offers.is_holiday(so_far.first, so_far.until or so_far.first, today):
        return chat.deputies.ask_first(colleague, today, turn.words)
    if so_far.until is None:
        return chat.deputies.ask_until(colleague, so_far.first, turn.words)
    wanted = Holiday(colleague.id, so_far.first, so_far.until)
    shares = offers.own_shares(turn, therapist)
    if not shares:
        return chat.offers.nobody_to_ask(turn.words)
    if not so_far.sure:
        return chat.deputies.confirm(colleague, wanted, len(shares), turn.words)
    return _begin(turn, therapist, colleague, wanted)


def _begin(turn: Turn, therapist: Therapist, colleague: Therapist, holiday: Holiday) -> Message:
    storage.offers.put_holiday(turn.tx, therapist.id, holiday, turn.now)
    asked = sum(
        offers.have_asked(turn, therapist, colleague, share, Kind.DEPUTY, holiday)[0] is offers.Outcome.ASKED
        for share in offers.own_shares(turn, therapist)
    )
    say = turn.words_of(colleague.chat_id)
    turn.say(chat.deputies.you_stand_in(therapist.name, holiday, say), to=colleague.chat_id)
    return _standing(turn, therapist, holiday, chat.deputies.are_asked(asked, turn.words))


def ask_date(turn: Turn, tap: buttons.DeputyDate) -> None:
    """The first or the last day will be typed."""
    therapist = turn.therapist
    if therapist is None or storage.offers.working(turn.tx, tap.therapist) is None:
        turn.toast(chat.people.old_button(turn.words))
        return
    turn.expect(f"{EXPECT}{tap.therapist}:{tap.first or ''}")
    turn.edit(chat.deputies.type_first(turn.words) if tap.first is None else chat.deputies.type_until(turn.words))


def expected_date(turn: Turn, expecting: str, said: str) -> None:
    """The day that was asked for."""
    therapist = turn.therapist
    if therapist is None:
        turn.expect(None)
        return
    number, _, begun = expecting.removeprefix(EXPECT).partition(":")
    first, today = date.fromisoformat(begun) if begun else None, _today(turn, therapist)
    day = typed_times.coming_day(said, today, today)
    if day is None and typed_times.day(said, today) == today:
        day = today
    if day is None or not diary.offers.is_holiday(first or day, day, today):
        turn.say(chat.deputies.no_such_date(turn.words))
        return
    turn.expect(None)
    so_far = (
        buttons.Deputy(int(number), day, None, False)
        if first is None
        else buttons.Deputy(int(number), first, day, False)
    )
    message = _next(turn, therapist, so_far)
    turn.say(chat.deputies.none_set(turn.words) if message is None else message)


# --- its end --------------------------------------------------------------------------------------------------


def end(turn: Turn, tap: buttons.EndDeputy) -> None:
    """Back earlier, or not away at all: asked once more."""
    therapist = turn.therapist
    if therapist is None:
        turn.toast(chat.people.old_button(turn.words))
        return
    holiday = present(turn, therapist)
    if holiday is None:
        turn.edit(chat.deputies.none_set(turn.words))
        return
    name = storage.people.therapist_by_id(turn.tx, holiday.deputy_id).name
    if not tap.sure:
        turn.edit(chat.deputies.ask_end(name, turn.words))
        return
    call_off(turn, therapist, holiday)
    turn.edit(chat.deputies.ended(name, turn.words))


def call_off(turn: Turn, therapist: Therapist, holiday: Holiday) -> None:
    """The deputy sees none of these diaries any more, and everybody who took part hears of it."""
    colleague = storage.people.therapist_by_id(turn.tx, holiday.deputy_id)
    begun = holiday.first_day <= _today(turn, therapist)
    storage.offers.put_holiday(turn.tx, therapist.id, None, turn.now)
    for offer in storage.offers.of_holiday(turn.tx, therapist.id, holiday):
        share = storage.sharing.find(turn.tx, offer.patient_id, colleague.id)
        if not offer.given or share is None or share.until_day is None or not diary.sharing.stands(share, turn.now):
            continue
        time = offers.stands_in(turn, offer.patient_id, colleague.id)
        if time is not None:
            # For another one who is away as well.
            storage.sharing.put(turn.tx, offers.for_a_time(share, time))
            continue
        storage.sharing.end(turn.tx, offer.patient_id, colleague.id, turn.now)
        storage.outbox.withdraw(turn.tx, offer.patient_id, turn.now, to=colleague.chat_id)
        patient = storage.people.patient_by_id(turn.tx, offer.patient_id)
        account = storage.people.find_account(turn.tx, patient.chat_id)
        if account is not None:
            say = words_in(account.language, patient.home)
            told = chat.offers.is_back(therapist.name, colleague.name, say, begun=begun)
            turn.say(told, to=patient.chat_id, patient_id=patient.id)
    if storage.offers.working(turn.tx, colleague.id) is not None:
        say = turn.words_of(colleague.chat_id)
        turn.say(chat.deputies.you_no_longer_stand_in(therapist.name, say), to=colleague.chat_id)


def leaves_while_away(turn: Turn, therapist: Therapist, holiday: Holiday) -> None:
    """Who leaves the clinic while away: what patients said yes to stands to its last day, and the deputy hears so."""
    deputy = storage.people.therapist_by_id(turn.tx, holiday.deputy_id)
    say = turn.words_of(deputy.chat_id)
    turn.say(chat.deputies.has_left_meanwhile(therapist.name, holiday, say), to=deputy.chat_id)


def deputy_leaves(turn: Turn, deputy_id: TherapistId) -> None:
    """Whoever this therapist stood in for hears that nobody does now."""
    gone = storage.people.therapist_by_id(turn.tx, deputy_id)
    for one in storage.offers.stood_in_for_by(turn.tx, deputy_id):
        away = storage.people.therapist_by_id(turn.tx, one)
        if present(turn, away) is not None:
            say = turn.words_of(away.chat_id)
            turn.say(chat.deputies.your_deputy_left(gone.name, say), to=away.chat_id)
