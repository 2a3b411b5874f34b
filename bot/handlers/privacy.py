"""Someone asks what is stored, or wants to be forgotten.

Rules of the wish: it counts only with the typed word, and only while nothing else was said since; whatever else comes
leaves everything as it was and says so.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot import chat, diary, storage
from bot.chat import buttons
from bot.diary.people import Patient, Role, Stage
from bot.handlers import entries, exports, people, red_flags, sharing
from bot.handlers.turn import Turn

EXPECT: Final = "forget:"
WORD: Final = "word"
"""The word is asked for, in expectation of a wish."""
SOONER: Final = "sooner"
"""The word is asked for, in the week before the end."""
CHOICE: Final = "choice"
"""The word was typed; when is asked by buttons."""


def privacy(turn: Turn, _: str) -> None:
    """`/privacy`, for anyone: what is stored, who sees it, for how long."""
    clinic, days, patient = turn.settings.clinic_name, turn.settings.backup_days, turn.patient
    if patient is not None:
        shares = storage.sharing.readers_of(turn.tx, patient.id, turn.now)
        readers = [storage.people.therapist_by_id(turn.tx, share.therapist_id).name for share in shares]
        leaves_at = None if patient.forget_at is None else diary.days.local(patient.forget_at, patient.zone)
        turn.say(chat.privacy.of_patient(readers, clinic, days, turn.words, leaves_at=leaves_at))
    elif turn.roles or turn.worked_here:
        turn.say(chat.privacy.of_staff(clinic, days, turn.words))
    else:
        turn.say(chat.privacy.of_stranger(clinic, days, turn.words))


# --- the way to the wish --------------------------------------------------------------------------------------


def forget(turn: Turn, _: str) -> None:
    """`/forget`: what goes and what stays; then the word is typed."""
    patient = turn.patient
    if patient is None:
        _nobody(turn)
    elif patient.stage is Stage.FORGETTING:
        show_leaving(turn, patient)
    else:
        _expect(turn, WORD)
        turn.say(chat.privacy.ask(turn.settings.backup_days, turn.words), patient_id=patient.id)


def _nobody(turn: Turn) -> None:
    if turn.roles or turn.worked_here:
        turn.say(chat.people.not_for_you(Role.PATIENT, turn.words))
    else:
        turn.say(chat.privacy.nothing_kept(turn.words))


def copy_first(turn: Turn, _: buttons.CopyFirst) -> None:
    """A copy of everything; the question for the word stands."""
    patient = turn.patient
    if patient is None:
        _nobody(turn)
        return
    exports.send(turn, patient)
    if patient.stage is not Stage.FORGETTING:
        _expect(turn, WORD)
        turn.say(chat.privacy.copy_comes_first(turn.words), patient_id=patient.id)


def keep(turn: Turn, _: buttons.KeepDiary) -> None:
    """Nothing is deleted after all."""
    patient = turn.patient
    if patient is None:
        _nobody(turn)
    elif patient.stage is Stage.FORGETTING:
        show_leaving(turn, patient)
    else:
        turn.edit(chat.privacy.kept(turn.words), patient_id=patient.id)


def expected(turn: Turn, patient: Patient, expecting: str, said: str) -> bool:
    """A text after the question for the word. False where it is none of ours, or came too late to be an answer."""
    if not expecting.startswith(EXPECT):
        return False
    what, _, asked_at = expecting.removeprefix(EXPECT).partition(":")
    turn.expect(None)
    if not diary.privacy.is_answer(datetime.fromisoformat(asked_at), turn.now):
        return False
    meant = diary.privacy.is_word(said, chat.privacy.word(turn.words))
    leaves = patient.stage is Stage.FORGETTING
    if meant and what == SOONER and leaves:
        _forget_now(turn, patient)
    elif leaves:
        show_leaving(turn, patient, unsaved=True)
    elif meant and what == WORD:
        _expect(turn, CHOICE)
        turn.say(chat.privacy.choose(turn.words), patient_id=patient.id)
    else:
        # Words of a warning sign are kept after all: whoever gets the alert needs to read them.
        unread = not red_flags.matches(turn, patient, said)
        turn.say(chat.privacy.kept(turn.words, typed=unread), patient_id=patient.id)
    return True


def choose(turn: Turn, tap: buttons.Forget) -> None:
    """In seven days or at once. Without the word just before it, the button is an old one and deletes nothing."""
    patient = turn.patient
    if patient is None:
        _nobody(turn)
    elif patient.stage is Stage.FORGETTING:
        show_leaving(turn, patient)
    elif not (turn.account.expecting or "").startswith(f"{EXPECT}{CHOICE}"):
        turn.say(chat.privacy.not_confirmed(turn.words), patient_id=patient.id)
    elif tap.when is buttons.When.LATER:
        _leave(turn, patient)
    elif storage.privacy.copy_waits(turn.tx, patient):
        _expect(turn, CHOICE)
        turn.say(chat.privacy.wait_for_copy(turn.words), patient_id=patient.id)
    else:
        _forget_now(turn, patient)


def _expect(turn: Turn, what: str) -> None:
    turn.expect(f"{EXPECT}{what}:{turn.now.isoformat()}")


# --- the wish -------------------------------------------------------------------------------------------------


def _leave(turn: Turn, patient: Patient) -> None:
    """From now on nothing is asked and nobody sees the diary."""
    today = diary.days.day_of(turn.now, patient.zone)
    if (bubble := storage.entries.bubble_of(turn.tx, patient.id, today)) is not None:
        turn.retire(bubble_id=bubble)
        entries.put_away(turn, patient, today)
    entries.put_others_away(turn, patient, None)
    shares = storage.sharing.readers_of(turn.tx, patient.id, turn.now)
    storage.privacy.begin(turn.tx, patient, diary.privacy.due_at(turn.now), turn.now)
    if turn.tapped is not None:
        turn.retire(message_id=turn.tapped)
    turn.put_commands()
    show_leaving(turn, storage.people.patient_by_id(turn.tx, patient.id))
    for share in shares:
        sharing.tell(turn, share, chat.privacy.has_left, patient.id)


def show_leaving(turn: Turn, patient: Patient, *, unsaved: bool = False) -> None:
    """Until when the wish can be taken back, and how. `unsaved`: something was sent that is not kept."""
    assert patient.forget_at is not None
    at = diary.days.local(patient.forget_at, patient.here)
    turn.say(chat.privacy.leaving(at, turn.words, unsaved=unsaved), patient_id=patient.id)


def take_back(turn: Turn, _: buttons.TakeBack) -> None:
    """Everything is as it was, and the diary goes on where it was open."""
    patient = turn.patient
    if patient is None:
        _nobody(turn)
        return
    if patient.stage is not Stage.FORGETTING:
        turn.toast(chat.people.old_button(turn.words))
        return
    before = storage.privacy.take_back(turn.tx, patient.id)
    patient = storage.people.patient_by_id(turn.tx, patient.id)
    turn.edit(chat.privacy.taken_back(turn.words), patient_id=patient.id)
    if before is Stage.ACTIVE:
        people.reopen(turn, patient)
        for share in storage.sharing.readers_of(turn.tx, patient.id, turn.now):
            sharing.tell(turn, share, chat.privacy.has_come_back, patient.id)
    else:
        people.not_open(turn, patient)


def sooner(turn: Turn, _: buttons.ForgetSooner) -> None:
    """Not to wait for the end of the week takes the word once more."""
    patient = turn.patient
    if patient is None:
        _nobody(turn)
    elif patient.stage is not Stage.FORGETTING or patient.forget_at is None:
        turn.toast(chat.people.old_button(turn.words))
    else:
        _expect(turn, SOONER)
        at = diary.days.local(patient.forget_at, patient.here)
        turn.say(chat.privacy.ask_sooner(at, turn.words), patient_id=patient.id)


def _forget_now(turn: Turn, patient: Patient) -> None:
    """Everything about this patient is deleted, in this very transaction; what is said from here on names nobody."""
    words, settings = turn.words, turn.settings
    # In the week before the end the therapists know already.
    shares = storage.sharing.readers_of(turn.tx, patient.id, turn.now)
    storage.privacy.forget(turn.tx, patient, turn.now, keeps_account=turn.chat_id in settings.admin_ids)
    turn.forgotten()
    if turn.tapped is not None:
        turn.retire(message_id=turn.tapped)
    turn.say(chat.privacy.done(settings.backup_days, words))
    turn.put_commands()
    for share in shares:
        sharing.tell(turn, share, chat.privacy.has_left, None)
