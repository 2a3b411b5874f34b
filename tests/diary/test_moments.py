"""What is open at a moment, and what is offered: what waits first, nothing of another's, never a wall."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.diary.moments import (
    MOST,
    Act,
    Moment,
    Standing,
    Thing,
    Today,
    acts,
    acts_after,
    may_show_a_wound,
    standings,
    state_of_today,
)
from bot.diary.people import Role, Stage

MONDAY = date(2026, 3, 2)
SUNDAY = date(2026, 3, 1)
P, T, A = Standing.PATIENT, Standing.THERAPIST, Standing.ADMIN
OF_PATIENTS = {Act.COME_BACK, Act.ANSWER, Act.YESTERDAY, Act.LOOK, Act.NOTE, Act.WEEK}
OF_THERAPISTS = {Act.PATIENTS, Act.DIGEST, Act.INVITE}
OF_ADMINS = {Act.INVITE_THERAPIST, Act.BECOME_THERAPIST}
MOMENTS = st.builds(
    Moment,
    standings=st.lists(st.sampled_from([P, T, A]), min_size=1, unique=True)
    | st.sampled_from([[Standing.ENROLLING], [Standing.LEFT], [Standing.STRANGER]]),
    today=st.just(MONDAY),
    on=st.just(MONDAY),
    state=st.sampled_from(Today),
    yesterday=st.none() | st.just(SUNDAY),
    paused=st.booleans(),
    next_at=st.none() | st.just(datetime(2026, 3, 2, 20, tzinfo=UTC)),
    patients=st.booleans(),
)


@pytest.mark.parametrize(
    ("roles", "stage", "expected"),
    [
        ([], None, [Standing.STRANGER]),
        ([], Stage.STORE, [Standing.ENROLLING]),
        ([], Stage.START, [Standing.ENROLLING]),
        ([], Stage.LEFT, [Standing.LEFT]),
        ([], Stage.DECLINED, [Standing.LEFT]),
        ([], Stage.FORGETTING, [Standing.LEFT]),
        ([Role.PATIENT], Stage.ACTIVE, [P]),
        ([Role.ADMIN, Role.THERAPIST, Role.PATIENT], Stage.ACTIVE, [P, T, A]),
        ([Role.THERAPIST], Stage.LEFT, [T, Standing.LEFT]),
        ([Role.ADMIN], None, [A]),
    ],
)
def test_how_someone_stands(roles: list[Role], stage: Stage | None, expected: list[Standing]) -> None:
    assert list(standings(roles, stage)) == expected


@pytest.mark.parametrize(
    ("asked", "declined", "answered", "items", "state"),
    [
        (False, False, 0, 3, Today.WAITING),
        (True, False, 0, 3, Today.OPEN),
        (True, False, 1, 3, Today.BEGUN),
        (False, False, 2, 3, Today.BEGUN),
        (True, True, 1, 3, Today.DECLINED),
        (True, True, 3, 3, Today.DONE),
        (False, False, 3, 3, Today.DONE),
        (True, False, 0, 0, Today.OPEN),
    ],
)
def test_how_far_a_day_is(asked: bool, declined: bool, answered: int, items: int, state: Today) -> None:
    assert state_of_today(asked=asked, declined=declined, answered=answered, items=items) is state


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (Moment((P,), MONDAY, MONDAY, Today.OPEN), [Act.ANSWER, Act.WEEK, Act.URGENT]),
        (Moment((P,), MONDAY, MONDAY, Today.BEGUN, SUNDAY), [Act.ANSWER, Act.YESTERDAY, Act.WEEK]),
        (Moment((P,), MONDAY, MONDAY, Today.DONE), [Act.LOOK, Act.WEEK, Act.URGENT]),
        (Moment((P,), MONDAY, MONDAY, Today.WAITING, SUNDAY), [Act.YESTERDAY, Act.LOOK, Act.WEEK]),
        (Moment((P,), MONDAY, MONDAY, Today.OPEN, paused=True), [Act.COME_BACK, Act.LOOK, Act.WEEK]),
        (Moment((T,)), [Act.INVITE, Act.URGENT, Act.PRIVACY]),
        (Moment((T,), patients=True), [Act.PATIENTS, Act.DIGEST, Act.URGENT]),
        (Moment((T, A), patients=True), [Act.PATIENTS, Act.DIGEST, Act.INVITE_THERAPIST]),
        (Moment((A,)), [Act.INVITE_THERAPIST, Act.BECOME_THERAPIST, Act.URGENT]),
        (Moment((P, T), MONDAY, MONDAY, Today.OPEN, patients=True), [Act.ANSWER, Act.PATIENTS, Act.DIGEST]),
        (Moment((Standing.LEFT,)), [Act.START, Act.URGENT, Act.PRIVACY]),
        (Moment((Standing.ENROLLING,)), [Act.START, Act.URGENT, Act.PRIVACY]),
        (Moment(), [Act.URGENT, Act.PRIVACY]),
    ],
)
def test_what_waits_is_offered_first(moment: Moment, expected: list[Act]) -> None:
    assert list(acts(moment)) == expected


@given(MOMENTS, st.sampled_from([None, *Thing]))
def test_there_is_always_something_never_a_wall_and_nothing_of_another_role(moment: Moment, kind: Thing | None) -> None:
    offered = acts(moment) if kind is None else acts_after(kind, moment)
    assert 1 <= len(offered) <= MOST
    assert len(set(offered)) == len(offered)
    for standing, theirs in ((P, OF_PATIENTS), (T, OF_THERAPISTS), (A, OF_ADMINS)):
        assert standing in moment.standings or not theirs & set(offered)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Thing.PICTURE, [Act.NOTE, Act.URGENT, Act.ANSWER]),
        (Thing.FILE, [Act.NOTE, Act.URGENT, Act.ANSWER]),
        (Thing.VOICE, [Act.NOTE, Act.URGENT, Act.ANSWER]),
        (Thing.FORWARDED, [Act.NOTE, Act.ANSWER, Act.WEEK]),
        (Thing.STICKER, [Act.ANSWER, Act.WEEK, Act.URGENT]),
        (Thing.PLACE, [Act.ANSWER, Act.WEEK, Act.URGENT]),
    ],
)
def test_what_fits_after_a_thing(kind: Thing, expected: list[Act]) -> None:
    assert list(acts_after(kind, Moment((P,), MONDAY, MONDAY, Today.OPEN))) == expected


def test_a_therapists_picture_leads_to_help_and_not_into_a_diary() -> None:
    moment = Moment((T,), patients=True)
    assert list(acts_after(Thing.PICTURE, moment)) == [Act.URGENT, Act.PATIENTS, Act.DIGEST]
    assert list(acts_after(Thing.VOICE, moment)) == [Act.PATIENTS, Act.DIGEST, Act.URGENT]
    assert list(acts_after(Thing.PLACE, moment)) == [Act.PATIENTS, Act.DIGEST, Act.URGENT]


def test_what_may_show_a_wound() -> None:
    assert {kind for kind in Thing if may_show_a_wound(kind)} == {Thing.PICTURE, Thing.VIDEO, Thing.FILE}
