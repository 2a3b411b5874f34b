"""What a tap carries: typed payloads that fit Telegram's 64 bytes and refuse whatever is not one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import date, time
from enum import StrEnum
from typing import Any, Final, TypeVar, dataclass_transform, get_type_hints

from bot.diary.alerts import Pressing
from bot.diary.checkins import Feeling
from bot.diary.entries import Side, Symptom
from bot.diary.flares import Since
from bot.diary.looking import Span
from bot.diary.offers import Kind as Offered
from bot.diary.pauses import Reason
from bot.diary.people import Stage
from bot.diary.prompts import Later
from bot.diary.red_flags import RedFlagAnswer
from bot.diary.sessions import Kind

MAX_BYTES: Final = 64
LARGEST: Final = 253_402_300_799_999_999
"""The last microsecond of the year 9999, counted from 1970: datetime takes no more, and SQLite takes this."""


class BadTap(ValueError):
    """This payload is none of ours, or of a form that is no longer in use."""


Tap = TypeVar("Tap")
_BY_CODE: dict[str, type[Any]] = {}
_CODE_OF: dict[type[Any], str] = {}
_HINTS_OF: dict[type[Any], tuple[Any, ...]] = {}
_FORM_OF: dict[type[Any], tuple[str, tuple[str, ...]]] = {}


@dataclass_transform(frozen_default=True)
def payload(code: str) -> Callable[[type[Tap]], type[Tap]]:
    """Make a dataclass a payload that begins with `code`."""

    def enlist(kind: type[Tap]) -> type[Tap]:
        if code in _BY_CODE:
            raise ValueError(f"the code {code} is taken")
        made = dataclass(frozen=True, slots=True)(kind)
        _BY_CODE[code], _CODE_OF[made] = made, code
        return made

    return enlist


def pack(tap: object) -> str:
    """The payload as text. Raises ValueError when it is longer than a button may carry."""
    code, names = _form_of(type(tap))
    data = ":".join([code, *(_text(getattr(tap, name)) for name in names)])
    if len(data.encode()) > MAX_BYTES:
        raise ValueError("this payload is longer than a button may carry")
    return data


def unpack(data: str) -> Any:
    """The payload in a text. Raises BadTap for anything else."""
    code, *parts = data.split(":")
    kind = _BY_CODE.get(code)
    if kind is None:
        raise BadTap("unknown button")
    hints = _hints(kind)
    if len(parts) != len(hints):
        raise BadTap("unknown form of a button")
    try:
        tap = kind(*(_value(hint, part) for hint, part in zip(hints, parts, strict=True)))
        if pack(tap) == data:
            return tap
    except (ValueError, KeyError):
        pass
    # Only what we would write ourselves is ours: no other spelling of a number, nothing behind a date.
    raise BadTap("unreadable button")


def _hints(kind: type[Any]) -> tuple[Any, ...]:
    """The types of a payload's fields, in their order; kept, since working them out takes longer than all the rest."""
    if kind not in _HINTS_OF:
        hints = get_type_hints(kind)
        _HINTS_OF[kind] = tuple(hints[field.name] for field in fields(kind))
    return _HINTS_OF[kind]


def _form_of(kind: type[Any]) -> tuple[str, tuple[str, ...]]:
    """The code of a payload and the names of its fields."""
    if kind not in _FORM_OF:
        _FORM_OF[kind] = _CODE_OF[kind], tuple(field.name for field in fields(kind))
    return _FORM_OF[kind]


def code_of(kind: type[Any]) -> str:
    """The first part of the payload of this kind."""
    return _CODE_OF[kind]


def _text(value: object) -> str:
    if type(value) is int:
        return str(value)
    match value:
        case None:
            return ""
        case date():
            return f"{value.year:04}{value.month:02}{value.day:02}"
        case time():
            return value.strftime("%H%M")
        case bool():
            return "1" if value else "0"
        case _:
            return str(value)


def _value(hint: Any, part: str) -> Any:
    optional = getattr(hint, "__args__", ())
    if optional:
        if part == "":
            return None
        hint = optional[0]
    if hint is date:
        return date(int(part[:4]), int(part[4:6]), int(part[6:8]))
    if hint is time:
        return time(int(part[:2]), int(part[2:4]))
    if hint is bool:
        return {"1": True, "0": False}[part]
    if hint is int:
        number = int(part)
        if abs(number) > LARGEST:
            raise ValueError("no number of ours is so large")
        return number
    return hint(part)


# --- the diary ------------------------------------------------------------------------------------------------


@payload("s")
class Score:
    """A score for an item on a day; no value: skip this one."""

    day: date
    item: int
    value: int | None


def scale(day: date, item: int, values: Iterable[int]) -> list[str]:
    """A Score for each of the values, packed; their beginning is the same and is packed once."""
    skip = pack(Score(day, item, None))
    return [f"{skip}{value}" for value in values]


@payload("no")
class NotToday:
    day: date


@payload("go")
class Resume:
    """Show the day: its open question, or what was stored."""

    day: date


@payload("ch")
class Change:
    """Choose what to correct."""

    day: date


@payload("ci")
class ChangeItem:
    day: date
    item: int


@payload("nt")
class AddNote:
    day: date


@payload("nn")
class NoNote:
    """The patient does not want to write a note after all."""


@payload("nu")
class UndoNote:
    note: int


@payload("mv")
class MoveScores:
    """What was typed was meant for the other day.

    `since` is when it was entered, in microseconds of the epoch; `items` has a bit for each item, in the order in which
    the patient's items were added: that never changes, whatever is added, ended or moved later.
    """

    from_day: date
    to_day: date
    since: int
    items: int


MOST_BITS: Final = LARGEST.bit_length() - 1
"""How many items the bits of MoveScores can tell apart."""


class Whose(StrEnum):
    OWN = "own"
    PANEL = "panel"


@payload("wk")
class Week:
    whose: Whose


# --- people ---------------------------------------------------------------------------------------------------


@payload("en")
class Enrol:
    """An answer to one step of the enrolment."""

    stage: Stage
    answer: str


@payload("la")
class Language:
    code: str


@payload("bt")
class BecomeTherapist:
    """The clinic admin treats patients too."""


@payload("tn")
class RenameTherapist:
    """The therapist wants patients to read another name."""


# --- the panel ------------------------------------------------------------------------------------------------


@payload("pc")
class Card:
    patient: int


@payload("pn")
class Notes:
    patient: int


@payload("ap")
class AllPatients:
    """The first page of the panel, as a new message."""


@payload("pl")
class Panel:
    page: int


# --- treatment sessions ---------------------------------------------------------------------------------------


NO_SIDE: Final = "-"


def side_of(text: str) -> Side | None:
    return None if text == NO_SIDE else Side(text)


# --- later and pauses ---------------------------------------------------------------------------------------------


@payload("lt")
class AskLater:
    """When else shall this be asked?"""

    day: date


@payload("ls")
class Snooze:
    day: date
    later: Later


@payload("pa")
class Pause:
    """Pause the diary from the day `since` on, up to `until`, the first day that is asked again; None: until further
    notice."""

    since: date
    until: date | None


@payload("pd")
class PauseDates:
    """Choose a date, or type it."""


@payload("pr")
class PauseReason:
    pause: int
    reason: Reason


@payload("pb")
class Back:
    """The patient is back from a pause."""


# --- settings -----------------------------------------------------------------------------------------------------


class Screen(StrEnum):
    """A page of the settings."""

    ALL = "all"
    WEEKDAYS = "weekdays"
    WEEKENDS = "weekends"
    QUIET = "quiet"
    REMINDER = "reminder"
    LANGUAGE = "language"


class Days(StrEnum):
    """Which days an hour is for."""

    WEEKDAYS = "weekdays"
    WEEKENDS = "weekends"


class Use(StrEnum):
    """What a place is to the patient."""

    HOME = "home"
    JOURNEY = "journey"


class Clock(StrEnum):
    """The clock that a traveller is asked by."""

    THERE = "there"
    HOME = "home"


class Continent(StrEnum):
    EUROPE = "EU"
    AFRICA = "AF"
    ASIA = "AS"
    NORTH_AMERICA = "NA"
    SOUTH_AMERICA = "SA"
    OCEANIA = "OC"


@payload("zs")
class Settings:
    screen: Screen


@payload("zh")
class AskAt:
    """The evening hour; None, of weekends only: the same as on weekdays."""

    on: Days
    at: time | None


@payload("zt")
class TypeHour:
    """The hour will be typed."""

    on: Days


@payload("zq")
class QuietHours:
    """No `start`: no quiet hours. No `end`: it is asked next."""

    start: time | None
    end: time | None


@payload("zu")
class TypeQuiet:
    """The begin of the quiet hours will be typed, or where there is a `start` already, their end."""

    start: time | None


@payload("zr")
class RemindAfter:
    """Minutes; 0: no reminder."""

    minutes: int


@payload("zl")
class LargeButtons:
    large: bool


@payload("zg")
class Speak:
    """A language, chosen on its page of the settings."""

    code: str


@payload("zz")
class AskPlace:
    """Where do you live, or where are you?"""

    use: Use


@payload("zc")
class Cities:
    """The list of places; no continent: the continents."""

    use: Use
    continent: Continent | None
    page: int


@payload("zp")
class Live:
    """The patient lives there."""

    zone: str


@payload("zj")
class Travel:
    """The patient is there on a journey; no clock: by which one shall they be asked?"""

    clock: Clock | None
    zone: str


@payload("zb")
class BackHome:
    """The journey is over."""


# --- items --------------------------------------------------------------------------------------------------------


@payload("it")
class Items:
    """What is asked of a patient; no patient: one's own diary."""

    patient: int | None


@payload("io")
class OneItem:
    """What can be done about one item."""

    patient: int | None
    item: int


@payload("ia")
class AddItem:
    """An item as far as it is chosen; the first thing missing is asked next. "-" where it has no site, or no side."""

    patient: int | None
    symptom: Symptom | None
    site: str | None
    side: str | None


NO_SITE: Final = "-"
MAX_SITE: Final = 24
"""Bytes of a body site in somebody's own words. A button of AddItem has room for a few more, a chart hardly."""


@payload("ip")
class TypePlace:
    """The body site will be typed."""

    patient: int | None
    symptom: Symptom


@payload("im")
class MoveItem:
    """Ask an item as number `place` (from 0) of those that are asked."""

    patient: int | None
    item: int
    place: int


@payload("ix")
class EndItem:
    """Ask no more about an item; `sure`: the question whether to was answered with yes."""

    patient: int | None
    item: int
    sure: bool


@payload("ig")
class ItemAgain:
    """Go on asking about an item that was ended."""

    patient: int | None
    item: int


# --- flares and red flags -----------------------------------------------------------------------------------------


@payload("fl")
class Flare:
    """A flare as far as it is known; the first thing missing is asked next. `day` is the one it is noted on."""

    day: date
    item: int | None
    score: int | None
    since: Since | None


@payload("fa")
class FlareAt:
    """A flare that began at an instant, in minutes of the epoch."""

    day: date
    item: int
    score: int
    minute: int


@payload("fn")
class NoFlare:
    """The patient does not want to note a flare after all."""


@payload("fu")
class UndoFlare:
    flare: int


@payload("rf")
class RedFlag:
    """What the patient says to a card that their words brought up."""

    flag: int
    answer: RedFlagAnswer


# --- looking back -------------------------------------------------------------------------------------------------


@payload("lc")
class Chart:
    """The chart, as far back as this, up to the present day."""

    span: Span


@payload("lm")
class Month:
    """The calendar of the month that begins with this day."""

    month: date


class OnSheet(StrEnum):
    """Whether the patient's notes are on the visit sheet; ASK: that is still to be chosen."""

    ASK = "ask"
    NO_NOTES = "bare"
    NOTES = "notes"


@payload("lr")
class Report:
    """The visit sheet of so many weeks."""

    weeks: int
    notes: OnSheet


# --- own data -----------------------------------------------------------------------------------------------------


@payload("or")
class Readers:
    """Who sees the diary, shown anew."""


@payload("os")
class StopSharing:
    therapist: int


@payload("oa")
class AskSharing:
    """Share with this therapist? Asked once more, since it is the whole diary."""

    therapist: int


@payload("oy")
class Share:
    therapist: int


class When(StrEnum):
    LATER = "later"
    NOW = "now"


@payload("oc")
class CopyFirst:
    """A copy of everything before it is deleted."""


@payload("of")
class Forget:
    """The word was typed; counts only as long as nothing else was said since."""

    when: When


@payload("ok")
class KeepDiary:
    """Delete nothing after all."""


@payload("ob")
class TakeBack:
    """The wish to be forgotten is taken back within its week."""


@payload("on")
class ForgetSooner:
    """Do not wait for the end of the week."""


# --- help ---------------------------------------------------------------------------------------------------------


class HelpPage(StrEnum):
    FIRST = "first"
    MORE = "more"


@payload("hp")
class Help:
    """Another page of the help, in the place of the one shown."""

    page: HelpPage


@payload("do")
class Run:
    """What typing this command, without the stroke, would do."""

    command: str


# --- panel ----------------------------------------------------------------------------------------------------------


@payload("jo")
class Others:
    """A page of those whom the summary has no card for; the first one as a new message, since a summary that was sent
    is never edited."""

    page: int


@payload("jb")
class BackToOthers:
    """Their first page again, in the place of a later one."""


@payload("jp")
class PanelPicture:
    """Another picture of small charts; `anew`: as a new message, since a summary that was sent is never edited."""

    page: int
    anew: bool


@payload("js")
class SearchPatient:
    """Type part of a name."""


@payload("jn")
class Rename:
    """Another name for a patient; typed next."""

    patient: int


@payload("jw")
class DigestDay:
    """On which day shall the weekly summary come?"""


@payload("jd")
class DigestOn:
    """And at what hour? `day`: 0 is Monday."""

    day: int


@payload("jh")
class DigestAt:
    day: int
    at: time


@payload("jt")
class TypeDigestHour:
    day: int


# --- sessions, check-ins --------------------------------------------------------------------------------------------


class Done(StrEnum):
    """What was done in a session, in one letter: with the patient's number, a date and the places there is no more
    room."""

    NEEDLING = "n"
    STIMULATION = "s"
    OTHER = "o"
    NAMED = "w"
    """Something else, whose name is typed."""

    @property
    def kind(self) -> Kind:
        return {Done.NEEDLING: Kind.NEEDLING, Done.STIMULATION: Kind.NEEDLING_STIMULATION}.get(self, Kind.OTHER)


@payload("sn")
class Session:
    """A session as far as it is known; the first thing missing is asked next. `places`: a bit for each button of
    chat/sessions.py, as they stand after this tap."""

    patient: int
    day: date | None = None
    done: Done | None = None
    places: int | None = None


@payload("sm")
class SameSession:
    """A session like another one: all is known of it but, perhaps, its day."""

    patient: int
    like: int
    day: date | None


@payload("sl")
class LogSession:
    """All is known of a session that is to be logged, but the name of a NAMED one, which is typed next."""

    patient: int
    day: date
    done: Done
    places: int


@payload("sd")
class SessionDate:
    """The date will be typed. `like`: of a session like that one."""

    patient: int
    like: int | None = None


@payload("sp")
class SessionPatients:
    """Whose treatment? One page of the names."""

    page: int


@payload("ss")
class Sessions:
    """The treatments of a patient, a page of them."""

    patient: int
    page: int


@payload("so")
class OneSession:
    """One treatment with what became of it."""

    patient: int
    session: int


class Part(StrEnum):
    """What of a session is to be corrected."""

    DAY = "day"
    DONE = "done"
    PLACES = "places"
    NOTE = "note"
    TYPED_DAY = "typed"
    NO_NOTE = "bare"


@payload("sc")
class CorrectSession:
    """Ask for another value of a part; none: of which?"""

    patient: int
    session: int
    part: Part | None


@payload("sk")
class SessionOn:
    """A session was on another day."""

    patient: int
    session: int
    day: date


@payload("sh")
class SessionWas:
    """Something else was done in it."""

    patient: int
    session: int
    done: Done


@payload("sz")
class SessionAt:
    """It was at other places, as they stand after this tap; they count once it is `sure`."""

    patient: int
    session: int
    places: int
    sure: bool


@payload("sx")
class DeleteSession:
    """`sure`: the question whether to was answered with yes."""

    patient: int
    session: int
    sure: bool


@payload("sy")
class ConfirmSession:
    """What the patient reported is right."""

    patient: int
    session: int


@payload("sr")
class ReportSession:
    """A treatment that a patient reports, as far as it is known."""

    day: date | None
    done: Done | None


@payload("st")
class ReportDate:
    """The date of it will be typed."""


@payload("sw")
class UndoReport:
    """Take back a treatment that one has reported."""

    session: int


@payload("sq")
class CheckIn:
    """What a patient says to a check-in; nothing: show its answers again."""

    checkin: int
    feeling: Feeling | None


# --- course ---------------------------------------------------------------------------------------------------------


@payload("kc")
class Course:
    """Before and after treatment of a patient, for a therapist: this page of it, or the first one as a new message."""

    patient: int
    page: int | None


@payload("ko")
class OwnCourse:
    """The same of one's own diary."""

    page: int | None


# --- alerts ---------------------------------------------------------------------------------------------------------


class OwnHours(StrEnum):
    """When a therapist is told of alerts."""

    ANY = "any"
    USUAL = "usual"
    OTHER = "other"
    """The hours will be typed."""


@payload("aw")
class SetHours:
    to: OwnHours


class Limit(StrEnum):
    """What of the alert rules is a patient's own."""

    RISE = "rise"
    """How many points above the usual."""
    HIGH = "high"
    """Which score is high."""
    USUAL = "usual"
    """Neither: the rule's own."""


@payload("al")
class AlertLimits:
    """Show the alert limits of a patient, as a new message."""

    patient: int


@payload("az")
class SetLimit:
    """`to`: the points, or the score."""

    patient: int
    limit: Limit
    to: int


class Answered(StrEnum):
    """What a therapist does about an alert."""

    SEEN = "seen"
    WILL_CALL = "will_call"
    NOTE = "note"
    """A note will be typed."""


@payload("aa")
class AnswerAlert:
    patient: int
    alert: int
    answered: Answered


@payload("aq")
class HowUrgent:
    """What the patient says of an alert: urgent, or can it wait?"""

    alert: int
    urgency: Pressing


# --- therapists together, who saw what ------------------------------------------------------------------------------


@payload("tc")
class Colleagues:
    """To whom? `patient` None: about all patients."""

    kind: Offered
    patient: int | None
    page: int


@payload("ta")
class AskPatient:
    """Ask a patient, or all of them, whether that therapist may see the diary; `sure`: the question was answered."""

    kind: Offered
    patient: int | None
    therapist: int
    sure: bool


@payload("th")
class HandOver:
    """Whom shall another therapist take over?"""

    page: int


@payload("tx")
class LeaveIt:
    """Nobody is asked, and nothing changes."""


@payload("ty")
class AnswerOffer:
    """What the patient says to a question about who sees the diary."""

    offer: int
    given: bool


@payload("tp")
class PickReader:
    """After a therapist left: who sees the diary now; nobody, where there is no `therapist`."""

    offer: int
    therapist: int | None


@payload("tq")
class PickPage:
    """The same question with other names."""

    offer: int
    page: int


@payload("tm")
class MoreReaders:
    """The therapists of the clinic, for a patient who wants to share with another one."""

    page: int


@payload("td")
class Deputy:
    """A holiday as far as it is known; the first thing missing is asked next. `sure`: ask the patients."""

    therapist: int
    first: date | None
    until: date | None
    sure: bool


@payload("tg")
class DeputyPage:
    page: int


@payload("tt")
class DeputyDate:
    """The next date of a holiday will be typed."""

    therapist: int
    first: date | None


@payload("te")
class EndDeputy:
    """The holiday is over, or off."""

    sure: bool


@payload("tl")
class LeaveClinic:
    sure: bool


@payload("ti")
class StayHere:
    """The therapist does not leave after all."""


@payload("tv")
class Therapists:
    """The clinic admin's list."""

    page: int


@payload("tr")
class RemoveTherapist:
    therapist: int
    sure: bool


@payload("tw")
class WhoSaw:
    """The log of who saw what."""

    page: int


# --- files ----------------------------------------------------------------------------------------------------------


@payload("xo")
class OwnCopy:
    """A copy of one's own diary, for someone who treats patients too."""


@payload("xc")
class ChooseExport:
    """Whose diaries shall be written out?"""


@payload("xa")
class ExportAll:
    """The diaries of all patients of this therapist as a file."""


@payload("xp")
class ExportOne:
    patient: int


@payload("xs")
class SheetOf:
    """The visit sheet of a patient, for their therapist."""

    patient: int
    weeks: int
    notes: OnSheet
