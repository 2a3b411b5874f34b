"""Alert rules: worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.diary.alerts import (
    Act,
    Done,
    Judged,
    Limits,
    Raised,
    Rule,
    Word,
    compare,
    judge,
    noticed,
    replay,
    sore,
    word_of,
)
from bot.diary.days import ONE_DAY
from bot.diary.entries import ItemId
from bot.diary.people import TherapistId
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


def test_a_look_adds_what_is_new_and_names_what_is_gone() -> None:
    here, limits = START, Limits()
    raised = Raised(Rule.ROSE, here, (7, 8), 4.2, 6, False)
    sore_one = replace(raised, after_session=True)
    one, two = ItemId(1), ItemId(2)
    stands = {one: noticed(one, raised, limits)}
    new = compare({one: raised, two: None}, {}, [], limits)
    assert [(it.item_id, it.limit, it.second) for it in new.put] == [(one, 2, here + ONE_DAY)]
    assert new.gone == ()
    assert compare({one: raised}, {}, [one], limits) == Judged((), ()), "another day has alerted of it"
    assert compare({one: raised}, stands, [one], limits) == Judged((), ()), "it stands already"
    assert compare({one: raised}, stands, [], Limits(1, 6)) == Judged((), ()), "the same figures"
    assert compare({one: replace(raised, scores=(7, 9))}, stands, [one], limits).put[0].scores == (7, 9)
    assert compare({one: None}, stands, [], limits).gone == (one,)
    assert compare({}, stands, [], limits).gone == (one,)
    assert compare({one: sore_one}, stands, [], limits) == Judged((), ()), "a needling takes nothing back"
    assert compare({two: sore_one}, {}, [], limits) == Judged((), ())
    entered = Raised(Rule.ENTERED, here, (7, 7), 6.0, 6, False)
    assert noticed(one, entered, Limits(2, 6)).limit == 6


def test_the_patient_hears_each_thing_once_of_each_therapist() -> None:
    ito, roy = TherapistId(1), TherapistId(2)

    def done(act: Act, by: TherapistId = ito) -> Done:
        return Done(by, "Dr", act, None, datetime(2026, 3, 2, tzinfo=UTC))

    assert word_of(Act.TOLD, [], ito) is None
    assert word_of(Act.SEEN, [done(Act.TOLD)], ito) is Word.SEEN
    assert word_of(Act.NOTE, [done(Act.TOLD)], ito) is Word.SEEN
    assert word_of(Act.NOTE, [done(Act.SEEN)], ito) is None
    assert word_of(Act.WILL_CALL, [done(Act.SEEN)], ito) is Word.WILL_CALL
    assert word_of(Act.NOTE, [done(Act.WILL_CALL)], ito) is None
    assert word_of(Act.SEEN, [done(Act.WILL_CALL)], roy) is Word.SEEN
