"""Someone says hello, opens an invitation, invites, or goes through the enrolment."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import time
from typing import Final

from bot import chat, diary, storage
from bot.chat import buttons, typed, typed_times
from bot.chat.messages import Message
from bot.chat.people import NOW, OTHER, WORDING, YES
from bot.chat.words import LANGUAGES
from bot.diary.people import INVITE_LASTS_FOR, MAX_LABEL, Invite, Patient, Role, Stage, Therapist
from bot.handlers import (
    alerts,
    deputies,
    entries,
    flares,
    hours,
    items,
    offers,
    panels,
    pauses,
    privacy,
    prompts,
    sessions,
    settings,
    sharing,
    zones,
)
from bot.handlers.turn import Turn

EXPECT_NAME: Final = "name"
EXPECT_LABEL: Final = "label"
ENROLLING: Final = (Stage.STORE, Stage.SHARE, Stage.ZONE, Stage.HOUR, Stage.START)


# --- hello ----------------------------------------------------------------------------------------------------


def start(turn: Turn, code: str) -> None:
    """`/start`, with the code of an invitation or without."""
    if code.strip():
        _open_invite(turn, code.strip())
        return
    patient = turn.patient
    if patient is not None and patient.stage in ENROLLING:
        ask(turn, patient)
    elif patient is not None and patient.stage is Stage.FORGETTING:
        privacy.show_leaving(turn, patient)
    elif patient is not None and patient.stage is Stage.DECLINED:
        ask(turn, storage.people.change_patient(turn.tx, patient.id, stage=Stage.STORE))
    elif patient is not None and patient.stage is Stage.LEFT:
        turn.say(chat.people.stopped(turn.words), patient_id=patient.id)
    elif patient is not None:
        _welcome_back(turn, patient)
    elif not (turn.is_admin or turn.therapist is not None):
        greet(turn)
    if turn.is_admin:
        turn.account  # noqa: B018  (an admin named in the settings gets an account at the first word)
        turn.say(chat.people.admin_welcome(turn.settings.clinic_name, turn.therapist is not None, turn.words))
    therapist = turn.therapist
    if therapist is not None:
        turn.say(chat.people.therapist_welcome(therapist.name, turn.words))
    if turn.known:
        turn.put_commands()


def greet(turn: Turn) -> None:
    """What this is, to someone whom nobody invited."""
    message = chat.people.stranger(turn.settings.clinic_name, turn.words)
    turn.say(replace(message, buttons=chat.help.fitting(diary.moments.Moment(), turn.offered, turn.words)))


def _welcome_back(turn: Turn, patient: Patient) -> None:
    today, there = diary.days.day_of(turn.now, patient.zone), diary.days.local(turn.now, patient.here)
    if pauses.now_of(turn, patient) is not None:
        pauses.pause(turn, "")
        return
    next_at = None if patient.next_prompt_at is None else diary.days.local(patient.next_prompt_at, patient.here)
    turn.say(chat.people.welcome_back(next_at, today, turn.words, there.date()), patient_id=patient.id)


def _open_invite(turn: Turn, code: str) -> None:
    invite = storage.people.find_invite(turn.tx, code)
    if invite is None:
        turn.say(chat.people.bad_link("unknown", turn.words))
    elif invite.used_by is not None and invite.used_by != turn.chat_id:
        turn.say(chat.people.bad_link("used", turn.words))
    elif invite.used_by is None and turn.now >= invite.expires_at:
        turn.say(chat.people.bad_link("expired", turn.words))
    elif invite.role is Role.PATIENT:
        _begin(turn, invite)
    elif invite.role is Role.THERAPIST:
        _become_therapist(turn, invite)
    else:
        _become_admin(turn, invite)


def _become_admin(turn: Turn, invite: Invite) -> None:
    storage.people.add_admin(turn.tx, turn.account.chat_id, turn.now)
    storage.people.use_invite(turn.tx, invite.id, turn.chat_id, turn.now)
    turn.put_commands()
    turn.say(chat.people.admin_welcome(turn.settings.clinic_name, turn.therapist is not None, turn.words))


# --- therapists -----------------------------------------------------------------------------------------------


def invite_therapist(turn: Turn, label: str) -> None:
    """`/invite_therapist`, with a name or without: a one-time link."""
    if not turn.is_admin:
        turn.say(chat.people.not_for_you(Role.ADMIN, turn.words))
        return
    _invite(turn, Role.THERAPIST, label.strip() or None)


def _become_therapist(turn: Turn, invite: Invite) -> None:
    if turn.therapist is not None:
        turn.say(chat.people.bad_link("yours", turn.words))
        return
    storage.people.use_invite(turn.tx, invite.id, turn.chat_id, turn.now)
    enlist_therapist(turn, invite.label or turn.person_name)


def become_therapist(turn: Turn, _: buttons.BecomeTherapist) -> None:
    """The clinic admin treats patients too: one tap."""
    if not turn.is_admin or turn.therapist is not None:
        turn.toast(chat.people.old_button(turn.words))
        return
    turn.edit(chat.people.admin_welcome(turn.settings.clinic_name, True, turn.words))
    enlist_therapist(turn, turn.person_name)


def enlist_therapist(turn: Turn, name: str) -> None:
    zone = turn.settings.default_timezone
    next_at = diary.days.next_weekly(turn.now, zone, turn.settings.digest_weekday, turn.settings.digest_time)
    # A patient says yes to a therapist by name, so no two have the same.
    name = panels.unlike(storage.people.other_therapists(turn.tx, turn.chat_id), _shortened(name) or str(turn.chat_id))
    therapist = storage.people.add_therapist(turn.tx, turn.account.chat_id, name, zone, next_at, turn.now)
    turn.put_commands()
    turn.say(chat.people.therapist_welcome(therapist.name, turn.words))


def rename_therapist(turn: Turn, _: buttons.RenameTherapist) -> None:
    if turn.therapist is None:
        turn.toast(chat.people.old_button(turn.words))
        return
    turn.expect(EXPECT_NAME)
    turn.say(chat.people.ask_name(turn.words))


def expected_name(turn: Turn, said: str) -> None:
    """The name that "another name" asked for."""
    therapist = turn.therapist
    name = " ".join(said.split())
    if therapist is None:
        turn.expect(None)
    elif not name or len(name) > MAX_LABEL:
        turn.say(chat.people.label_too_long(MAX_LABEL, turn.words))
    elif panels.unlike(storage.people.other_therapists(turn.tx, turn.chat_id), name) != name:
        turn.say(chat.people.therapist_name_taken(name, turn.words))
    else:
        turn.expect(None)
        storage.people.put_therapist_name(turn.tx, therapist.id, name)
        turn.say(chat.people.named(name, turn.words))


# --- inviting patients ----------------------------------------------------------------------------------------


def invite(turn: Turn, label: str) -> None:
    """`/invite NAME`: a one-time link for a patient, with a picture to scan."""
    if turn.therapist is None and turn.is_admin:
        turn.say(chat.people.admin_welcome(turn.settings.clinic_name, False, turn.words))
    elif turn.therapist is None:
        turn.say(chat.people.not_for_you(Role.THERAPIST, turn.words))
    elif not label.strip():
        turn.expect(EXPECT_LABEL)
        turn.say(chat.people.invite_whom(turn.words))
    elif turn.therapist is not None and panels.taken(turn, turn.therapist, label):
        turn.expect(EXPECT_LABEL)
        turn.say(chat.panels.name_taken(" ".join(label.split())[:MAX_LABEL], turn.words))
    else:
        _invite(turn, Role.PATIENT, label)


def _invite(turn: Turn, role: Role, label: str | None) -> None:
    label = None if label is None else " ".join(label.split())
    if label is not None and len(label) > MAX_LABEL:
        turn.say(chat.people.label_too_long(MAX_LABEL, turn.words))
        return
    code = secrets.token_urlsafe(15)
    expires_at = turn.now + INVITE_LASTS_FOR
    therapist = turn.therapist if role is Role.PATIENT else None
    turn.account  # noqa: B018  (whoever invites has an account from now on)
    storage.people.add_invite(
        turn.tx,
        code,
        role,
        therapist_id=None if therapist is None else therapist.id,
        label=label,
        expires_at=expires_at,
        now=turn.now,
    )
    zone = turn.settings.default_timezone if therapist is None else therapist.zone
    link = f"https://t.me/{turn.bot_name}?start={code}"
    turn.say(chat.people.invite(role, label, link, diary.days.local(expires_at, zone), turn.words))


# --- enrolment ------------------------------------------------------------------------------------------------


def _begin(turn: Turn, invite: Invite) -> None:
    """A patient's invitation is opened for the first time, or again by the same patient."""
    patient = turn.patient
    if patient is not None and patient.stage is Stage.ACTIVE:
        offered = None if invite.used_by == turn.chat_id else sharing.offered_by(turn, invite)
        why = "yours" if invite.used_by == turn.chat_id else "own"
        turn.say(chat.people.bad_link(why, turn.words) if offered is None else offered)
        return
    if patient is not None and patient.stage is Stage.FORGETTING:
        privacy.show_leaving(turn, patient)
        return
    storage.people.use_invite(turn.tx, invite.id, turn.chat_id, turn.now)
    if patient is None:
        assert invite.therapist_id is not None
        zone = storage.people.therapist_by_id(turn.tx, invite.therapist_id).zone
        patient = storage.people.add_patient(
            turn.tx, turn.account.chat_id, invite.id, zone, turn.settings.default_prompt_time
        )
    elif patient.stage is Stage.LEFT and patient.invite_id == invite.id:
        turn.say(chat.people.stopped(turn.words), patient_id=patient.id)
        return
    elif patient.stage is Stage.DECLINED or patient.invite_id != invite.id:
        # Everything is asked anew, so no earlier yes stands while it is.
        _end_shares(turn, patient)
        patient = storage.people.change_patient(turn.tx, patient.id, stage=Stage.STORE, invite_id=invite.id)
    turn.put_commands()
    ask(turn, patient)


def ask(turn: Turn, patient: Patient) -> None:
    """Ask the open step of the enrolment, read from the row."""
    turn.read_anew()
    turn.say(_step(turn, patient), patient_id=patient.id)


def ask_again(turn: Turn, patient: Patient) -> None:
    """After something that is no answer: the open question in one sentence, with its buttons."""
    name, rows = _inviting(turn, patient).name, _step(turn, patient).buttons
    turn.say(chat.help.tap_first(patient.stage, name, rows, turn.words), patient_id=patient.id)


def _inviting(turn: Turn, patient: Patient) -> Therapist:
    """The therapist whose invitation the patient opened."""
    assert patient.invite_id is not None
    invite = storage.people.invite_by_id(turn.tx, patient.invite_id)
    assert invite.therapist_id is not None
    return storage.people.therapist_by_id(turn.tx, invite.therapist_id)


def _step(turn: Turn, patient: Patient) -> Message:
    words, settings = turn.words, turn.settings
    therapist = _inviting(turn, patient)
    there = diary.days.local(turn.now, patient.zone)
    match patient.stage:
        case Stage.STORE:
            return chat.people.ask_store(settings.clinic_name, therapist.name, words)
        case Stage.SHARE:
            return chat.people.ask_share(therapist.name, words, again=patient.enrolled_at is not None)
        case Stage.ZONE:
            return chat.people.ask_zone(patient.zone, there, words)
        case Stage.HOUR:
            return chat.people.ask_hour(there, words)
        case _:
            number = emergency_number(turn, patient.zone)
            card = chat.red_flags.card(words, number, settings.cards_dir)
            due = diary.prompts.first_due(turn.now, patient.zone, patient.hours)
            next_at = diary.days.local(due.at, patient.zone)
            return chat.people.ask_start(card, next_at, there.date(), number, words)


def emergency_number(turn: Turn, zone: str) -> chat.words.Sentence:
    """The clinic's number, or words for the local one where the patient is in another country."""
    settings = turn.settings
    return chat.red_flags.number_in(zone, settings.default_timezone, settings.emergency_number, turn.words)


def answer(turn: Turn, tap: buttons.Enrol) -> None:
    """A button of one step. One of a step that is over changes nothing and shows the open step again."""
    patient = turn.patient
    if patient is not None and patient.stage is Stage.LEFT and tap.stage is Stage.LEFT:
        _begin_again(turn, patient)
        return
    if patient is None or patient.stage not in ENROLLING or tap.stage is not patient.stage:
        turn.toast(chat.people.old_button(turn.words))
        if patient is not None and patient.stage in ENROLLING:
            turn.retire(message_id=turn.tapped)
            ask(turn, patient)
        return
    chosen = chat.people.answered(_step(turn, patient), tap, turn.words)
    if chosen is None:
        turn.retire(message_id=turn.tapped)
    else:
        turn.edit(chosen, patient_id=patient.id)
    match tap.stage:
        case Stage.STORE:
            _stored(turn, patient, tap.answer == YES)
        case Stage.SHARE:
            _shared(turn, patient, tap.answer == YES)
        case Stage.ZONE:
            put_zone(turn, patient, tap.answer)
        case Stage.HOUR if tap.answer == OTHER:
            ask(turn, storage.people.change_patient(turn.tx, patient.id, stage=Stage.ZONE))
        case Stage.HOUR:
            _hour_tapped(turn, patient, tap.answer)
        case _:
            _finish(turn, patient, tap.answer == NOW)


def _stored(turn: Turn, patient: Patient, given: bool) -> None:
    turn.consent(patient, None, WORDING, given=given)
    if given:
        asks = storage.offers.working(turn.tx, _inviting(turn, patient).id) is not None
        # Whoever has left the clinic meanwhile sees nobody's diary: there is nothing to ask.
        ask(turn, storage.people.change_patient(turn.tx, patient.id, stage=Stage.SHARE if asks else Stage.ZONE))
    else:
        _decline(turn, patient)


def _decline(turn: Turn, patient: Patient) -> None:
    """The patient wants no diary. Whoever kept one before is not told that nothing is stored: it stays, stopped."""
    _end_shares(turn, patient)
    kept = patient.enrolled_at is not None
    storage.people.change_patient(turn.tx, patient.id, stage=Stage.LEFT if kept else Stage.DECLINED)
    turn.put_commands()
    said = chat.people.stopped(turn.words) if kept else chat.people.declined(turn.words)
    turn.say(said, patient_id=patient.id)


def _end_shares(turn: Turn, patient: Patient) -> None:
    for share in storage.sharing.ever_of(turn.tx, patient.id):
        if not diary.sharing.stands(share, turn.now):
            continue
        storage.sharing.end(turn.tx, patient.id, share.therapist_id, turn.now)
        therapist = storage.people.therapist_by_id(turn.tx, share.therapist_id)
        storage.outbox.withdraw(turn.tx, patient.id, turn.now, to=therapist.chat_id)
        if patient.enrolled_at is not None:
            sharing.tell(turn, share, chat.sharing.not_shared_any_more, patient.id)


def _shared(turn: Turn, patient: Patient, given: bool) -> None:
    assert patient.invite_id is not None
    invite = storage.people.invite_by_id(turn.tx, patient.invite_id)
    assert invite.therapist_id is not None
    turn.consent(patient, invite.therapist_id, WORDING, given=given)
    if given and storage.offers.working(turn.tx, invite.therapist_id) is None:
        turn.say(chat.people.has_left_meanwhile(turn.words), patient_id=patient.id)
    elif given:
        label = panels.free(turn, invite.therapist_id, invite.label or turn.person_name, patient.id)
        storage.sharing.put(
            turn.tx,
            diary.sharing.Share(patient.id, invite.therapist_id, label, turn.now),
        )
    else:
        storage.sharing.end(turn.tx, patient.id, invite.therapist_id, turn.now)
    ask(turn, storage.people.change_patient(turn.tx, patient.id, stage=Stage.ZONE))


def put_zone(turn: Turn, patient: Patient, zone: str) -> None:
    # The proposed one is the clinic's own and may be an offset such as Etc/UTC.
    if zone != patient.zone and not diary.days.is_zone(zone):
        turn.say(chat.people.no_such_place(turn.words), patient_id=patient.id)
        return
    ask(
        turn,
        storage.people.change_patient(
            turn.tx, patient.id, zone=zone, home_zone=None, local_zone=None, stage=Stage.HOUR
        ),
    )


def _hour_tapped(turn: Turn, patient: Patient, answer: str) -> None:
    try:
        hour = time(int(answer[:2]), int(answer[2:]))
    except ValueError:
        turn.say(chat.people.no_such_hour(turn.words), patient_id=patient.id)
    else:
        put_hour(turn, patient, hour)


def put_hour(turn: Turn, patient: Patient, hour: time) -> None:
    ask(
        turn, storage.people.change_patient(turn.tx, patient.id, prompt_time=hour, weekend_time=None, stage=Stage.START)
    )


def _finish(turn: Turn, patient: Patient, now: bool) -> None:
    """The diary opens: with the first question at once, or at the chosen hour."""
    today = diary.days.day_of(turn.now, patient.zone)
    due = diary.prompts.first_due(turn.now, patient.zone, patient.hours, today + diary.days.ONE_DAY if now else None)
    first_day = today if now else due.day
    settings = turn.settings
    patient = storage.people.change_patient(
        turn.tx,
        patient.id,
        stage=Stage.ACTIVE,
        enrolled_at=patient.enrolled_at or turn.now,
        enrolled_day=patient.enrolled_day or first_day,
        next_prompt_at=due.at,
        next_prompt_day=due.day,
        next_digest_at=diary.days.next_weekly(turn.now, patient.zone, settings.digest_weekday, settings.digest_time),
    )
    storage.zones.put(turn.tx, patient.id, patient.zone, turn.now)
    if not storage.entries.items_of(turn.tx, patient.id):
        storage.entries.add_default_items(turn.tx, patient.id, min(first_day, today))
    turn.put_commands()
    _tell_therapist(turn, patient)
    there = diary.days.local(turn.now, patient.zone)
    turn.say(
        chat.people.started(diary.days.local(due.at, patient.zone), there.date(), turn.words), patient_id=patient.id
    )
    if now:
        entries.plan(turn, patient, today)
        first = not storage.entries.was_asked(turn.tx, patient.id, today)
        if first:
            storage.entries.change_day(turn.tx, patient.id, today, intended_at=turn.now, asked_at=turn.now)
            prompts.remind(turn, patient, today)
        entries.show(turn, patient, today, as_prompt=first)


def not_open(turn: Turn, patient: Patient, *, stop: bool = False) -> None:
    """Someone whose diary is not open, or not yet: where they stand, and the way on. `stop`: they want none."""
    if patient.stage in ENROLLING and stop:
        _decline(turn, patient)
    elif patient.stage in ENROLLING:
        ask(turn, patient)
    elif patient.stage is Stage.LEFT:
        turn.say(chat.people.stopped(turn.words), patient_id=patient.id)
    elif patient.stage is Stage.FORGETTING:
        privacy.show_leaving(turn, patient)
    else:
        turn.say(chat.people.declined(turn.words), patient_id=patient.id)


def stop(turn: Turn, _: str) -> None:
    """`/stop`: nothing is asked any more; what was entered stays, and the therapist is told."""
    patient = entries.active(turn)
    if patient is None:
        turn.say(chat.people.not_for_you(Role.PATIENT, turn.words))
        return
    storage.people.change_patient(
        turn.tx, patient.id, stage=Stage.LEFT, next_prompt_at=None, next_prompt_day=None, next_digest_at=None
    )
    storage.prompts.drop_followup(turn.tx, patient.id)
    today = diary.days.day_of(turn.now, patient.zone)
    if (bubble := storage.entries.bubble_of(turn.tx, patient.id, today)) is not None:
        turn.withdraw(bubble)
        entries.put_away(turn, patient, today)
    entries.put_others_away(turn, patient, None)
    turn.put_commands()
    turn.say(chat.people.stopped(turn.words), patient_id=patient.id)
    for share in storage.sharing.readers_of(turn.tx, patient.id, turn.now):
        sharing.tell(turn, share, chat.people.has_stopped, patient.id)


def _begin_again(turn: Turn, patient: Patient) -> None:
    if turn.tapped is not None:
        turn.retire(message_id=turn.tapped)
    reopen(turn, patient)


def reopen(turn: Turn, patient: Patient) -> None:
    """The diary goes on at its next hour; the days between were never planned."""
    answers = [row.given for row in storage.people.consents_of(turn.tx, patient.id) if row.therapist_id is None]
    if not answers[-1]:
        # The last word on storing was a no: only a new yes opens the diary.
        ask(turn, storage.people.change_patient(turn.tx, patient.id, stage=Stage.STORE))
        return
    due = diary.prompts.first_due(turn.now, patient.zone, patient.hours)
    settings = turn.settings
    patient = storage.people.change_patient(
        turn.tx,
        patient.id,
        stage=Stage.ACTIVE,
        next_prompt_at=due.at,
        next_prompt_day=due.day,
        next_digest_at=diary.days.next_weekly(turn.now, patient.zone, settings.digest_weekday, settings.digest_time),
    )
    turn.put_commands()
    _welcome_back(turn, patient)


def _tell_therapist(turn: Turn, patient: Patient) -> None:
    assert patient.invite_id is not None
    invite = storage.people.invite_by_id(turn.tx, patient.invite_id)
    assert invite.therapist_id is not None
    therapist = storage.offers.working(turn.tx, invite.therapist_id)
    if therapist is None:
        return
    shared = diary.sharing.may_see(storage.sharing.find(turn.tx, patient.id, therapist.id), turn.now)
    turn.say(
        chat.people.invite_accepted(invite.label or "", shared, turn.words_of(therapist.chat_id)),
        to=therapist.chat_id,
        patient_id=patient.id,
    )


def enrolment_text(turn: Turn, patient: Patient, said: str) -> None:
    """A text of someone in the middle of the enrolment: a city, an hour, or the open step again."""
    if patient.stage is Stage.ZONE:
        places = chat.places.find(said)
        if typed.is_yes(said):
            put_zone(turn, patient, patient.zone)
        elif not places:
            _not_so(turn, patient, chat.people.no_such_place(turn.words))
        elif len(places) == 1 and chat.places.is_named(said, places[0]):
            put_zone(turn, patient, places[0].zone)
        else:
            there = diary.days.local(turn.now, patient.zone)
            turn.say(chat.people.ask_zone(patient.zone, there, turn.words, places), patient_id=patient.id)
    elif patient.stage is Stage.HOUR:
        match typed_times.wall_time(said):
            case typed_times.Time(at):
                put_hour(turn, patient, at)
            case typed_times.AmOrPm(hour, minute):
                turn.say(chat.people.morning_or_evening(hour, minute, turn.words), patient_id=patient.id)
            case _:
                _not_so(turn, patient, chat.people.no_such_hour(turn.words))
    else:
        ask_again(turn, patient)


def _not_so(turn: Turn, patient: Patient, message: Message) -> None:
    """A typed answer that was not understood, with the buttons of its step."""
    turn.say(replace(message, buttons=_step(turn, patient).buttons), patient_id=patient.id)


def location(turn: Turn, latitude: float, longitude: float) -> bool:
    """A sent location: the zone of a patient, or of someone who is enrolling. False: nobody asked for one."""
    patient = turn.patient
    if patient is not None and patient.stage is Stage.ACTIVE:
        zones.location(turn, patient, latitude, longitude)
        return True
    if patient is None or patient.stage is not Stage.ZONE:
        return False
    zone = chat.places.at(latitude, longitude)
    if zone is None:
        turn.say(chat.people.no_such_place(turn.words), patient_id=patient.id)
    else:
        put_zone(turn, patient, zone)
    return True


# --- the rest -------------------------------------------------------------------------------------------------


def language(turn: Turn, code: str) -> None:
    """`/language`, or at once with its code: `/language es`."""
    if code.strip().lower() in LANGUAGES:
        set_language(turn, buttons.Language(code.strip().lower()))
    else:
        turn.say(chat.people.choose_language(turn.words))


def set_language(turn: Turn, tap: buttons.Language) -> None:
    if tap.code not in LANGUAGES:
        turn.toast(chat.people.old_button(turn.words))
        return
    if not (turn.known or turn.is_admin):
        return  # Nothing is kept of a stranger.
    turn.speaks(tap.code)
    turn.edit(chat.people.language_set(turn.words))
    turn.put_commands()
    patient = turn.patient
    if patient is not None and patient.stage in ENROLLING:
        ask(turn, patient)


def urgent(turn: Turn, _: str) -> None:
    """`/urgent`: the red-flag card, for anyone."""
    patient = turn.patient
    zone = turn.settings.default_timezone if patient is None else patient.here
    turn.say(
        chat.red_flags.urgent(turn.words, emergency_number(turn, zone), turn.settings.cards_dir),
        urgency=storage.outbox.Urgency.RED_FLAG,
    )


def expects_others(turn: Turn) -> bool:
    """Whether the next text is about somebody else: a name that is given to them, a date of theirs."""
    expecting = turn.account.expecting if turn.known else None
    named = expecting in (EXPECT_NAME, EXPECT_LABEL)
    others = (sessions.EXPECT, deputies.EXPECT, hours.EXPECT, *panels.EXPECTS, alerts.EXPECT_NOTE)
    return named or (expecting is not None and expecting.startswith(others))


def text(turn: Turn, said: str, replied_to: int | None) -> bool:
    """Any text that is no command. False: nobody waits for one, and it is no entry of a diary."""
    expecting = turn.account.expecting if turn.known else None
    patient = turn.patient
    if expecting == EXPECT_NAME:
        expected_name(turn, said)
    elif expecting == EXPECT_LABEL:
        if len(" ".join(said.split())) <= MAX_LABEL:
            turn.expect(None)
        invite(turn, said)
    elif expecting is not None and expecting.startswith(sessions.EXPECT):
        sessions.expected(turn, expecting, said)
    elif expecting is not None and expecting.startswith(deputies.EXPECT):
        deputies.expected_date(turn, expecting, said)
    elif expecting is not None and expecting.startswith(hours.EXPECT):
        hours.expected(turn, said)
    elif expecting is not None and expecting.startswith(alerts.EXPECT_NOTE):
        alerts.expected_note(turn, expecting, said)
    elif expecting is not None and expecting.startswith(panels.EXPECTS):
        panels.expected(turn, expecting, said)
    elif expecting is not None and expecting.startswith(items.EXPECT_SITE) and items.expected_site(turn, said):
        return True
    elif expecting is not None and patient is not None and privacy.expected(turn, patient, expecting, said):
        pass
    elif patient is not None and patient.stage is Stage.FORGETTING:
        privacy.show_leaving(turn, patient, unsaved=True)
    elif expecting is not None and patient is not None and _answers(turn, patient, expecting, said):
        pass
    elif patient is not None and patient.stage in ENROLLING:
        enrolment_text(turn, patient, said)
    elif patient is not None and patient.stage is Stage.ACTIVE:
        entries.text(turn, patient, said, replied_to)
    else:
        return False
    return True


def _answers(turn: Turn, patient: Patient, expecting: str, said: str) -> bool:
    """Whether a text was the answer that a question of several steps waits for."""
    if expecting.startswith(entries.EXPECT_NOTE):
        return entries.expected_note(turn, patient, expecting, said)
    return flares.expected(turn, patient, expecting, said) or _setting(turn, patient, expecting, said)


def _setting(turn: Turn, patient: Patient, expecting: str, said: str) -> bool:
    """Whether a text was the time, the place or the date that a page asked for."""
    if patient.stage is not Stage.ACTIVE:
        return False
    if expecting.startswith(sessions.EXPECT_REPORT_DATE):
        return sessions.expected_report_date(turn, patient, said)
    if expecting.startswith(pauses.EXPECT_DATE):
        return pauses.expected_date(turn, patient, expecting, said)
    if expecting.startswith(settings.EXPECT_TIME):
        return settings.typed_time(turn, patient, expecting, said)
    return expecting.startswith(zones.EXPECT_PLACE) and zones.typed_place(turn, patient, expecting, said)


def membership(turn: Turn, status: str) -> None:
    """The person blocked the bot, or let it in again."""
    if turn.known and status in ("kicked", "left"):
        storage.people.put_reach(turn.tx, turn.chat_id, diary.people.Reach.BLOCKED, turn.now)
        storage.outbox.halt(turn.tx, turn.chat_id, turn.now)
    elif turn.known:
        offers.bring_up(turn, turn.reached())


def group(turn: Turn) -> None:
    """Somebody put the bot into a group: a polite word, and out."""
    turn.say(chat.people.group(turn.words))
    turn.leave()


def _shortened(name: str) -> str:
    return " ".join(name.split())[:MAX_LABEL].strip()
