"""What a tap carries: it always fits a button, reads back as it was, and whatever is not one of ours is refused."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, time
from functools import cache
from typing import Any, get_type_hints

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.chat import asked, buttons
from bot.chat.buttons import MAX_BYTES, MAX_SITE, NO_SIDE, NO_SITE, BadTap, pack, side_of, unpack
from bot.chat.help import COMMANDS
from bot.chat.people import HOURS, LATER, NO, NOW, OTHER, YES
from bot.chat.sessions import OPTIONS
from bot.chat.words import LANGUAGES
from bot.diary import days
from bot.diary.entries import HIGHEST, LOWEST, Side
from bot.diary.items import MOST_ITEMS
from bot.diary.people import Stage
from bot.diary.settings import REMINDERS

KINDS = sorted(buttons._BY_CODE.values(), key=buttons.code_of)
IDS = st.integers(1, 2**40)
"""Rows are numbered from 1 on; a clinic's never comes near a million million."""
DAYS = st.dates(date(2000, 1, 1), date(9999, 12, 31))
MICROSECONDS = st.integers(0, 253_402_300_799_999_999)
"""Of the epoch, to the end of the year 9999."""
HOURS_TYPED = st.times().map(lambda at: f"{at:%H%M}")
PLACES_TYPED = st.text("abcxyz ñáДж字-'", min_size=1).filter(lambda place: len(place.encode()) <= MAX_SITE)
ANSWERS = {
    Stage.STORE: st.sampled_from([YES, NO]),
    Stage.SHARE: st.sampled_from([YES, NO]),
    Stage.ZONE: st.sampled_from(sorted(days.zones())) | st.just(OTHER),
    Stage.HOUR: HOURS_TYPED | st.sampled_from([f"{hour:%H%M}" for hour in HOURS]),
    Stage.START: st.sampled_from([NOW, LATER]),
}
PLACE_BITS = st.integers(0, (1 << len(OPTIONS)) - 1)
FIELDS: dict[tuple[type[Any], str], st.SearchStrategy[Any]] = {
    (buttons.Score, "value"): st.none() | st.integers(LOWEST, HIGHEST),
    (buttons.MoveScores, "since"): MICROSECONDS,
    (buttons.MoveScores, "items"): st.integers(0, 63),
    (buttons.Run, "command"): st.sampled_from([command.name for command in COMMANDS]),
    (buttons.Language, "code"): st.sampled_from(sorted(LANGUAGES)),
    (buttons.Flare, "score"): st.none() | st.integers(LOWEST, HIGHEST),
    (buttons.FlareAt, "score"): st.integers(LOWEST, HIGHEST),
    (buttons.FlareAt, "minute"): st.integers(0, 253_402_300_799 // 60),
    (buttons.Panel, "page"): st.integers(0, 10**9),
    (buttons.AddItem, "site"): st.none() | st.just(NO_SITE) | st.sampled_from(asked.SITES) | PLACES_TYPED,
    (buttons.AddItem, "side"): st.none() | st.sampled_from([NO_SIDE, *(side.value for side in Side)]),
    (buttons.MoveItem, "place"): st.integers(0, MOST_ITEMS),
    (buttons.RemindAfter, "minutes"): st.sampled_from(REMINDERS),
    (buttons.Speak, "code"): st.sampled_from(sorted(LANGUAGES)),
    (buttons.Cities, "page"): st.integers(0, 10**9),
    (buttons.Live, "zone"): st.sampled_from(sorted(days.zones())),
    (buttons.Travel, "zone"): st.sampled_from(sorted(days.zones())),
    (buttons.Session, "places"): st.none() | PLACE_BITS,
    (buttons.LogSession, "places"): PLACE_BITS,
    (buttons.SessionAt, "places"): PLACE_BITS,
    (buttons.Sessions, "page"): st.integers(0, 10**9),
    (buttons.SessionPatients, "page"): st.integers(0, 10**9),
}
"""Values that their type alone does not tell."""


def values_of(kind: type[Any], name: str, hint: Any) -> st.SearchStrategy[Any]:
    if (kind, name) in FIELDS:
        return FIELDS[kind, name]
    optional = getattr(hint, "__args__", ())
    if optional:
        return st.none() | values_of(kind, name, optional[0])
    if hint is date:
        return DAYS
    if hint is time:
        return st.times().map(lambda at: at.replace(second=0, microsecond=0))
    if hint is bool:
        return st.booleans()
    if hint is int:
        return IDS
    assert issubclass(hint, str), f"say in FIELDS which values {kind.__name__}.{name} may have"
    return st.sampled_from(list(hint))


@cache
def taps_of(kind: type[Any]) -> st.SearchStrategy[Any]:
    if kind is buttons.Enrol:
        return st.sampled_from(sorted(ANSWERS)).flatmap(
            lambda stage: st.builds(buttons.Enrol, st.just(stage), ANSWERS[stage])
        )
    hints = get_type_hints(kind)
    return st.builds(kind, **{field.name: values_of(kind, field.name, hints[field.name]) for field in fields(kind)})


TAPS = st.one_of(*map(taps_of, KINDS))


# --- ours


@pytest.mark.parametrize("kind", KINDS, ids=buttons.code_of)
@given(data=st.data())
def test_every_payload_fits_and_reads_back(kind: type[Any], data: st.DataObject) -> None:
    tap = data.draw(taps_of(kind))
    packed = pack(tap)
    assert 1 <= len(packed.encode()) <= MAX_BYTES
    assert unpack(packed) == tap
    assert type(unpack(packed)) is kind


@pytest.mark.parametrize(
    "longest",
    [
        buttons.MoveScores(date(9999, 12, 31), date(9999, 12, 30), 253_402_300_799_999_999, 63),
        buttons.Session(2**40, date(9999, 12, 31), buttons.Done.NEEDLING, (1 << len(OPTIONS)) - 1),
        buttons.SameSession(2**40, 2**40, date(9999, 12, 31)),
        buttons.SessionAt(2**40, 2**40, (1 << len(OPTIONS)) - 1, True),
        buttons.Enrol(Stage.ZONE, max(days.zones(), key=len)),
        buttons.Score(date(9999, 12, 31), 2**40, 10),
        buttons.Travel(buttons.Clock.THERE, max(days.zones(), key=len)),
    ],
)
def test_the_longest_payloads_fit(longest: object) -> None:
    assert unpack(pack(longest)) == longest


def test_a_payload_that_would_not_fit_is_refused_where_it_is_made() -> None:
    with pytest.raises(ValueError, match="longer"):
        pack(buttons.Enrol(Stage.ZONE, "x" * MAX_BYTES))
    with pytest.raises(ValueError, match="longer"):
        pack(buttons.Enrol(Stage.ZONE, "é" * (MAX_BYTES // 2)))


def test_codes_are_short_and_their_own() -> None:
    codes = [buttons.code_of(kind) for kind in KINDS]
    assert len(set(codes)) == len(codes) == len(buttons._BY_CODE)
    assert all(code.isascii() and code.isalpha() and len(code) <= 2 for code in codes)
    with pytest.raises(ValueError, match="taken"):
        buttons.payload(codes[0])(type("Another", (), {}))


def test_no_value_and_nought_are_two_things() -> None:
    day = date(2026, 3, 2)
    assert pack(buttons.Score(day, 1, 0)) == "s:20260302:1:0"
    assert pack(buttons.Score(day, 1, None)) == "s:20260302:1:"
    assert unpack("s:20260302:1:").value is None
    assert unpack("s:20260302:1:0").value == 0


def test_no_side_is_not_the_side_that_is_still_to_be_asked() -> None:
    assert side_of(NO_SIDE) is None
    assert [side_of(side.value) for side in Side] == list(Side)


# --- anybody's


CODES = [buttons.code_of(kind) for kind in KINDS]
SCRAPS = st.sampled_from(
    ["", "0", "-1", "7", "20260302", "20261399", "2400", "yes", "left", "-", "zone", "own", "needling", "²", "٧", "1_0"]
)


@given(
    st.one_of(
        st.text(max_size=64),
        st.builds(lambda code, parts: ":".join([code, *parts]), st.sampled_from(CODES), st.lists(SCRAPS, max_size=6)),
        st.builds(
            lambda code, parts: ":".join([code, *parts]),
            st.sampled_from(CODES),
            st.lists(st.text(max_size=20), max_size=6),
        ),
    )
)
@example("")
@example(":")
@example("s")
@example("s:20260302:1:7:8")
@example("s::1:7")
@example("s:20260302::7")
@example("s:20260230:1:7")
@example("s:00000101:1:7")
@example("wk:everyone")
@example("en:nowhere:yes")
@example("se:1:20260302:magic:foot:left")
@example("nu:" + "9" * 5000)
@example("nu:\ud83d")
def test_a_forged_payload_is_refused_or_read_and_nothing_else(data: str) -> None:
    try:
        tap = unpack(data)
    except BadTap:
        return
    assert type(tap) in KINDS


@given(tap=TAPS, data=st.data())
def test_a_payload_with_a_piece_cut_off_or_added_is_refused(tap: object, data: st.DataObject) -> None:
    packed = pack(tap)
    with pytest.raises(BadTap):
        unpack(packed + ":")
    if ":" in packed:
        with pytest.raises(BadTap):
            unpack(packed.rpartition(":")[0])
    with pytest.raises(BadTap):
        unpack("?" + packed)


def test_times_are_written_without_a_colon() -> None:
    """A colon parts the pieces."""
    assert buttons._text(time(21, 30)) == "2130"
    assert buttons._value(time, "2130") == time(21, 30)
    assert buttons._value(bool, buttons._text(True)) is True
    assert buttons._value(bool, buttons._text(False)) is False
