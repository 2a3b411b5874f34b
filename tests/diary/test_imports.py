"""Reading diaries kept elsewhere, and what their numbers are: worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.diary import imports, replays, summaries
from bot.diary.alerts import Limits
from bot.diary.digests import ChangeLabel, Diary
from bot.diary.entries import Cause, Day, DayState, Item, ItemId, Score, Side, Symptom, entered_late
from bot.diary.imports import Columns, WrongCell, WrongTable
from bot.diary.items import Wanted
from bot.diary.people import PatientId
from bot.summaries import as_data, as_text

TODAY = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
BURNING = Wanted(Symptom.BURNING, None, None)
PAIN = Wanted(Symptom.PAIN, None, None)
LONG = imports.long_columns(["patient", "day", "symptom", "score"], one_patient=False)


def read(*rows: str, columns: Columns = LONG, patient: str | None = None) -> imports.Reading:
    cells = [(line, row.split(",")) for line, row in enumerate(rows, 2)]
    return imports.read(cells, columns, 4, patient, TODAY)


def test_a_day_is_year_month_day_and_nothing_else() -> None:
    assert imports.day_in(" 2026-03-04 ", TODAY) == date(2026, 3, 4)
    assert imports.day_in("2026-06-01", TODAY) == TODAY
    for wrong in (
        "", "03/04/2026", "4.3.2026", "2026-3-4", "20260304", "2026-02-30", "2026-13-01", "2026-06-02", "1026-03-04",
        "2026-03-04 21:00", "yesterday", "46085", "２０２６-03-04",
    ):  # fmt: skip
        with pytest.raises(WrongCell):
            imports.day_in(wrong, TODAY)


def test_a_score_is_a_whole_number_from_0_to_10_and_nothing_is_a_gap() -> None:
    assert [imports.score_in(cell) for cell in ("0", " 10 ", "7", "", "  ")] == [0, 10, 7, None, None]
    for wrong in ("11", "-1", "7.0", "7,5", "07", "+7", "seven", "7/10", "٧", "1e1", "n/a"):
        with pytest.raises(WrongCell):
            imports.score_in(wrong)


def test_a_symptom_may_have_its_place() -> None:
    knee = Wanted(Symptom.PAIN, "knee", Side.LEFT)
    for said in ("pain: knee, left", "Pain (left knee)", "PAIN left knee", "pain_left_knee"):
        assert imports.wanted_in(said) == knee
    assert imports.wanted_in("pain", "knee", "left") == knee
    assert imports.wanted_in(imports.name_of(knee)) == knee
    assert imports.wanted_in("burning both feet") == Wanted(Symptom.BURNING, "foot", Side.BOTH)
    for said in ("left foot burning", "Left_foot_burning", "burning left foot"):
        assert imports.wanted_in(said) == Wanted(Symptom.BURNING, "foot", Side.LEFT), "either order"
    for said in ("sleep", "Sleep interference", "sleep_interference"):
        assert imports.wanted_in(said) == Wanted(Symptom.SLEEP, None, None)
    for wrong in ("", "itch", "pain left right knee", "sleep left", "pain " + "x" * 41):
        with pytest.raises(WrongCell):
            imports.wanted_in(wrong)
    for cell, site, side in (("pain", "", "up"), ("pain knee", "hip", "")):
        with pytest.raises(WrongCell):
            imports.wanted_in(cell, site, side)


def test_a_code_is_what_can_be_read() -> None:
    assert imports.patient_in(" P1 ") == "P1"
    assert imports.patient_in("'=P1") == "=P1"
    for wrong in (" ", "x" * 41, "P\x001"):
        with pytest.raises(WrongCell):
            imports.patient_in(wrong)


def test_every_bad_row_is_named_with_its_line_and_no_good_one() -> None:
    found = read(
        "P1,2026-03-02,burning,5",
        "P1,2026-03-02,pain,",
        ",,,",
        "P1,2026-02-30,pain,11",
        "P1,2026-03-03,burning,5",
        "P1,2026-03-03,burning,5",
        "P1,2026-03-04,burning,5",
        "P1,2026-03-04,burning,6",
        "P1,2026-03-04,burning,5",
        "P1,2026-03-05,itch,5.5",
        "P1,2026-03-05",
        "P1,2026-03-06,pain,0,",
    )
    assert {key[1:]: said.score for key, said in found.scores.items()} == {
        (date(2026, 3, 2), BURNING): 5,
        (date(2026, 3, 3), BURNING): 5,
        (date(2026, 3, 6), PAIN): 0,
    }
    assert [refusal.line for refusal in found.refused] == [5, 8, 9, 10, 11, 12]
    assert (found.blanks, found.repeated, found.rows) == ([3], [7], 11)
    assert "30" in found.refused[0].reason
    assert "out of range" in found.refused[0].reason
    only = read("P1,2026-03-02,pain,5", "P2,2026-03-02,pain,5", patient="P2")
    assert ([key[0] for key in only.scores], only.others) == (["P2"], 1)


def test_a_wide_row_is_taken_whole_or_not_at_all() -> None:
    columns = imports.wide_columns(["Day", " Burn", "Ache", "note"], "day", [(BURNING, "BURN"), (PAIN, "ache")])
    found = read("2026-03-02,5,11,x", "2026-03-03,5,,x", columns=columns, patient="P1")
    assert [refusal.line for refusal in found.refused] == [2]
    assert list(found.scores) == [("P1", date(2026, 3, 3), BURNING)]
    found.refuse({("P1", date(2026, 3, 3), BURNING): "known otherwise"})
    assert not found.scores
    found.refuse({})


def test_columns_that_are_not_there_are_named() -> None:
    heads = ["Day", "Burn", "burn "]
    for wrong in (
        lambda: imports.long_columns(["day", "score"], one_patient=True),
        lambda: imports.wide_columns(heads, "day", [(BURNING, "burn")]),
        lambda: imports.wide_columns(["Day", "Burn"], None, [(BURNING, "Burn")]),
        lambda: imports.wide_columns(["Day", "Burn"], "day", []),
        lambda: imports.wide_columns(["Day", "Burn"], "day", [(BURNING, "x" * 50)]),
        lambda: imports.wide_columns(["Day", "Burn"], "day", [(BURNING, "Burn"), (BURNING, "Day")]),
        lambda: imports.wide_columns(["Day", "Burn"], "day", [(BURNING, "Burn"), (PAIN, "Burn")]),
    ):
        with pytest.raises(WrongTable):
            wrong()
    assert imports.long_columns(["score", "symptom", "day"], one_patient=True).patient is None
    # Two columns of one name that nobody asks for are no trouble.
    twice = ["Day", "note", "Burn", "Note", "", ""]
    assert imports.wide_columns(twice, "day", [(BURNING, "burn")]).scores == ((2, BURNING),)
    with pytest.raises(WrongTable):
        imports.wide_columns(twice, "day", [(BURNING, "note")])


def test_a_symptom_that_comes_later_begins_later() -> None:
    first = date(2026, 3, 1)
    since = imports.followed_from({BURNING: first, PAIN: first + timedelta(days=6)}, None)
    assert set(since.values()) == {first}
    assert imports.followed_from({PAIN: first + timedelta(days=7)}, first) == {PAIN: first + timedelta(days=7)}


def test_nothing_changes_about_the_days_of_a_diary_that_is_kept_here() -> None:
    begun, march, april = date(2026, 6, 1), date(2026, 3, 1), date(2026, 4, 1)
    own = Item(ItemId(1), Symptom.PAIN, None, None, 0, begun)
    brought = imports.brought_forward(own, march, april, begun)
    assert (brought.added_day, brought.rests) == (march, ((date(2026, 4, 2), begun),))
    again = imports.brought_forward(brought, date(2026, 2, 1), date(2026, 4, 9), begun)
    assert (again.added_day, again.rests) == (date(2026, 2, 1), ((date(2026, 4, 10), begun),))
    whole = imports.brought_forward(own, march, date(2026, 5, 31), begun)
    assert (whole.added_day, whole.rests) == (march, ())
    assert imports.brought_forward(whole, march, april, begun) == whole
    ended = Item(ItemId(2), Symptom.SLEEP, None, None, 1, march, april)
    assert imports.brought_forward(ended, march, date(2026, 4, 9), begun).ended_day == date(2026, 4, 10)
    assert imports.brought_forward(own, march, april, None).added_day == march


def kept(values: str, start: date = date(2026, 3, 2)) -> Diary:
    """An imported diary of one item; "." is a day that is not there."""
    item = Item(ItemId(1), Symptom.BURNING, None, None, 0, start)
    days, scores = {}, {}
    for offset, sign in enumerate(values):
        if sign != ".":
            day = start + timedelta(days=offset)
            days[day] = Day(PatientId(1), day, "UTC", NOW, imported_at=NOW)
            scores[day, item.id] = Score(item.id, day, int(sign), NOW, imported=True)
    return Diary((item,), days, scores, (), start, "UTC")


def test_a_report_is_what_was_worked_out_by_hand() -> None:
    # 6 8 . 7 7 . 6: 34 of 5 is 6.8. Then 4 3 4 . 3 4 3, 21 of 6 is 3.5, which is 48.5% lower.
    found = summaries.summary(kept("68.77.6434.343"), NOW + timedelta(days=1))
    (it,) = found.items
    assert it.baseline is not None
    assert (it.baseline.mean, it.baseline.n, it.last7, it.last7_n) == (6.8, 5, 3.5, 6)
    assert it.change is not None
    assert (round(it.change.points, 9), it.change.label) == (-3.3, ChangeLabel.CLEARLY_BETTER)
    assert [(week.mean, week.n, week.worst, week.days_at_7) for week in it.weeks] == [(6.8, 5, 8, 3), (3.5, 6, 4, 0)]
    assert found.states[DayState.COMPLETE] == found.imported == 11
    told = as_data("P", found)
    assert (sum(told["days"].values()), told["imported_days"]) == (11, 11), "each day has one state"
    assert found.last7 == (date(2026, 3, 9), date(2026, 3, 15))
    assert summaries.as_of(kept("68"), NOW) == datetime(2026, 3, 4, 12, tzinfo=UTC)


def test_a_screen_rounds_as_the_chat_does() -> None:
    # 5 5 5 6 is 5.25. From 4 up to 4.5 it is half a point, 12.5%.
    told = as_text("P", summaries.summary(kept("5556"), NOW))
    assert "5.3, n 4" in told
    assert "+0.5 (+13%), slightly higher" in as_text("P", summaries.summary(kept("4444....454545"), NOW))


def test_days_not_asked_stand_with_their_cause() -> None:
    whole = kept("6866")
    for at, cause in ((1, Cause.BOT), (2, Cause.GONE)):
        day = date(2026, 3, 2) + timedelta(days=at)
        whole.days[day] = replace(whole.days[day], imported_at=None, not_asked=cause)  # type: ignore[index]
        whole.scores.pop((day, ItemId(1)))  # type: ignore[attr-defined]
    found = summaries.summary(whole, NOW)
    assert (found.states[DayState.NOT_ASKED], found.states[DayState.COMPLETE]) == (2, 2)
    assert as_data("P", found)["not_asked_because"] == {"bot": 1, "blocked": 0, "gone": 1}
    assert "2 not asked (1 the bot's fault, 1 chat gone)" in as_text("P", found)


def test_a_thin_diary_has_no_mean_and_an_empty_one_nothing() -> None:
    (it,) = summaries.summary(kept("777"), NOW + timedelta(days=1)).items
    assert (it.baseline, it.last7, it.last7_n, it.change, it.weeks[0].mean, it.weeks[0].worst) == (
        None, None, 3, None, None, 7,
    )  # fmt: skip
    empty = summaries.summary(kept("..."), NOW)
    assert (empty.first_day, empty.last7, empty.items) == (None, None, ())
    assert summaries.as_of(kept("."), NOW) == NOW


def test_an_imported_score_is_never_late() -> None:
    assert not any(entered_late(score, "UTC") for score in kept("555").scores.values())


def scored(values: str) -> dict[date, int]:
    return {date(2026, 3, 2) + timedelta(days=at): int(sign) for at, sign in enumerate(values) if sign != "."}


def test_the_alert_rules_are_replayed_as_they_stand() -> None:
    # Four days at 3, then two at 5: both 2 above the usual of 3. By itself the second is 1.6 above its own, 3.4.
    found = replays.course(scored("333355"), Limits())
    assert (found.jumps, found.rose, found.entered, found.alerts) == (
        [date(2026, 3, 6)], [date(2026, 3, 7)], [], [date(2026, 3, 7)],
    )  # fmt: skip
    assert replays.course(scored("33355"), Limits()).alerts == [], "three scores have no mean"
    assert replays.course(scored("3333.5.5"), Limits()).alerts == [], "the days are not adjacent"
    entering = replays.course(scored("666677"), Limits())
    assert (entering.rose, entering.entered) == ([], [date(2026, 3, 7)])
    assert replays.course(scored("777777"), Limits()).alerts == [], "it was high before"
    assert len(replays.course(scored("111199999"), Limits()).alerts) == 1, "once in seven days"
    assert replays.course(scored("333355"), Limits(rise=3)).alerts == []


def test_rates_are_per_seven_days_with_a_score_and_a_day_has_one_message() -> None:
    both = {BURNING: scored("333355"), PAIN: scored("333355.")}
    found = replays.replay({"P1": both, "P2": {PAIN: scored("44444444")}}, Limits())
    assert (found.patients, found.days, found.weeks, found.alerts, found.messages) == (2, 14, 2.0, 2, 1)
    assert replays.messages({"P1": both, "P2": {PAIN: scored("44444444")}}, Limits()) == 1
    assert set(replays.by_item({"P1": both})) == {BURNING, PAIN}
