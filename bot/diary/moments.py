"""What is open for a person at this moment, and what they most likely want to do next.

Laws:
1. What waits for an answer comes first: a pause that can end, then today, then yesterday.
2. Nobody is offered an act of a role that they do not hold.
3. There is always something to do, and never more than MOST at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from bot.diary.people import Role, Stage

MOST: Final = 3
"""Acts offered at once: a wall of buttons helps nobody."""


class Standing(StrEnum):
    """How someone stands to the clinic: which commands are theirs. One chat may have several."""

    PATIENT = "patient"
    THERAPIST = "therapist"
    ADMIN = "admin"
    ENROLLING = "enrolling"
    LEFT = "left"
    """Stopped the diary, wanted none, or has it deleted."""
    STRANGER = "stranger"


class Today(StrEnum):
    """How far the answers of the present diary day have come."""

    WAITING = "waiting"
    """Nothing is answered, and the question has not come yet."""
    OPEN = "open"
    """It was asked, and nothing is answered."""
    BEGUN = "begun"
    DONE = "done"
    DECLINED = "declined"


class Act(StrEnum):
    """Something that a button can offer."""

    COME_BACK = "come_back"
    ANSWER = "answer"
    YESTERDAY = "yesterday"
    LOOK = "look"
    """At today, to see or correct it."""
    NOTE = "note"
    WEEK = "week"
    PATIENTS = "patients"
    DIGEST = "digest"
    INVITE = "invite"
    INVITE_THERAPIST = "invite_therapist"
    BECOME_THERAPIST = "become_therapist"
    START = "start"
    URGENT = "urgent"
    PRIVACY = "privacy"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Moment:
    """What is open for someone now.

    `today`: the present diary day of someone who keeps a diary, and how far it is. `yesterday`: the day before, while
    it is open and something of it is unanswered. `on`: today by the calendar there, which at night
    is a day ahead. `paused`: nothing is asked, until the day `back` where one was named.
    `next_at`: when the next question comes, by the patient's own clock. `patients`: whether anyone shares a diary with
    this therapist.
    """

    standings: Sequence[Standing] = (Standing.STRANGER,)
    today: date | None = None
    on: date | None = None
    state: Today = Today.WAITING
    yesterday: date | None = None
    paused: bool = False
    back: date | None = None
    next_at: datetime | None = None
    patients: bool = False


def standings(roles: Collection[Role], stage: Stage | None) -> tuple[Standing, ...]:
    """How the holder of these roles stands, whose own enrolment or diary is at `stage` (None: there is none)."""
    found = [Standing(role.value) for role in (Role.PATIENT, Role.THERAPIST, Role.ADMIN) if role in roles]
    if stage in (Stage.LEFT, Stage.DECLINED, Stage.FORGETTING):
        found.append(Standing.LEFT)
    elif stage is not None and stage is not Stage.ACTIVE:
        found.append(Standing.ENROLLING)
    return tuple(found) or (Standing.STRANGER,)


def state_of_today(*, asked: bool, declined: bool, answered: int, items: int) -> Today:
    """How far a day is of whose `items` some are `answered`, skipped ones among them."""
    if items and answered >= items:
        return Today.DONE
    if declined:
        return Today.DECLINED
    if answered:
        return Today.BEGUN
    return Today.OPEN if asked else Today.WAITING


def acts(moment: Moment, most: int = MOST) -> tuple[Act, ...]:
    """What fits this moment, the likeliest first; at most `most`."""
    return tuple(dict.fromkeys(_acts(moment)))[:most]


def _acts(moment: Moment) -> Iterator[Act]:
    if Standing.PATIENT in moment.standings:
        yield from _open(moment)
    if Standing.THERAPIST in moment.standings:
        yield from (Act.PATIENTS, Act.DIGEST) if moment.patients else (Act.INVITE,)
    if Standing.ADMIN in moment.standings:
        yield Act.INVITE_THERAPIST
        if Standing.THERAPIST not in moment.standings:
            yield Act.BECOME_THERAPIST
    if Standing.PATIENT in moment.standings:
        yield from (Act.LOOK, Act.WEEK) if Act.ANSWER not in _open(moment) else (Act.WEEK,)
    if Standing.ENROLLING in moment.standings or Standing.LEFT in moment.standings:
        yield Act.START
    yield from (Act.URGENT, Act.PRIVACY)


def _open(moment: Moment) -> Iterator[Act]:
    """What waits for the patient."""
    if moment.paused:
        yield Act.COME_BACK
    elif moment.state in (Today.OPEN, Today.BEGUN):
        yield Act.ANSWER
    if moment.yesterday is not None:
        yield Act.YESTERDAY


# --- what can't be read -------------------------------------------------------------------------------------------


class Thing(StrEnum):
    """What someone sent instead of text."""

    PICTURE = "picture"
    VIDEO = "video"
    VOICE = "voice"
    FILE = "file"
    STICKER = "sticker"
    CONTACT = "contact"
    POLL = "poll"
    PLACE = "place"
    DICE = "dice"
    GAME = "game"
    FORWARDED = "forwarded"
    """Words of someone else."""
    VIA_BOT = "via_bot"
    """Words that another bot made."""
    OTHER = "other"


_MAY_SHOW_A_WOUND: Final = frozenset({Thing.PICTURE, Thing.VIDEO, Thing.FILE})
_INSTEAD_OF_WORDS: Final = _MAY_SHOW_A_WOUND | {Thing.VOICE, Thing.FORWARDED, Thing.VIA_BOT, Thing.OTHER}


def may_show_a_wound(thing: Thing) -> bool:
    """Whether the sender may hope that someone looks at it: then they are told when to get help."""
    return thing in _MAY_SHOW_A_WOUND


def acts_after(thing: Thing, moment: Moment) -> tuple[Act, ...]:
    """What fits after something that can't be kept: a note where it stood for words, help where it may be a wound."""
    keeps_a_diary = Standing.PATIENT in moment.standings
    first: list[Act] = []
    if thing in _INSTEAD_OF_WORDS and keeps_a_diary:
        first.append(Act.NOTE)
    if may_show_a_wound(thing) or (thing is Thing.VOICE and keeps_a_diary):
        first.append(Act.URGENT)
    return tuple(dict.fromkeys([*first, *acts(moment)]))[:MOST]
