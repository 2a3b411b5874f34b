"""A panel by hand: who needs a therapist, in which order, at the limits to the point."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.diary import digests, panels
from bot.diary.digests import Member, Reason
from bot.diary.entries import Cause, ItemId
from bot.diary.panels import OpenAlert, Stand
from bot.diary.people import PatientId
from bot.diary.trends import Trend
from tests.reports.test_digests import MONDAY_NOON, START, THIRD_WEEK, diary

AT = MONDAY_NOON - timedelta(days=2)


def alert(number: int, *, red_flag: bool = False) -> OpenAlert:
    return OpenAlert(number, THIRD_WEEK, AT, red_flag, (ItemId(1),))


def test_sixty_patients_give_exactly_these_five_in_this_order() -> None:
    """Names are such that the alphabet alone would give another order."""
    known = [
        ("Zoe", diary("4444444 4444444 4444444"), (alert(1, red_flag=True),)),
        ("Yan", diary("4444444 4444444 9999999"), (alert(2),)),
        ("Two points from 3", diary("3333333 4444444 5555555"), ()),
        ("Just below", diary("3333333 4444444 5555554"), ()),
        ("Thirty percent of 5", diary("5555555 6666666 6767..."), ()),
        ("Under thirty percent", diary("5555555 6666666 6766676"), ()),
        ("Rose", diary("6666666 3333333 5555555"), ()),
        ("Rose too", diary("6666666 3333333 5555555"), ()),
        ("Strong", diary("7777777 7777777 7777777"), ()),
        ("Three days", diary("6666666 6666666 7775555"), ()),
        ("Silent", diary("4444444 4444444 ......."), ()),
        ("N is 3", diary("3333333 3333333 555...."), ()),
        ("Paused", diary("4444444 4444444 .......", marks="a" * 14 + "P" * 7), ()),
        ("Not asked", diary("4444444 4444444 .......", marks="a" * 14 + "b" * 7), ()),
        ("Blocked", diary("4444444 4444444 .......", marks="a" * 14 + "B" * 7), ()),
    ]
    steady = diary("4444444 4444444 4444444")
    known += [(f"A steady one {n:02}", steady, ()) for n in range(60 - len(known))]
    members = [
        Member(PatientId(n), label, digests.need(told, THIRD_WEEK, MONDAY_NOON, alerts))
        for n, (label, told, alerts) in enumerate(known)
    ]
    panel = digests.panel(members)
    assert [(it.label, it.need.reason) for it in panel.needs] == [
        ("Zoe", Reason.RED_FLAG),
        ("Yan", Reason.ALERT),
        ("Two points from 3", Reason.ABOVE_BASELINE),
        ("Thirty percent of 5", Reason.ABOVE_BASELINE),
        ("Rose", Reason.ROSE),
        ("Rose too", Reason.ROSE),
        ("Strong", Reason.DAYS_AT_7),
        ("Three days", Reason.DAYS_AT_7),
        ("Blocked", Reason.SILENT),
        ("Silent", Reason.SILENT),
    ]
    assert [it.label for it in panel.first] == ["Zoe", "Yan", "Two points from 3", "Thirty percent of 5", "Rose"]
    assert panel.others[0].label == "Rose too"
    assert [it.label for it in panel.quiet] == ["N is 3"], "four days without an entry"
    assert len(panel.members) == 60
    assert "Paused" in [it.label for it in panel.steady]
    assert "Not asked" in [it.label for it in panel.steady]


def test_thirty_percent_counts_from_a_baseline_of_four_on() -> None:
    # 5.0 and 6.5 from four days; 3.5 and 4.75 are 36%, but the baseline is below 4.
    assert digests.need(diary("5555... 6565... 7766..."), THIRD_WEEK, MONDAY_NOON).reason is Reason.ABOVE_BASELINE
    assert digests.need(diary("4343... 4444... 5554..."), THIRD_WEEK, MONDAY_NOON).reason is Reason.QUIET


def test_how_it_stands_now_is_said_of_the_newest_day() -> None:
    told = diary("4444444 4444444 444444.")

    def stand(cause: Cause | None = None, **more: bool) -> Stand:
        return panels.standing(told, MONDAY_NOON, cause, **{"imported": False, "paused": False} | more).stand

    assert stand() is Stand.MISSED
    assert stand(Cause.BLOCKED) is Stand.BLOCKED
    assert stand(Cause.GONE) is Stand.GONE
    assert stand(imported=True) is Stand.IMPORTED
    assert stand(paused=True) is Stand.PAUSED
    early = MONDAY_NOON - timedelta(hours=3)
    assert panels.standing(told, early, None, imported=False, paused=False).stand is Stand.OPEN
    for mark, expected in (("x", Stand.SKIPPED), ("b", Stand.NOT_ASKED), ("P", Stand.PAUSED)):
        found = panels.standing(diary(".", marks=mark), MONDAY_NOON, None, imported=False, paused=False)
        assert found == panels.Standing(expected, START)
        assert not found.answered
    half = diary("4", ".")
    assert panels.standing(half, MONDAY_NOON, None, imported=False, paused=False).stand is Stand.PARTLY
    assert panels.standing(diary("4"), MONDAY_NOON, None, imported=False, paused=False).stand is Stand.ANSWERED
    assert panels.standing(half, MONDAY_NOON, None, imported=False, paused=False).answered, "in part, but answered"
    assert panels.standing(replace(half, days={}), MONDAY_NOON, None, imported=False, paused=False).stand is (
        Stand.WAITING
    )


def test_an_imported_diary_needs_nobody_and_a_strip_has_gaps() -> None:
    told = diary("4444444 44..... 9999999", needled=[3, 15])
    need = digests.need(told, THIRD_WEEK, MONDAY_NOON, imported=True)
    assert need.reason is Reason.IMPORTED
    (strip,) = need.strips
    assert [week.mean for week in strip.weeks] == [None] * 5 + [4.0, None, 9.0]
    assert strip.newest is not None
    assert strip.newest.mean == 9.0
    assert strip.trend is None
    assert panels.called(need.strips) is None
    assert len(need.needled) == 2
    worse = diary("2222222 2222222 2222222 2222222 2222222 2222222 7777777 7777777")
    start = THIRD_WEEK + timedelta(weeks=5)
    found = digests.need(worse, start, MONDAY_NOON + timedelta(weeks=5))
    assert found.trend is Trend.WORSE
