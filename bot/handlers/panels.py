"""A therapist looks for a patient, names one, turns a page, or wants the summary at another hour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Final

from bot import chat, diary, reports, storage
from bot.chat import buttons, typed, typed_times
from bot.diary.accesses import What
from bot.diary.people import MAX_LABEL, PatientId, Role, Therapist, TherapistId
from bot.handlers import digests
from bot.handlers.turn import Turn
from bot.reports.recipes import Others, Pictures

EXPECT_SEARCH: Final = "search"
EXPECT_RENAME: Final = "rename:"
EXPECT_HOUR: Final = "digest:"
EXPECTS: Final = (EXPECT_SEARCH, EXPECT_RENAME, EXPECT_HOUR)
MOST_BUTTONS: Final = 90


def _therapist(turn: Turn) -> Therapist | None:
    """Who taps, if a therapist; else the button is answered and that is all."""
    if turn.therapist is None:
        turn.toast(chat.people.old_button(turn.words))
    return turn.therapist


def others(turn: Turn, tap: buttons.Others) -> None:
    """From a digest the first page is a new message, since a digest is never edited."""
    if _therapist(turn) is None:
        return
    message = reports.recipes.message(Others(tap.page), turn.words)
    if tap.page == 0:
        turn.say(message)
    else:
        turn.edit(message)


def back_to_others(turn: Turn, _: buttons.BackToOthers) -> None:
    if _therapist(turn) is not None:
        turn.edit(reports.recipes.message(Others(0), turn.words))


def picture(turn: Turn, tap: buttons.PanelPicture) -> None:
    if _therapist(turn) is None:
        return
    message = reports.recipes.message(Pictures(tap.page), turn.words)
    if tap.anew:
        turn.say(message)
    else:
        turn.edit_picture(message)


# --- search -------------------------------------------------------------------------------------------------------


def ask_search(turn: Turn, _: buttons.SearchPatient) -> None:
    if _therapist(turn) is not None:
        turn.expect(EXPECT_SEARCH)
        turn.say(chat.panels.ask_search(turn.words))


def search(turn: Turn, therapist: Therapist, said: str) -> None:
    """Everyone who has `said` in the name or code; of one the card."""
    said = " ".join(said.split())
    if not _shown(turn, said, _fitting(turn, therapist, said)):
        turn.say(chat.panels.no_hit(said[:MAX_LABEL], turn.words))


def named(turn: Turn, said: str) -> bool:
    """A text that nobody waits for: whether a therapist has typed part of a patient's name or code, who then comes."""
    said = " ".join(said.split())
    return turn.therapist is not None and _shown(turn, said, _fitting(turn, turn.therapist, said))


def _fitting(turn: Turn, therapist: Therapist, said: str) -> list[tuple[int, str]]:
    wanted = typed.folded(said)
    return [
        (int(one), label)
        for one, label, code in storage.panels.names(turn.tx, therapist.id, turn.now)
        if wanted in typed.folded(" ".join(label.split())) or (code is not None and wanted in typed.folded(code))
    ]


def _shown(turn: Turn, said: str, found: list[tuple[int, str]]) -> bool:
    """The card of the only hit, or of the only one that has just this name; else all of them by name."""
    exact = [hit for hit in found if typed.folded(hit[1]) == typed.folded(said)]
    if len(found) == 1 or len(exact) == 1:
        digests.card(turn, buttons.Card((exact or found)[0][0]))
    elif found:
        turn.say(chat.panels.hits(said[:MAX_LABEL], sorted(found, key=lambda hit: hit[1].casefold()), turn.words))
    return bool(found)


# --- names --------------------------------------------------------------------------------------------------------


def rename(turn: Turn, said: str) -> None:
    """`/rename`, `/rename Ada`, or at once: `/rename Ada = Ada L`."""
    therapist = turn.therapist
    if therapist is None:
        turn.say(chat.people.not_for_you(Role.THERAPIST, turn.words))
        return
    names = [(int(one), label) for one, label, _ in storage.panels.names(turn.tx, therapist.id, turn.now)]
    before, equals, after = (part.strip() for part in said.partition("="))
    if not names:
        turn.say(chat.sessions.no_patients(turn.words))
        return
    whom = [one for one, label in names if typed.folded(label) == typed.folded(" ".join(before.split()))]
    if equals and after and len(whom) == 1:
        _rename(turn, therapist, PatientId(whom[0]), after)
    elif equals and after:
        turn.say(chat.panels.nobody_called(" ".join(before.split())[:MAX_LABEL], turn.words))
    elif len(whom) == 1:
        ask_name(turn, buttons.Rename(whom[0]))
    elif len(names) > MOST_BUTTONS or said.strip():
        turn.say(chat.panels.rename_typed(turn.words))
    else:
        turn.say(chat.panels.rename_whom(sorted(names, key=lambda name: name[1].casefold()), turn.words))


def ask_name(turn: Turn, tap: buttons.Rename) -> None:
    found = digests._shared(turn, tap.patient)
    if found is not None:
        turn.expect(f"{EXPECT_RENAME}{tap.patient}")
        turn.say(chat.panels.ask_name(found[1].label, turn.words))


def _rename(turn: Turn, therapist: Therapist, patient_id: PatientId, said: str) -> bool:
    """Whether the question is answered; else the name was empty, too long, or another patient's."""
    found = digests._shared(turn, patient_id)
    if found is None:
        turn.say(chat.sessions.not_shared(turn.words))
        return True
    label, before = " ".join(said.split()), found[1].label
    if not label:
        turn.say(chat.panels.ask_name(before, turn.words))
        return False
    if len(label) > MAX_LABEL:
        turn.say(chat.people.label_too_long(MAX_LABEL, turn.words))
        return False
    if label == before:
        turn.say(chat.panels.called_so(label, turn.words))
        return True
    if taken(turn, therapist, label, patient_id):
        turn.say(chat.panels.name_taken(label, turn.words))
        return False
    storage.panels.rename(turn.tx, patient_id, therapist.id, label)
    storage.accesses.add(turn.tx, therapist.id, What.RENAMED, turn.now, patient_id)
    turn.say(chat.panels.renamed(before, label, int(patient_id), turn.words), patient_id=patient_id)
    return True


def taken(turn: Turn, therapist: Therapist, label: str, but: PatientId | None = None) -> bool:
    """Whether the therapist calls another patient so."""
    wanted = typed.folded(" ".join(label.split()))
    names = storage.panels.names(turn.tx, therapist.id, turn.now)
    return any(typed.folded(" ".join(name.split())) == wanted for one, name, _ in names if one != but)


def free(turn: Turn, therapist_id: TherapistId, label: str, patient_id: PatientId) -> str:
    """The label, or where another patient of the therapist has it, the next one like it: "Ada 2"."""
    shares = storage.sharing.all_of(turn.tx, therapist_id, turn.now)
    return unlike([it.label for it in shares if it.patient_id != patient_id], label)


def unlike(others: Sequence[str], name: str) -> str:
    """The name, or where one of the others is the same to the eye, the next one like it."""
    known = {typed.folded(" ".join(other.split())) for other in others}
    found, number = name, 1
    while typed.folded(" ".join(found.split())) in known:
        number += 1
        found = f"{name[: MAX_LABEL - 1 - len(str(number))].rstrip()} {number}"
    return found


# --- the hour of the summary --------------------------------------------------------------------------------------


def ask_day(turn: Turn, _: buttons.DigestDay) -> None:
    therapist = _therapist(turn)
    if therapist is None:
        return
    weekday, wall = hours(turn, therapist)
    due = therapist.next_digest_at
    there = None if due is None else diary.days.local(_free(turn, therapist, weekday, wall), therapist.zone)
    turn.say(chat.panels.choose_day(weekday, wall, there, turn.words))


def ask_hour(turn: Turn, tap: buttons.DigestOn) -> None:
    if _therapist(turn) is None:
        return
    if not 0 <= tap.day <= 6:
        turn.toast(chat.people.old_button(turn.words))
        return
    turn.edit(chat.panels.choose_hour(tap.day, turn.words))


def type_hour(turn: Turn, tap: buttons.TypeDigestHour) -> None:
    if _therapist(turn) is None:
        return
    if not 0 <= tap.day <= 6:
        turn.toast(chat.people.old_button(turn.words))
        return
    turn.expect(f"{EXPECT_HOUR}{tap.day}")
    turn.edit(chat.panels.type_hour(turn.words))


def put_hour(turn: Turn, tap: buttons.DigestAt) -> None:
    therapist = _therapist(turn)
    if therapist is None:
        return
    if not 0 <= tap.day <= 6:
        turn.toast(chat.people.old_button(turn.words))
        return
    turn.edit(_kept(turn, therapist, tap.day, tap.at))


def typed_day(turn: Turn, therapist: Therapist, said: str) -> bool:
    """`/digest friday 16:45`: whether it was that."""
    name, _, hour = said.strip().partition(" ")
    day, at = typed_times.weekday(name), typed_times.wall_time(hour)
    if day is None or not isinstance(at, typed_times.Time):
        return False
    turn.say(_kept(turn, therapist, day, at.at))
    return True


def hours(turn: Turn, therapist: Therapist) -> tuple[int, time]:
    """The day and the hour of this therapist's summary: their own, or the clinic's."""
    settings = turn.settings
    weekday = settings.digest_weekday if therapist.digest_weekday is None else therapist.digest_weekday
    return weekday, therapist.digest_time or settings.digest_time


def _kept(turn: Turn, therapist: Therapist, weekday: int, wall: time) -> chat.messages.Message:
    at = _free(turn, therapist, weekday, wall)
    storage.panels.put_hour(turn.tx, therapist.id, weekday, wall, at)
    told = at > diary.days.next_weekly(turn.now, therapist.zone, weekday, wall)
    return chat.panels.hour_kept(weekday, wall, diary.days.local(at, therapist.zone), turn.words, told=told)


def _free(turn: Turn, therapist: Therapist, weekday: int, wall: time) -> datetime:
    """The next such hour whose week has had no summary yet."""
    at = turn.now
    while True:
        at = diary.days.next_weekly(at, therapist.zone, weekday, wall)
        week = diary.digests.last_week(at, therapist.zone, diary.days.CUT_OFF)
        if not storage.digests.claimed(turn.tx, therapist.chat_id, Role.THERAPIST, week):
            return at


# --- what is typed ------------------------------------------------------------------------------------------------


def expected(turn: Turn, expecting: str, said: str) -> None:
    """The text that one of these questions waits for."""
    therapist = turn.therapist
    if therapist is None:
        turn.expect(None)
    elif expecting == EXPECT_SEARCH:
        turn.expect(None)
        search(turn, therapist, said)
    elif expecting.startswith(EXPECT_RENAME):
        if _rename(turn, therapist, PatientId(int(expecting.removeprefix(EXPECT_RENAME))), said):
            turn.expect(None)
    else:
        at = typed_times.wall_time(said)
        if not isinstance(at, typed_times.Time):
            turn.say(chat.panels.no_such_hour(turn.words))
            return
        turn.expect(None)
        turn.say(_kept(turn, therapist, int(expecting.removeprefix(EXPECT_HOUR)), at.at))
