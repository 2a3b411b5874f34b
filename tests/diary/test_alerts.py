"""Alert rules: worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bot.diary.alerts import Limits, Raised, Rule, judge, replay, sore
from bot.diary.sessions import Kind, Session, SessionId

START = date(2026, 6, 1)


def scored(text: str) -> dict[date, int]:
    """One score a day from START; a dot is a gap, "x" a 10."""
    return {START + timedelta(days=at): 10 if it == "x" else int(it) for at, it in enumerate(text) if it != "."}


def session(day: date, kind: Kind) -> Session:
    return Session(SessionId(1), day, kind, None, None, datetime(2026, 6, 30, tzinfo=UTC))


def on(at: int) -> date:
    return START + timedelta(days=at)


def test_two_adjacent_days_against_the_seven_before_the_first() -> None:
    for text, expected in [
        ("333333355", Rule.ROSE),
        ("333333354", None),
        ("333333345", None),
        ("...333355", Rule.ROSE),  # four scores are enough
        ("....33355", None),  # three are not
        ("33333335.5", None),  # not adjacent
        ("333333455", None),  # the usual is 3.14: unrounded, 5 is less than 2 above it
        ("666666677", Rule.ENTERED),
        ("777777777", None),
        ("555555577", Rule.ROSE),
        ("666666676", None),
        ("9999999xx", None),
    ]:
        raised = judge(scored(text), on(7), Limits())
        assert (raised and raised.rule) == expected, text


def test_limits_of_a_patient() -> None:
    assert judge(scored("333333355"), on(7), Limits(rise=3)) is None
    assert judge(scored("555555566"), on(7), Limits(high=6)) == Raised(Rule.ENTERED, on(7), (6, 6), 5.0, 7, False)


def test_soreness_is_of_needling_only_and_lasts_three_days_after() -> None:
    needled = session(on(8), Kind.NEEDLING)
    assert [sore(on(at), [needled]) for at in (7, 8, 11, 12)] == [False, True, True, False]
    assert not sore(on(8), [session(on(8), Kind.OTHER)])
    raised = judge(scored("333333355"), on(7), Limits(), [needled])
    assert raised is not None
    assert raised.after_session


def test_one_alert_in_seven_days_and_a_marked_pair_silences_none() -> None:
    for text, needled, expected in [
        ("11111113579xxxxxx", [], [(8, False), (15, False)]),
        ("1111111555111111155", [], [(8, False), (18, False)]),
        ("1111111555", [session(on(5), Kind.NEEDLING)], [(8, True), (9, False)]),
    ]:
        found = replay(scored(text), Limits(), needled)
        assert [(one.second, one.after_session) for one in found] == [(on(at), marked) for at, marked in expected], text
