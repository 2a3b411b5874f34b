"""A patient says where they live, or where they are on a journey; past days stay where they were."""

from __future__ import annotations

from typing import Final

from bot import chat, diary, storage
from bot.chat import buttons
from bot.chat.buttons import Clock, Use
from bot.diary.people import Patient
from bot.diary.zones import Clocks
from bot.handlers import entries, settings
from bot.handlers.turn import Turn

EXPECT_PLACE: Final = "place:"
LONGEST_PLACE: Final = 6
"""Words; what is longer and no place is a note."""


def clocks_of(patient: Patient) -> Clocks:
    return Clocks(patient.zone, patient.home_zone, patient.local_zone)


# --- where ----------------------------------------------------------------------------------------------------


@entries.of_patient
def ask_place(turn: Turn, patient: Patient, tap: buttons.AskPlace) -> None:
    """Where do you live, or where are you?"""
    settings.listen(turn, patient, f"{EXPECT_PLACE}{tap.use}")
    turn.edit(chat.zones.ask_place(tap.use, clocks_of(patient), turn.now, turn.words), patient_id=patient.id)


@entries.of_patient
def cities(turn: Turn, patient: Patient, tap: buttons.Cities) -> None:
    """A page of the list of places; a city can be typed all the same."""
    settings.listen(turn, patient, f"{EXPECT_PLACE}{tap.use}")
    if tap.continent is None:
        message = chat.zones.continents(tap.use, _likely(turn, patient, tap.use), turn.words)
    else:
        found = chat.zones.in_order(chat.places.cities_of(tap.continent.value, turn.now), turn.words)
        message = chat.zones.cities(tap.use, tap.continent, found, tap.page, turn.words)
    turn.edit(message, patient_id=patient.id)


def _likely(turn: Turn, patient: Patient, use: Use) -> list[str]:
    """Where the patient was before, the newest first, and the clinic; not where they live."""
    known = [*reversed(storage.zones.all_of(turn.tx, patient.id)), turn.settings.default_timezone]
    home = clocks_of(patient).home
    return [zone for zone in dict.fromkeys(known) if diary.days.is_zone(zone) and zone != home][:3]


def typed_place(turn: Turn, patient: Patient, expecting: str, said: str) -> bool:
    """The city that a page asked for. False where the text is no answer to it: then it is anything else."""
    asked = settings.awaited(turn, patient, expecting)
    if asked is None:
        return False
    use = Use(asked.what.removeprefix(EXPECT_PLACE))
    found = chat.places.find(said)
    if not found and settings.is_for_the_diary(turn, patient, said, LONGEST_PLACE):
        turn.expect(None)
        return False
    if not found:
        turn.say(chat.zones.unknown_place(use, turn.words), patient_id=patient.id)
        return True
    if asked.page is not None:
        turn.retire(message_id=asked.page)
    if len(found) == 1 and chat.places.is_named(said, found[0]):
        turn.expect(None)
        put_place(turn, patient, use, found[0].zone)
    else:
        turn.say(chat.zones.which_place(use, found, turn.words), patient_id=patient.id)
    return True


def location(turn: Turn, patient: Patient, latitude: float, longitude: float) -> None:
    """A sent location, whether a page asked for it or not; only its zone is kept."""
    expecting = turn.account.expecting
    asked = None
    if expecting is not None and expecting.startswith(EXPECT_PLACE):
        asked = settings.awaited(turn, patient, expecting)
    zone = chat.places.at(latitude, longitude)
    use = None if asked is None else Use(asked.what.removeprefix(EXPECT_PLACE))
    if zone is None:
        turn.say(chat.zones.unknown_place(use or Use.JOURNEY, turn.words), patient_id=patient.id)
        return
    if asked is not None:
        turn.expect(None)
        if asked.page is not None:
            turn.retire(message_id=asked.page)
    if use is not None:
        put_place(turn, patient, use, zone)
    elif zone == patient.here:
        turn.say(chat.zones.same_clock(zone, turn.now, turn.words), patient_id=patient.id)
    else:
        turn.say(chat.zones.sent_place(zone, turn.now, turn.words), patient_id=patient.id)


def put_place(turn: Turn, patient: Patient, use: Use, zone: str) -> None:
    if use is Use.HOME:
        live(turn, buttons.Live(zone))
    else:
        travel(turn, buttons.Travel(None, zone))


# --- changes --------------------------------------------------------------------------------------------------


@entries.of_patient
def live(turn: Turn, patient: Patient, tap: buttons.Live) -> None:
    """The patient lives there; a journey is over."""
    if not diary.days.is_zone(tap.zone):
        turn.toast(chat.people.old_button(turn.words))
        return
    patient = _put(turn, patient, Clocks(tap.zone))
    settings.say_changed(turn, patient, [chat.zones.lives(clocks_of(patient), turn.now, turn.words)])


@entries.of_patient
def travel(turn: Turn, patient: Patient, tap: buttons.Travel) -> None:
    """The patient is there on a journey; by which clock is asked first."""
    clocks = clocks_of(patient)
    if not diary.days.is_zone(tap.zone):
        turn.toast(chat.people.old_button(turn.words))
    elif tap.zone == clocks.home:
        _come_home(turn, patient)
    elif tap.clock is None:
        day = diary.days.day_of(turn.now, clocks.home)
        wall = patient.hours.on(day)
        hours = [diary.days.local(diary.days.at(day, wall, zone), tap.zone) for zone in (tap.zone, clocks.home)]
        message = chat.zones.which_clock(clocks, tap.zone, (hours[0], hours[1]), turn.now, turn.words)
        turn.edit(message, patient_id=patient.id)
    else:
        patient = _put(turn, patient, clocks.abroad(tap.zone, by_home=tap.clock is Clock.HOME))
        said = chat.zones.travels(clocks_of(patient), turn.now, turn.words)
        settings.say_changed(turn, patient, said, journey=True)


@entries.of_patient
def back_home(turn: Turn, patient: Patient, _: buttons.BackHome) -> None:
    """The journey is over. Of someone who is at home already, nothing is changed."""
    _come_home(turn, patient)


def _come_home(turn: Turn, patient: Patient) -> None:
    patient = _put(turn, patient, clocks_of(patient).back())
    settings.say_changed(turn, patient, [chat.zones.welcome_home(clocks_of(patient), turn.now, turn.words)])


def _put(turn: Turn, patient: Patient, clocks: Clocks) -> Patient:
    """Go by these clocks from now on; the weekly summary keeps its date."""
    due_at = patient.next_digest_at
    if due_at is not None and clocks.zone != patient.zone:
        due_at = diary.zones.weekly(due_at, patient.zone, clocks.zone, turn.settings.digest_time)
    storage.zones.put(turn.tx, patient.id, clocks.zone, turn.now)
    patient = storage.people.change_patient(
        turn.tx,
        patient.id,
        zone=clocks.zone,
        home_zone=clocks.home_zone,
        local_zone=clocks.local_zone,
        next_digest_at=due_at,
    )
    turn.read_anew()
    settings.remind_anew(turn, patient)
    return settings.replanned(turn, patient)
