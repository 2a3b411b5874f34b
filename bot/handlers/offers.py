"""Who sees a diary besides: a therapist has a patient asked, and the patient answers.

Rule: nothing is shown before the patient's own yes, and what was asked counts only while it is still so.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import Enum, auto

from bot import chat, diary, storage
from bot.chat import buttons
from bot.chat.messages import Message
from bot.chat.words import Words, words_in
from bot.diary.offers import Holiday, Kind, Offer, OfferId, StandIn, Still
from bot.diary.people import Patient, PatientId, Reach, Role, Stage, Therapist, TherapistId
from bot.diary.sharing import Share
from bot.handlers import panels
from bot.handlers.turn import Turn
from bot.storage.outbox import Urgency

BY_CARD = (Kind.COLLEAGUE, Kind.HAND_OVER)
"""What a therapist has asked with the buttons of this file."""


class Outcome(Enum):
    """What became of the wish to have a patient asked."""

    ASKED = auto()
    LATELY = auto()
    SEES_ALREADY = auto()
    HAS_NO_CHAT = auto()


# --- a therapist has it asked ---------------------------------------------------------------------------------


def hand_over(turn: Turn, _: str) -> None:
    """`/handover`: one patient, or all of them."""
    therapist = turn.therapist
    if therapist is None:
        turn.say(chat.people.not_for_you(Role.THERAPIST, turn.words))
    else:
        turn.say(_whom(turn, therapist, 0))


def hand_over_page(turn: Turn, tap: buttons.HandOver) -> None:
    therapist = turn.therapist
    if therapist is None:
        turn.toast(chat.people.old_button(turn.words))
    else:
        turn.edit(_whom(turn, therapist, tap.page))


def _whom(turn: Turn, therapist: Therapist, page: int) -> Message:
    shares = own_shares(turn, therapist)
    if not shares:
        return chat.offers.nobody_to_ask(turn.words)
    if not storage.offers.colleagues(turn.tx, but=therapist.id):
        return chat.offers.no_colleagues(turn.words)
    pairs = sorted(((int(it.patient_id), it.label) for it in shares), key=lambda pair: pair[1].casefold())
    return chat.offers.choose_patient(pairs, page, turn.words)


def colleagues(turn: Turn, tap: buttons.Colleagues) -> None:
    """Which colleague shall see one's diary too, or take over?"""
    found = _about(turn, tap.kind, tap.patient)
    if found is None:
        return
    therapist, shares = found
    others = storage.offers.colleagues(turn.tx, but=therapist.id)
    if not others:
        turn.edit(chat.offers.no_colleagues(turn.words))
    else:
        label = None if tap.patient is None else shares[0].label
        turn.edit(chat.offers.choose(tap.kind, label, tap.patient, others, tap.page, turn.words))


def ask(turn: Turn, tap: buttons.AskPatient) -> None:
    """A colleague is chosen: is it meant? Then the patients are asked."""
    found = _about(turn, tap.kind, tap.patient)
    colleague = storage.offers.working(turn.tx, tap.therapist)
    if found is None:
        return
    therapist, shares = found
    if colleague is None or colleague.id == therapist.id:
        turn.toast(chat.people.old_button(turn.words))
    elif not tap.sure:
        label = None if tap.patient is None else shares[0].label
        turn.edit(chat.offers.confirm(tap.kind, label, tap.patient, colleague, len(shares), turn.words))
    elif tap.patient is None:
        outcomes = [have_asked(turn, therapist, colleague, share, tap.kind)[0] for share in shares]
        count = outcomes.count(Outcome.ASKED)
        turn.edit(chat.offers.asked_all(count, len(outcomes) - count, turn.words))
    else:
        turn.edit(_told(turn, therapist, colleague, shares[0], tap.kind))


def _told(turn: Turn, therapist: Therapist, colleague: Therapist, share: Share, kind: Kind) -> Message:
    outcome, before = have_asked(turn, therapist, colleague, share, kind)
    match outcome:
        case Outcome.LATELY if before is not None:
            day = diary.days.local(before.asked_at, therapist.zone).date()
            return chat.offers.asked_lately(share.label, day, turn.words)
        case Outcome.SEES_ALREADY:
            return chat.offers.sees_already(share.label, colleague.name, turn.words)
        case Outcome.HAS_NO_CHAT:
            return chat.offers.has_no_chat(share.label, turn.words)
        case _:
            return chat.offers.asked(share.label, turn.words, reachable=_is_reachable(turn, share.patient_id))


def _is_reachable(turn: Turn, patient_id: PatientId) -> bool:
    account = storage.people.find_account(turn.tx, storage.people.patient_by_id(turn.tx, patient_id).chat_id)
    return account is not None and account.reach is Reach.OK


def leave_it(turn: Turn, _: buttons.LeaveIt) -> None:
    """Nobody is asked after all, or nobody leaves."""
    if turn.therapist is None:
        turn.toast(chat.people.old_button(turn.words))
    else:
        turn.edit(chat.offers.left_alone(turn.words))


def own_shares(turn: Turn, therapist: Therapist) -> list[Share]:
    """The patients whose own therapist this is: not those for whom another one is away."""
    return [share for share in storage.sharing.all_of(turn.tx, therapist.id, turn.now) if share.until_day is None]


def _about(turn: Turn, kind: Kind, patient_id: int | None) -> tuple[Therapist, list[Share]] | None:
    """Who asks, and about whom; where it can't be asked, that is said, and None."""
    therapist = turn.therapist
    if therapist is None or kind not in BY_CARD or (patient_id is None and kind is not Kind.HAND_OVER):
        turn.toast(chat.people.old_button(turn.words))
        return None
    shares = own_shares(turn, therapist)
    if patient_id is None:
        if not shares:
            turn.edit(chat.offers.nobody_to_ask(turn.words))
        return (therapist, shares) if shares else None
    share = storage.sharing.find(turn.tx, PatientId(patient_id), therapist.id)
    if share is None or not diary.sharing.may_see(share, turn.now) or not _is_seen(turn, share):
        turn.toast(chat.people.old_button(turn.words))
        return None
    if share.until_day is not None:
        turn.edit(chat.offers.only_standing_in(share.label, turn.words))
        return None
    return therapist, [share]


def _is_seen(turn: Turn, share: Share) -> bool:
    return storage.people.patient_by_id(turn.tx, share.patient_id).stage is not Stage.FORGETTING


def have_asked(
    turn: Turn, therapist: Therapist, colleague: Therapist, share: Share, kind: Kind, holiday: Holiday | None = None
) -> tuple[Outcome, Offer | None]:
    """Ask one patient, unless there is no need or it was asked lately; with the question of then."""
    patient = storage.people.patient_by_id(turn.tx, share.patient_id)
    account = storage.people.find_account(turn.tx, patient.chat_id)
    if account is None or patient.stage is not Stage.ACTIVE:
        return Outcome.HAS_NO_CHAT, None
    theirs = storage.sharing.find(turn.tx, patient.id, colleague.id)
    sees = theirs is not None and theirs.until_day is None and diary.sharing.may_see(theirs, turn.now)
    # A colleague who is this patient keeps the diary, and is not asked about themselves.
    if (sees and kind is not Kind.HAND_OVER) or colleague.chat_id == patient.chat_id:
        return Outcome.SEES_ALREADY, None
    first, until = (None, None) if holiday is None else (holiday.first_day, holiday.until_day)
    wanted = Offer(OfferId(0), patient.id, kind, therapist.id, colleague.id, first, until, turn.now, None, None)
    earlier = [it for it in storage.offers.of_patient(turn.tx, patient.id) if not _called_off(turn, it)]
    lately = diary.offers.asked_lately(earlier, wanted, turn.now)
    if lately is not None:
        return Outcome.LATELY, lately
    number = storage.offers.add(
        turn.tx, patient.id, kind, therapist.id, colleague.id, turn.now, first_day=first, until_day=until
    )
    offer = storage.offers.find(turn.tx, patient.id, number)
    assert offer is not None
    say = words_in(account.language, patient.home)
    _to_patient(turn, patient, _question(turn, offer, patient, say))
    return Outcome.ASKED, offer


def _called_off(turn: Turn, offer: Offer) -> bool:
    said = [given for given, _ in storage.people.said_of(turn.tx, offer.patient_id, offer.to_id)]
    return bool(said) and diary.offers.called_off(offer, stands=stands(turn, offer), last_word=said[-1])


def _to_patient(turn: Turn, patient: Patient, message: Message) -> None:
    """Ask a patient, whose phone makes no sound of it in their quiet hours: a therapist's noon may be their night."""
    if patient.quiet.covers(turn.now, patient.here):
        message = replace(message, silent=True)
    turn.say(message, to=patient.chat_id, patient_id=patient.id, urgency=Urgency.ALERT)


def _question(turn: Turn, offer: Offer, patient: Patient, say: Words) -> Message:
    assert offer.to_id is not None
    asks = storage.people.therapist_by_id(turn.tx, offer.from_id)
    new = storage.people.therapist_by_id(turn.tx, offer.to_id).name
    number = int(offer.id)
    match offer.kind:
        case Kind.COLLEAGUE:
            return chat.offers.colleague(number, asks.name, new, say)
        case Kind.HAND_OVER:
            return chat.offers.hand_over(number, asks.name, new, say)
        case _:
            assert offer.first_day is not None
            assert offer.until_day is not None
            begun = offer.first_day <= diary.days.local(turn.now, asks.zone).date()
            return chat.offers.deputy(number, asks.name, new, None if begun else offer.first_day, offer.until_day, say)


# --- the patient answers --------------------------------------------------------------------------------------


def answer(turn: Turn, tap: buttons.AnswerOffer) -> None:
    """Yes or no. A second tap shows the same answer, and a question that is over says so."""
    patient, offer = _asked(turn, tap.offer)
    if patient is None or offer is None or offer.to_id is None:
        turn.toast(chat.people.old_button(turn.words))
        return
    asks = storage.people.therapist_by_id(turn.tx, offer.from_id)
    new = storage.people.therapist_by_id(turn.tx, offer.to_id)
    match _still(turn, offer, asks):
        case Still.OPEN:
            storage.offers.answer(turn.tx, offer, tap.given, turn.now)
            if tap.given or not stands(turn, offer):
                # A no takes nothing back that was said yes to before.
                turn.consent(patient, new.id, chat.offers.WORDING, given=tap.given)
            (_yes if tap.given else _no)(turn, patient, offer, asks, new)
        case Still.ANSWERED if offer.given is tap.given and _still_so(turn, offer):
            pass
        case _:
            turn.edit(chat.offers.not_open_any_more(turn.words), patient_id=patient.id)
            return
    if tap.given:
        said = chat.offers.you_said_yes(offer.kind, asks.name, new.name, offer.until_day, turn.words)
    else:
        said = chat.offers.you_said_no(new.name, turn.words, sees=stands(turn, offer))
    turn.edit(said, patient_id=patient.id)


def _asked(turn: Turn, number: int) -> tuple[Patient | None, Offer | None]:
    """The patient of this chat and one of the questions to them; nothing while all is about to be deleted."""
    patient = turn.patient
    if patient is None or patient.stage is Stage.FORGETTING:
        return None, None
    return patient, storage.offers.find(turn.tx, patient.id, OfferId(number))


def _still(turn: Turn, offer: Offer, asks: Therapist) -> Still:
    assert offer.to_id is not None
    share = storage.sharing.find(turn.tx, offer.patient_id, offer.from_id)
    return diary.offers.still(
        offer,
        from_sees=diary.sharing.may_see(share, turn.now),
        to_works=storage.offers.working(turn.tx, offer.to_id) is not None,
        ended=offer.kind is Kind.DEPUTY and not _goes_on(turn, offer, asks),
    )


def _goes_on(turn: Turn, offer: Offer, asks: Therapist) -> bool:
    """Whether the holiday that a question is about stands, and is not over."""
    holiday = storage.offers.holiday(turn.tx, asks.id)
    if holiday is None or (holiday.deputy_id, holiday.until_day) != (offer.to_id, offer.until_day):
        return False
    return turn.now < diary.sharing.ends_at(holiday.until_day, asks.zone)


def _still_so(turn: Turn, offer: Offer) -> bool:
    """Whether what was answered is how it stands: a yes may have been stopped since."""
    return not offer.given or stands(turn, offer)


def stands(turn: Turn, offer: Offer) -> bool:
    """Whether there is a yes to showing the diary to whom it is offered."""
    if offer.to_id is None:
        return False
    return diary.sharing.stands(storage.sharing.find(turn.tx, offer.patient_id, offer.to_id), turn.now)


def _yes(turn: Turn, patient: Patient, offer: Offer, asks: Therapist, new: Therapist) -> None:
    old = storage.sharing.find(turn.tx, patient.id, asks.id)
    assert old is not None
    label = _label(turn, patient.id, new.id, old.label)
    if offer.kind is Kind.DEPUTY:
        _stand_in(turn, patient, offer, asks, new, label)
        return
    storage.sharing.put(turn.tx, Share(patient.id, new.id, label, turn.now))
    if offer.kind is Kind.HAND_OVER:
        storage.sharing.end(turn.tx, patient.id, asks.id, turn.now)
        turn.consent(patient, asks.id, chat.offers.WORDING, given=False)
        storage.outbox.withdraw(turn.tx, patient.id, turn.now, to=asks.chat_id)
    say = turn.words_of(asks.chat_id)
    turn.say(chat.offers.said_yes(offer.kind, old.label, new.name, say), to=asks.chat_id, patient_id=patient.id)
    told = chat.offers.shared_by(offer.kind, label, asks.name, int(patient.id), turn.words_of(new.chat_id))
    turn.say(told, to=new.chat_id, patient_id=patient.id)


def _stand_in(turn: Turn, patient: Patient, offer: Offer, asks: Therapist, new: Therapist, label: str) -> None:
    """For a time, quietly: the one who is away sees how many said yes, and the deputy finds them in the list."""
    assert offer.first_day is not None
    assert offer.until_day is not None
    theirs = storage.sharing.find(turn.tx, patient.id, new.id)
    if theirs is not None and theirs.until_day is None and diary.sharing.stands(theirs, turn.now):
        return
    time = stands_in(turn, patient.id, new.id)
    assert time is not None
    storage.sharing.put(turn.tx, for_a_time(Share(patient.id, new.id, label, turn.now), time))


def stands_in(turn: Turn, patient_id: PatientId, deputy_id: TherapistId) -> StandIn | None:
    """For how long a patient's yeses to this deputy hold, for whoever is away; None: no such holiday goes on."""
    said = storage.people.said_of(turn.tx, patient_id, deputy_id)
    no_at = max((at for given, at in said if not given), default=None)
    times = []
    for offer in storage.offers.of_patient(turn.tx, patient_id):
        if offer.kind is not Kind.DEPUTY or offer.to_id != deputy_id or not offer.given:
            continue
        away = storage.people.therapist_by_id(turn.tx, offer.from_id)
        assert offer.answered_at is not None
        assert offer.first_day is not None
        assert offer.until_day is not None
        if _goes_on(turn, offer, away) and (no_at is None or offer.answered_at > no_at):
            since = diary.sharing.begins_at(offer.first_day, away.zone, offer.answered_at)
            times.append(StandIn(since, diary.sharing.ends_at(offer.until_day, away.zone), offer.until_day))
    return diary.offers.together(times) if times else None


def for_a_time(share: Share, time: StandIn) -> Share:
    return replace(share, since=time.since, ended_at=time.ends_at, until_day=time.until_day)


def _no(turn: Turn, patient: Patient, offer: Offer, asks: Therapist, new: Therapist) -> None:
    """Who asked hears that it was not shared, and nothing else; of a holiday there are only numbers."""
    share = storage.sharing.find(turn.tx, patient.id, asks.id)
    if offer.kind is not Kind.DEPUTY and share is not None:
        say = turn.words_of(asks.chat_id)
        told = chat.offers.said_no(share.label, new.name, say, sees=stands(turn, offer))
        turn.say(told, to=asks.chat_id, patient_id=patient.id)


# --- after a therapist left -----------------------------------------------------------------------------------


def after_leaving(turn: Turn, left: Therapist, patient: Patient, *, stood_in: bool) -> bool:
    """Tell a patient that their therapist has left, and ask who shall see the diary now; False: there is no chat.

    `stood_in`: it was somebody's deputy, so there is nothing to ask.
    """
    account = storage.people.find_account(turn.tx, patient.chat_id)
    if account is None or patient.stage in (Stage.FORGETTING, Stage.IMPORTED):
        return False
    say = words_in(account.language, patient.home)
    if stood_in:
        _to_patient(turn, patient, _after_leaving(turn, 0, left, patient, 0, say, ask=False))
        return True
    number = storage.offers.add(turn.tx, patient.id, Kind.LEFT, left.id, None, turn.now)
    message = _after_leaving(turn, number, left, patient, 0, say)
    _to_patient(turn, patient, message)
    return True


def _after_leaving(
    turn: Turn, number: int, left: Therapist, patient: Patient, page: int, say: Words, *, ask: bool = True
) -> Message:
    seeing = storage.sharing.readers_of(turn.tx, patient.id, turn.now)
    others = [(storage.people.therapist_by_id(turn.tx, it.therapist_id).name, it.until_day) for it in seeing]
    # Whoever only stands in may be chosen for good.
    known = {it.therapist_id for it in seeing if it.until_day is None}
    choice = [it for it in colleagues_of(turn, patient) if ask and it.id not in known]
    return chat.offers.after_leaving(number, left.name, turn.settings.clinic_name, others, choice, page, say)


def colleagues_of(turn: Turn, patient: Patient) -> list[Therapist]:
    """The therapists of the clinic with whom a patient can share: not themselves, where they are one."""
    return [it for it in storage.offers.colleagues(turn.tx) if it.chat_id != patient.chat_id]


def pick_page(turn: Turn, tap: buttons.PickPage) -> None:
    patient, offer = _asked(turn, tap.offer)
    if patient is None or offer is None or offer.kind is not Kind.LEFT:
        turn.toast(chat.people.old_button(turn.words))
    elif offer.answered_at is not None:
        turn.edit(chat.offers.not_open_any_more(turn.words), patient_id=patient.id)
    else:
        left = storage.people.therapist_by_id(turn.tx, offer.from_id)
        message = _after_leaving(turn, tap.offer, left, patient, tap.page, turn.words)
        turn.edit(message, patient_id=patient.id)


def pick(turn: Turn, tap: buttons.PickReader) -> None:
    """Who sees the diary now that a therapist has left; or nobody for now."""
    patient, offer = _asked(turn, tap.offer)
    new = None if tap.therapist is None else storage.offers.working(turn.tx, tap.therapist)
    if patient is None or offer is None or offer.kind is not Kind.LEFT:
        turn.toast(chat.people.old_button(turn.words))
    elif offer.answered_at is not None:
        _picked_before(turn, patient, offer, tap)
    elif tap.therapist is None:
        storage.offers.answer(turn.tx, offer, False, turn.now)
        turn.edit(chat.offers.you_said_no(None, turn.words), patient_id=patient.id)
    elif new is None:
        # Left as well, in the meantime: the names as they are now.
        pick_page(turn, buttons.PickPage(tap.offer, 0))
    else:
        storage.offers.answer(turn.tx, offer, True, turn.now, new.id)
        _picked(turn, patient, offer, new)


def _picked(turn: Turn, patient: Patient, offer: Offer, new: Therapist) -> None:
    left = storage.people.therapist_by_id(turn.tx, offer.from_id)
    old = storage.sharing.find(turn.tx, patient.id, left.id)
    label = _label(turn, patient.id, new.id, turn.person_name if old is None else old.label)
    storage.sharing.put(turn.tx, Share(patient.id, new.id, label, turn.now))
    turn.consent(patient, new.id, chat.offers.WORDING, given=True)
    turn.edit(chat.offers.you_said_yes(Kind.LEFT, left.name, new.name, None, turn.words), patient_id=patient.id)
    told = chat.offers.shared_by(Kind.LEFT, label, left.name, int(patient.id), turn.words_of(new.chat_id))
    turn.say(told, to=new.chat_id, patient_id=patient.id)


def _picked_before(turn: Turn, patient: Patient, offer: Offer, tap: buttons.PickReader) -> None:
    """A second tap: the same answer where it stands, else that the question is over."""
    if offer.given is False and tap.therapist is None:
        turn.edit(chat.offers.you_said_no(None, turn.words), patient_id=patient.id)
    elif offer.given and offer.to_id == tap.therapist and offer.to_id is not None and _still_so(turn, offer):
        new = storage.people.therapist_by_id(turn.tx, offer.to_id)
        said = chat.offers.you_said_yes(Kind.LEFT, "", new.name, None, turn.words)
        turn.edit(said, patient_id=patient.id)
    else:
        turn.edit(chat.offers.not_open_any_more(turn.words), patient_id=patient.id)


# --- a patient is back ----------------------------------------------------------------------------------------


def bring_up(turn: Turn, lost_at: datetime | None) -> None:
    """Ask once more what was asked while the patient could not be reached. `lost_at`: since when; None: nothing was."""
    patient = turn.patient
    if patient is None or patient.stage is Stage.FORGETTING or lost_at is None:
        return
    for offer in storage.offers.of_patient(turn.tx, patient.id):
        # What was under way when it turned out that nothing arrives was asked a little earlier.
        if offer.answered_at is not None or offer.asked_at < lost_at - diary.days.ONE_DAY:
            continue
        asks = storage.people.therapist_by_id(turn.tx, offer.from_id)
        if offer.kind is Kind.LEFT:
            message = _after_leaving(turn, int(offer.id), asks, patient, 0, turn.words)
            turn.say(message, patient_id=patient.id)
        elif _still(turn, offer, asks) is Still.OPEN:
            turn.say(_question(turn, offer, patient, turn.words), patient_id=patient.id)


# --- for all of these -----------------------------------------------------------------------------------------


def _label(turn: Turn, patient_id: PatientId, new: TherapistId, otherwise: str) -> str:
    """What the new therapist calls the patient: as once before, else as the one who asked; nobody else is called so."""
    earlier = storage.sharing.find(turn.tx, patient_id, new)
    return panels.free(turn, new, otherwise if earlier is None else earlier.label, patient_id)
