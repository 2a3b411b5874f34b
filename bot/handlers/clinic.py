"""Therapists of the clinic: the admin's list, removing one, leaving by oneself, and how the bot stands in numbers.

Rule: an admin sees names of therapists and numbers, and nothing of any diary.
"""

from __future__ import annotations

from bot import chat, diary, storage
from bot.chat import buttons
from bot.chat.clinic import Colleague
from bot.chat.words import words
from bot.diary.people import Role, Therapist
from bot.handlers import deputies, offers
from bot.handlers.turn import Turn

# --- the admin ------------------------------------------------------------------------------------------------


def therapists(turn: Turn, _: str) -> None:
    """`/therapists`: names and numbers, with a button to remove each."""
    if turn.is_admin:
        turn.say(chat.clinic.therapists(_list(turn), 0, turn.words))
    else:
        turn.say(chat.people.not_for_you(Role.ADMIN, turn.words))


def page(turn: Turn, tap: buttons.Therapists) -> None:
    if turn.is_admin:
        turn.edit(chat.clinic.therapists(_list(turn), tap.page, turn.words))
    else:
        turn.toast(chat.people.old_button(turn.words))


def remove(turn: Turn, tap: buttons.RemoveTherapist) -> None:
    """Asked once more; then the role ends at once."""
    if not turn.is_admin:
        turn.toast(chat.people.old_button(turn.words))
        return
    therapist = storage.offers.working(turn.tx, tap.therapist)
    if therapist is None:
        turn.edit(chat.clinic.gone_already(turn.words))
    elif not tap.sure:
        one = next(it for it in _list(turn) if it.id == therapist.id)
        turn.edit(chat.clinic.ask_remove(one, turn.words))
    else:
        say = turn.words_of(therapist.chat_id)
        count = _let_go(turn, therapist)
        turn.edit(chat.clinic.removed(therapist.name, count, turn.words))
        if therapist.chat_id != turn.chat_id:
            turn.say(chat.clinic.you_were_removed(turn.settings.clinic_name, say), to=therapist.chat_id)
        turn.put_commands(of=therapist.chat_id)


def _list(turn: Turn) -> list[Colleague]:
    zone = turn.settings.default_timezone
    return [
        Colleague(int(it.id), it.name, diary.days.local(it.since, zone).date(), it.patients, it.reach)
        for it in storage.clinic.therapists(turn.tx, turn.now)
    ]


def status(turn: Turn, _: str) -> None:
    """`/status`: numbers only."""
    if not turn.is_admin:
        turn.say(chat.people.not_for_you(Role.ADMIN, turn.words))
        return
    settings, zone = turn.settings, turn.settings.default_timezone
    today = diary.days.day_of(turn.now, zone)
    began_at = diary.days.on_date(today, diary.days.CUT_OFF, zone)
    found = storage.clinic.figures(turn.tx, turn.now, today, began_at)
    file = storage.clinic.file_of(settings.database_path, settings.backup_dir)
    polled_at = storage.inbox.last_poll(turn.tx)
    in_touch_at = None if polled_at is None else diary.days.local(polled_at, zone)
    turn.say(chat.clinic.status(found, file, in_touch_at, turn.words, backups_on=settings.backups_kept > 0))


# --- leaving --------------------------------------------------------------------------------------------------


def leave(turn: Turn, _: str) -> None:
    """`/leave`: what that means; it takes two taps more."""
    therapist = turn.therapist
    if therapist is None:
        turn.say(chat.people.not_for_you(Role.THERAPIST, turn.words))
        return
    count = len(storage.sharing.all_of(turn.tx, therapist.id, turn.now))
    turn.say(chat.clinic.ask_leave(count, turn.settings.clinic_name, turn.words))


def leave_for_good(turn: Turn, tap: buttons.LeaveClinic) -> None:
    therapist = turn.therapist
    if therapist is None:
        turn.toast(chat.people.old_button(turn.words))
        return
    if not tap.sure:
        turn.edit(chat.clinic.ask_leave_again(turn.words))
        return
    count = _let_go(turn, therapist)
    turn.edit(chat.clinic.you_have_left(turn.settings.clinic_name, turn.words))
    turn.put_commands()
    for admin, language in storage.notices.readers(turn.tx, turn.settings.admin_ids):
        if admin != turn.chat_id:
            turn.say(chat.clinic.has_left(therapist.name, count, words(language)), to=admin)


def stay(turn: Turn, _: buttons.StayHere) -> None:
    turn.edit(chat.clinic.you_stay(turn.words))


def _let_go(turn: Turn, therapist: Therapist) -> int:
    """The role ends now, for whatever is on its way as well; patients are told and asked. Returns how many."""
    holiday = deputies.present(turn, therapist)
    if holiday is not None:
        deputies.leaves_while_away(turn, therapist, holiday)
    deputies.deputy_leaves(turn, therapist.id)
    shares = storage.sharing.standing_of(turn.tx, therapist.id, turn.now)
    storage.offers.leave(turn.tx, therapist.id, turn.now)
    storage.outbox.withdraw_all(turn.tx, therapist.chat_id, turn.now)
    return sum(
        offers.after_leaving(
            turn,
            therapist,
            storage.people.patient_by_id(turn.tx, share.patient_id),
            stood_in=share.until_day is not None,
        )
        for share in shares
    )
