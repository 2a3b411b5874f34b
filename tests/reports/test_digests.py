"""The week in words: whole texts as they are sent, and the limits that they keep.

Diaries are written as text, one row per symptom and one character per day, from a Monday on: a score, "T" for
10, "s" for skipped, "." for no answer. `marks` says what became of the asking: "a" asked, "x" not today, "P"
paused, "b" not asked by the bot, "B" blocked, "G" gone, "_" not planned.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.messages import MAX_CAPTION, MAX_TEXT
from bot.chat.words import LANGUAGES, Sentence, sentence, words
from bot.diary import days
from bot.diary import digests as rules
from bot.diary.alerts import Limits
from bot.diary.digests import Diary, Member, Panel
from bot.diary.entries import Cause, Day, Item, ItemId, Note, Score, Side, Symptom
from bot.diary.flares import Flare, Since
from bot.diary.looking import Span
from bot.diary.people import PatientId
from bot.diary.sessions import Kind, Session, SessionId
from bot.reports import digests, letters, looking

LISBON = "Europe/Lisbon"
START = date(2026, 2, 16)
THIRD_WEEK = date(2026, 3, 2)
MONDAY_MORNING = datetime(2026, 3, 9, 7, 30, tzinfo=UTC)
MONDAY_NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
EN = words("en")
DEFAULT = [Symptom.BURNING, Symptom.TINGLING, Symptom.PAIN]
MARKS: dict[str, dict[str, Any]] = {
    "a": {},
    "x": {"declined_at": datetime(2026, 2, 2, tzinfo=UTC)},
    "P": {"paused": True},
    "b": {"not_asked": Cause.BOT},
    "l": {"not_asked": Cause.BOT},
    "B": {"not_asked": Cause.BLOCKED},
    "G": {"not_asked": Cause.GONE},
}


def day(number: int) -> date:
    """The first day of the diary, a Monday, is number 0; the third week begins with number 14."""
    return START + timedelta(days=number)


def diary(*rows: str, marks: str = "", needled: Iterable[int] = (), symptoms: Iterable[Symptom] = DEFAULT) -> Diary:
    rows = tuple(row.replace(" ", "") for row in rows)
    marks = marks.replace(" ", "").ljust(max(map(len, rows), default=0), "a")
    chosen = list(symptoms)
    items = tuple(Item(ItemId(n + 1), chosen[n % len(chosen)], None, None, n, START) for n in range(len(rows)))
    return Diary(
        items=items,
        days={day(n): _planned(day(n), mark) for n, mark in enumerate(marks) if mark != "_"},
        scores={
            (day(n), item.id): Score(item.id, day(n), _value(mark), days.at(day(n), time(21), LISBON))
            for item, row in zip(items, rows, strict=True)
            for n, mark in enumerate(row)
            if mark != "."
        },
        sessions=tuple(Session(SessionId(n), day(n), Kind.NEEDLING, MONDAY_MORNING) for n in needled),
        enrolled_day=START,
        zone=LISBON,
    )


def _planned(on: date, mark: str) -> Day:
    sent_at = days.at(on, time(20), LISBON) if mark in "axl" else None
    return Day(PatientId(1), on, LISBON, days.closes_at(on, LISBON), sent_at=sent_at, **MARKS[mark])


def _value(mark: str) -> int | None:
    return {"T": 10, "s": None}[mark] if mark in "Ts" else int(mark)


ADA = diary(
    "6667665 5564554 4374.4.",
    "3343333 3333323 2223.1.",
    "5655455 7555555 5584.5.",
    marks="aaaaaaa aaaaaaa aaaaPaa",
    needled=[7],
)


def to_patient(told: Diary, now: datetime = MONDAY_NOON, *therapists: str) -> list[str]:
    return str(digests.for_patient(told, THIRD_WEEK, now, EN, therapists)).split("\n")


def member(number: int, label: str, told: Diary, start: date = THIRD_WEEK, now: datetime = MONDAY_NOON) -> Member:
    return Member(PatientId(number), label, rules.need(told, start, now))


def line(told: Diary, now: datetime = MONDAY_NOON) -> str:
    (found,) = digests.lines(rules.panel([member(1, "Ada", told, now=now)]), EN)
    return str(found.text)


class _Tags(HTMLParser):
    """Fails where Telegram would: on a tag that it does not know, or one that is not closed in turn."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag == "b"
        assert not attrs
        self.opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag


def assert_well_formed(text: str) -> None:
    tags = _Tags()
    tags.feed(text)
    tags.close()
    assert not tags.opened
    assert not re.search(r"&(?!amp;|lt;|gt;|#)", text)
    assert "{" not in text.replace("{nice}", "")


# The patient's digest


def test_a_week_with_ada() -> None:
    assert to_patient(ADA, MONDAY_MORNING, "Dr Ito") == [
        "<b>Your week: Monday 2 March to Sunday 8 March</b>",
        "",
        "<b>Burning</b>: average 4.4 from 5 days. About the same as last week (4.9 from 7 days).",
        "Worst day: Wednesday (7). Days at 7 or more: 1.",
        "Compared with the week before treatment (6.0 from 7 days): slightly better, 1.6 points lower (27%).",
        "",
        "<b>Tingling</b>: average 2.0 from 5 days. About the same as last week (2.9 from 7 days).",
        "Worst day: Thursday (3). Days at 7 or more: 0.",
        "Compared with the week before treatment (3.1 from 7 days): slightly better, 1.1 points lower.",
        "",
        "<b>Pain</b>: average 5.4 from 5 days. About the same as last week (5.3 from 7 days).",
        "Worst day: Wednesday (8). Days at 7 or more: 1.",
        "Compared with the week before treatment (5.0 from 7 days): about the same, 0.4 points higher (8%).",
        "",
        "Answered 5 of 5 days asked.",
        "Paused, so not counted: Friday.",
        "Sunday is still open: you can answer until 12:00 on Monday.",
        "",
        "Thank you for your answers. Dr Ito sees the same numbers.",
    ]


def test_three_symptoms_fit_a_caption_and_six_may_not() -> None:
    text = digests.for_patient(ADA, THIRD_WEEK, MONDAY_MORNING, EN, ["Dr Ito"])
    assert digests.fits_caption(text)
    six = diary(*["6667665 5564554 4374.4."] * 6, needled=[7], symptoms=[*Symptom])
    assert not digests.fits_caption(digests.for_patient(six, THIRD_WEEK, MONDAY_MORNING, EN, ["Dr Ito"]))


def test_a_text_is_measured_as_the_reader_gets_it() -> None:
    assert digests.length(Sentence("<b>a &amp; b</b>")) == 5
    assert digests.length(sentence("😀")) == 2
    assert digests.fits_caption(Sentence("<b>" + "x" * MAX_CAPTION + "</b>"))
    assert not digests.fits_caption(Sentence("x" * (MAX_CAPTION + 1)))


def test_fewer_than_four_answers_are_shown_one_by_one() -> None:
    assert to_patient(diary("4444444 4444444 5.6.T..", "4444444 4444444 ..3....", "....... ....... .......")) == [
        "<b>Your week: Monday 2 March to Sunday 8 March</b>",
        "",
        "<b>Burning</b>: 5 on Monday, 6 on Wednesday and 10 on Friday.",
        "",
        "<b>Tingling</b>: 3 on Wednesday.",
        "",
        "<b>Pain</b>: no answers this week.",
        "",
        "An average needs answers from at least 4 days.",
        "",
        "Answered 3 of 7 days asked.",
        "",
        "Thank you for your answers.",
    ]


def test_a_week_without_answers_is_told_without_blame() -> None:
    assert to_patient(diary("4444444 4444444 .......")) == [
        "<b>Your week: Monday 2 March to Sunday 8 March</b>",
        "",
        "There are no answers from this week, so there are no numbers. That is all right.",
    ]


def test_a_week_before_the_diary_has_nothing_to_show() -> None:
    assert to_patient(diary(""), MONDAY_NOON, "Dr <Ito>") == [
        "<b>Your week: Monday 2 March to Sunday 8 March</b>",
        "",
        "Nothing was asked this week, so there are no numbers.",
        "",
        "Dr &lt;Ito&gt; sees the same numbers.",
    ]


def test_every_day_without_an_answer_is_told_for_what_it_was() -> None:
    lost = diary("4444444 4444444 4......", marks="aaaaaaa aaaaaaa axPlBGa")
    assert to_patient(lost, MONDAY_MORNING)[-5] == (
        "The bot was down, and an answer of yours for Thursday may be lost. That was our fault."
    )
    told = diary("4444444 4444444 4......", marks="aaaaaaa aaaaaaa axPbBGa")
    assert to_patient(told, MONDAY_MORNING)[-8:] == [
        "Answered 1 of 2 days asked.",
        "You chose to skip Tuesday.",
        "Paused, so not counted: Wednesday.",
        "We did not ask you on Thursday. That was our fault.",
        "Our question could not reach you on Friday and Saturday.",
        "Sunday is still open: you can answer until 12:00 on Monday.",
        "",
        "Thank you for your answers.",
    ]


def test_an_open_day_closes_by_the_patients_own_clock() -> None:
    told = diary("4444444 4444444 444444.")
    sunday = day(20)
    there = replace(told.days[sunday], zone="America/Chicago", closes_at=days.closes_at(sunday, "America/Chicago"))
    moved = replace(told, days={**told.days, sunday: there})
    assert "Sunday is still open: you can answer until 12:00 on Monday." in to_patient(moved, MONDAY_NOON)


@pytest.mark.parametrize(
    ("week", "expected"),
    [
        ("4444445", "Worst day: Sunday (5). Days at 7 or more: 0."),
        ("4474447", "Worst days: Wednesday and Sunday (7). Days at 7 or more: 2."),
        ("7874878", "Worst days: Tuesday, Friday and Sunday (8). Days at 7 or more: 6."),
        ("4444443", "Highest: 4, on 6 days. Days at 7 or more: 0."),
        ("0000000", "Days at 7 or more: 0."),
    ],
)
def test_the_worst_days(week: str, expected: str) -> None:
    assert to_patient(diary(f"4444444 4444444 {week}"))[3] == expected


@pytest.mark.parametrize(
    ("weeks", "expected"),
    [
        ("6666666 5555555 4444444", " Lower than last week (5.0 from 7 days)."),
        ("4444444 3333333 4444444", " Higher than last week (3.0 from 7 days)."),
        ("4444444 4444444 4444445", " About the same as last week (4.0 from 7 days)."),
        ("4444444 444.... 4444444", ""),
    ],
)
def test_against_last_week(weeks: str, expected: str) -> None:
    assert to_patient(diary(weeks))[2].removeprefix("<b>Burning</b>: average ") in {
        f"4.0 from 7 days.{expected}",
        f"4.1 from 7 days.{expected}",
    }


@pytest.mark.parametrize(
    ("weeks", "needled", "expected"),
    [
        ("5555555 5555555 5555555", [7], "the week before treatment (5.0 from 7 days): about the same."),
        (
            "6666666 6666666 3333333",
            [7],
            "the week before treatment (6.0 from 7 days): much better, 3.0 points lower (50%).",
        ),
        (
            "T.T.T.T 6666666 7777777",
            [7],
            "the week before treatment (10.0 from 4 days): clearly better, 3.0 points lower (30%).",
        ),
        (
            "5555555 5555555 6666666",
            [],
            "the first week (5.0 from 7 days): slightly higher, 1.0 points higher (20%).",
        ),
        (
            "5555555 5555555 7777777",
            [0],
            "the first week, already in treatment (5.0 from 7 days): higher, 2.0 points higher (40%).",
        ),
        (
            "3333333 3333333 1111111",
            [],
            "the first week (3.0 from 7 days): clearly better, 2.0 points lower.",
        ),
        ("3333333 3333333 5555555", [], "the first week (3.0 from 7 days): higher, 2.0 points higher."),
    ],
)
def test_against_the_baseline(weeks: str, needled: list[int], expected: str) -> None:
    assert to_patient(diary(weeks, needled=needled))[4] == f"Compared with {expected}"


def test_everyone_who_sees_the_diary_is_named_to_the_patient() -> None:
    assert to_patient(ADA, MONDAY_NOON, "Dr Ito", "Dr Roy")[-1].endswith("Dr Ito and Dr Roy see the same numbers.")


def test_a_patient_reads_the_same_numbers_as_the_therapist() -> None:
    card = str(digests.patient_card("Ada", ADA, THIRD_WEEK, MONDAY_MORNING, EN))
    for told in to_patient(ADA, MONDAY_MORNING):
        if told.startswith(("Worst", "Compared")):
            assert told in card


# The panel


def test_the_whole_panel() -> None:
    members = [
        member(1, "Ada <K>", ADA, now=MONDAY_MORNING),
        member(2, "Ben", diary("4444444 44..... ......."), now=MONDAY_MORNING),
        member(3, "Cleo", diary("4444444 4444444 444...."), now=MONDAY_MORNING),
        member(4, "High", diary("4445444 5555555 887777.", "3333333 3333333 3333333"), now=MONDAY_MORNING),
        member(5, "Few", diary("4444444 4444444 7.8.7..", marks="a" * 17 + "b"), now=MONDAY_MORNING),
        member(6, "Noor", diary(".", marks="_" * 20 + "a"), now=MONDAY_MORNING),
        member(7, "Pax", diary("4444444 4444444 .......", marks="a" * 14 + "P" * 7), now=MONDAY_MORNING),
    ]
    assert str(digests.for_therapist(rules.panel(members), EN)).split("\n") == [
        "Your patients: 2 Mar to 8 Mar",
        "<b>3 need you, 3 steady, 1 quiet</b>",
        "",
        "<b>Need you</b>",
        "<b>High</b>: Burning 7.3 from 6 days, 3.2 points higher (77%) than the first week (4.1 from "
        "7 days), "
        "2.3 points higher than last week, 6 days at 7 or more",
        "",
        "<b>Few</b>: Burning single scores 7, 8 and 7, 3 days at 7 or more",
        "",
        "<b>Ben</b>: no entry for 11 days, last answer 24 Feb",
        "",
        "<b>Steady</b>",
        "<b>Ada &lt;K&gt;</b>: Burning 4.4, Tingling 2.0, Pain 5.4 from 5 days; 5 of 5; paused 1 day; "
        "Pain 8 on Wednesday (usual: 5.0 from 7 days); "
        "Burning 7 on Wednesday (usual: 4.4 from 7 days)",
        "<b>Noor</b>: just started",
        "<b>Pax</b>: paused 7 days",
        "",
        "<b>Quiet</b> (3 to 6 days without an entry): Cleo (3 days)",
        "",
        "Not asked, by a failure of the bot: Few (1 day)",
        "",
        "Still open until noon of the next day: Sunday (High, Few, Ben, Cleo, Ada &lt;K&gt;, Noor)",
    ]


def test_an_empty_panel_says_what_to_do() -> None:
    assert str(digests.for_therapist(rules.panel([]), EN)) == (
        "You have no patients yet. /invite NAME makes a link for the first one."
    )
    assert digests.lines(rules.panel([]), EN) == ()


def test_a_panel_of_one() -> None:
    panel = rules.panel([member(1, "Ada", diary("4444444 4444444 4444444"))])
    assert str(digests.for_therapist(panel, EN)).split("\n") == [
        "Your patients: 2 Mar to 8 Mar",
        "<b>0 need you, 1 steady, 0 quiet</b>",
        "",
        "<b>Steady</b>",
        "<b>Ada</b>: Burning 4.0 from 7 days; 7 of 7",
    ]
    panel = rules.panel([member(1, "Ada", diary("4444444 4444444 7777777"))])
    assert "<b>1 needs you, 0 steady, 0 quiet</b>" in digests.for_therapist(panel, EN)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            diary("4444444 4444444 .......", marks="a" * 14 + "B" * 7),
            "no entry for 7 days, last answer 1 Mar, can't be reached (has blocked the bot)",
        ),
        (
            diary("4444444 4444444 444....", marks="a" * 17 + "G" * 4),
            "no entry for 4 days, last answer 4 Mar, can't be reached (Telegram account gone)",
        ),
        (diary("....... ....... ......."), "no entry for 21 days, no answer so far"),
        (
            diary("4444444 4444444 5......", marks="a" * 20 + "B"),
            "no entry for 6 days, last answer 2 Mar, can't be reached (has blocked the bot)",
        ),
        (
            diary("4444444 4444444 55.5.5.", marks="a" * 20 + "B"),
            "Burning 5.0 from 4 days; 4 of 6; can't be reached (has blocked the bot)",
        ),
        (diary("4444444 4444444 5.5.5.s"), "Burning single scores 5, 5 and 5; 3 of 7"),
        (
            diary("4444444 4444444 ....5.s", marks="a" * 14 + "PPPPaPa"),
            "Burning single score 5; 1 of 2; paused 5 days",
        ),
        (
            diary("4444444 4444444 ...8..."),
            "no entry for 3 days, last answer 5 Mar; Burning 8 on Thursday (usual: 4.0 from 4 days)",
        ),
        (
            diary("4444444 4444444 8888...", "4444444 4444444 8......"),
            "Burning 8.0 from 4 days, 4.0 points higher (100%) than the first week (4.0 from 7 "
            "days), 4.0 points higher than last week, 4 days at 7 or more; no entry for 3 "
            "days, last answer 5 Mar; Tingling 8 on Monday (usual: 4.0 from 7 days)",
        ),
        (
            diary("4444444 4444444 4468444", needled=[15]),
            "Burning 4.9 from 7 days; 7 of 7; Burning 8 on Thursday, after a session (usual: 4.3 from 7 days)",
        ),
        (
            diary("7777777 4444444 444444.", "4444444 2222222 4444444", "6666666 6666666 9999999"),
            "Pain 9.0 from 7 days, 3.0 points higher (50%) than the first week (6.0 from 7 days), "
            "3.0 points higher than last week, 7 days at 7 or more; also Tingling",
        ),
        (
            diary("4444444 444.... ....78."),
            "Burning single scores 7 and 8; 2 of 7; "
            "Burning 8 on Saturday, the second high day in a row (too few answers before to compare)",
        ),
        (
            replace(diary("4444444 444.... ....66."), limits=Limits(high=6)),
            "Burning single scores 6 and 6; 2 of 7; "
            "Burning 6 on Saturday, the second high day in a row (too few answers before to compare)",
        ),
        (diary(".", marks="_" * 13 + "a"), "nothing to show yet"),
    ],
)
def test_one_patient_in_the_panel(told: Diary, expected: str) -> None:
    assert line(told).removeprefix("<b>Ada</b>: ") == expected


def test_of_many_symptoms_one_is_explained_and_the_others_named() -> None:
    found = line(diary(*["4444444 4444444 8888888"] * 4, symptoms=Symptom))
    assert found.startswith("<b>Ada</b>: Burning 8.0 from 7 days, ")
    assert found.endswith("; also Tingling, Pain and Numbness")


def test_of_several_high_days_of_a_symptom_the_furthest_above_is_told() -> None:
    found = line(diary("4444444 4444444 642292."))
    assert found == ("<b>Ada</b>: Burning 4.2 from 6 days; 6 of 7; Burning 9 on Friday (usual: 3.7 from 7 days)")


def test_where_a_sunday_is_still_to_come_the_week_before_stands_with_its_dates() -> None:
    late = member(2, "Ben", diary("4444444 4444444"), start=THIRD_WEEK - timedelta(days=7))
    panel = rules.panel([member(1, "Ada", diary("4444444 4444444 4444444")), late])
    found = [str(it.text) for it in digests.lines(panel, EN)]
    assert found == [
        "<b>Ada</b>: Burning 4.0 from 7 days; 7 of 7",
        "<b>Ben</b>: Burning 4.0 from 7 days; 7 of 7, week of 23 Feb to 1 Mar",
    ]


def test_of_many_symptoms_with_a_high_day_two_are_told_the_furthest_first() -> None:
    told = diary("4444444 4444444 4444446", "4444444 4444444 444444T", *["4444444 4444444 4444447"] * 2)
    assert line(told).endswith(
        "; Tingling 10 on Sunday (usual: 4.0 from 7 days)"
        "; Pain 7 on Sunday (usual: 4.0 from 7 days); 2 more symptoms with a high day"
    )


def test_bot_failures_are_said_plainly_with_whom_and_how_often() -> None:
    unasked = diary("4444444 4444444 4444...", marks="a" * 18 + "bbb")
    panel = rules.panel([member(1, "Ada", unasked), member(2, "Ben", unasked)])
    text = str(digests.for_therapist(panel, EN))
    assert text.endswith("Not asked, by a failure of the bot: Ada (3 days), Ben (3 days)")
    assert "<b>0 need you, 2 steady, 0 quiet</b>" in text
    worse = member(3, "Cleo", diary("4444444 4444444 ..44...", marks="a" * 14 + "bbaabbb"))
    text = str(digests.for_therapist(rules.panel([*panel.members, worse]), EN))
    assert "Not asked, by a failure of the bot: Cleo (5 days), Ada (3 days)" in text, "whom it hit most first"
    lost = diary("4444444 4444444 4444...", marks="a" * 18 + "bll")
    text = str(digests.for_therapist(rules.panel([member(1, "Ada", lost)]), EN))
    assert text.endswith(
        "Not asked, by a failure of the bot: Ada (1 day)\n\n"
        "Asked, but an answer may be lost, by a failure of the bot: Ada (2 days)"
    )


@pytest.mark.parametrize(
    ("cause", "said"), [(Cause.BLOCKED, "has blocked the bot"), (Cause.GONE, "the Telegram account is gone")]
)
def test_the_card_says_whether_the_patient_can_be_reached_now(cause: Cause, said: str) -> None:
    card = str(digests.patient_card("Ada", ADA, THIRD_WEEK, MONDAY_MORNING, EN, cause))
    assert f"Can't be reached now: {said}." in card.split("\n")


def test_who_needs_you_for_another_reason_is_still_told_to_be_out_of_reach() -> None:
    high = member(1, "High", diary("4444444 4444444 8888888"))
    blocked = replace(high, need=replace(high.need, unreachable=Cause.BLOCKED))
    assert "can't be reached (has blocked the bot)" in digests.lines(rules.panel([blocked]), EN)[0].text


def test_a_therapists_own_name_for_a_patient_is_text_and_stays_on_one_line() -> None:
    (found,) = digests.lines(rules.panel([member(7, " <b>A&B\n {nice}", ADA)]), EN)
    assert found.patient_id == 7
    assert found.label == "&lt;b&gt;A&amp;B {nice}"
    assert found.text.startswith("<b>&lt;b&gt;A&amp;B {nice}</b>: Burning 4.4")


CROWD = {
    "steady": diary("4444444 4444444 4444444"),
    "open": diary("4444444 4444444 444444."),
    "unasked": diary("4444444 4444444 44444..", marks="a" * 19 + "bb"),
    "quiet": diary("4444444 4444444 444...."),
    "silent": diary("4444444 4444444 ......."),
    "needs": diary(*["4444444 4444444 8889888"] * 6, symptoms=Symptom),
    "jumps": diary(*["4444444 4444444 444444T"] * 6, symptoms=Symptom),
}
HARDEST = "😀&<" * 13 + "x"


def assert_it_keeps_the_limit(panel: Panel, language: str) -> str:
    text = digests.for_therapist(panel, words(language))
    assert digests.length(text) <= MAX_TEXT
    assert_well_formed(text)
    return str(text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [2, 60, 500])
@pytest.mark.parametrize("kind", [*CROWD, "all"])
def test_any_panel_fits_one_message(size: int, kind: str, language: str) -> None:
    chosen = [*CROWD.values()] if kind == "all" else [CROWD[kind]]
    needs = [rules.need(told, THIRD_WEEK, MONDAY_MORNING) for told in chosen]
    panel = rules.panel(Member(PatientId(n), f"{HARDEST}{n}"[-40:], needs[n % len(needs)]) for n in range(size))
    assert_it_keeps_the_limit(panel, language)
    assert len(digests.lines(panel, words(language))) == size


def test_what_does_not_fit_is_counted_and_nobody_is_lost() -> None:
    needs, steady = (rules.need(CROWD[kind], THIRD_WEEK, MONDAY_NOON) for kind in ("silent", "steady"))
    panel = rules.panel(
        [Member(PatientId(n), f"Needing {n:03}", needs) for n in range(150)]
        + [Member(PatientId(n), f"Steady {n:03}", steady) for n in range(150, 300)]
    )
    text = assert_it_keeps_the_limit(panel, "en")
    assert "<b>150 need you, 150 steady, 0 quiet</b>" in text
    assert text.count("<b>Needing ") == 5
    (also,) = [line for line in text.splitlines() if line.startswith("<b>Also need you</b>: Needing 005, Needing 006")]
    more = re.search(r" and (\d+) more|, and (\d+) more", also)
    assert more is not None
    assert also.count("Needing") + int(more[1] or more[2]) == 145
    assert "Steady 1" not in text, "they are behind a button"
    assert len(panel.first) + len(panel.others) == 300
    assert [member.label for member in panel.others[:2]] == ["Needing 005", "Needing 006"]


def test_a_caller_can_keep_room_for_words_of_its_own() -> None:
    steady = rules.need(CROWD["steady"], THIRD_WEEK, MONDAY_NOON)
    panel = rules.panel(Member(PatientId(n), f"Patient {n}", steady) for n in range(300))
    assert digests.length(digests.for_therapist(panel, EN, at_most=3000)) <= 3000


# The card


def test_the_card_of_ada() -> None:
    assert str(digests.patient_card("Ada <K>", ADA, THIRD_WEEK, MONDAY_MORNING, EN)).split("\n") == [
        "<b>Ada &lt;K&gt;</b>, 2 Mar to 8 Mar",
        "Answered 5 of 5 days asked.",
        "Last answer: 7 Mar.",
        "1 treatment session, on 23 Feb. Dry needling.",
        "",
        "<b>Burning</b> 4.4 from 5 days. About the same as last week (4.9 from 7 days).",
        "Worst day: Wednesday (7). Days at 7 or more: 1.",
        "Compared with the week before treatment (6.0 from 7 days): slightly better, 1.6 points lower (27%).",
        "Trend: too early to tell.",
        "",
        "<b>Tingling</b> 2.0 from 5 days. About the same as last week (2.9 from 7 days).",
        "Worst day: Thursday (3). Days at 7 or more: 0.",
        "Compared with the week before treatment (3.1 from 7 days): slightly better, 1.1 points lower.",
        "Trend: too early to tell.",
        "",
        "<b>Pain</b> 5.4 from 5 days, moderate. About the same as last week (5.3 from 7 days).",
        "Worst day: Wednesday (8). Days at 7 or more: 1.",
        "Compared with the week before treatment (5.0 from 7 days): about the same, 0.4 points higher (8%).",
        "Trend: too early to tell.",
        "",
        "Paused, so not counted: Friday.",
        "Still open: Sunday.",
    ]


def test_the_card_of_a_patient_with_few_answers() -> None:
    told = diary("....... ....... 7.8....", marks="a" * 17 + "xbBa")
    assert str(digests.patient_card("Ben", told, THIRD_WEEK, MONDAY_NOON, EN)).split("\n") == [
        "<b>Ben</b>, 2 Mar to 8 Mar",
        "Answered 2 of 5 days asked.",
        "Last answer: 4 Mar.",
        "No treatment session logged.",
        "",
        "<b>Burning</b>: 7 on Monday and 8 on Wednesday.",
        "No baseline yet.",
        "",
        "Skipped: Thursday.",
        "Not asked, our fault: Friday.",
        "Bot blocked or account gone: Saturday.",
    ]
    told = diary("....... ....... 7.8....", marks="a" * 17 + "xlBa")
    assert "Asked, but an answer may be lost, our fault: Friday." in digests.patient_card(
        "Ben", told, THIRD_WEEK, MONDAY_NOON, EN
    )


def test_the_card_of_a_patient_who_has_just_started() -> None:
    told = diary(".", marks="_" * 20 + "a", needled=[1, 8])
    assert str(digests.patient_card("Noor", told, THIRD_WEEK, MONDAY_MORNING, EN)).split("\n") == [
        "<b>Noor</b>, 2 Mar to 8 Mar",
        "No day of this week was asked and is over.",
        "No answer so far.",
        "2 treatment sessions, the first on 17 Feb. Last treatment, 24 Feb: dry needling.",
        "",
        "<b>Burning</b>: no answers this week.",
        "No baseline yet.",
        "",
        "Still open: Sunday.",
    ]


@pytest.mark.parametrize(("score", "word"), [(0, "mild"), (3, "mild"), (4, "moderate"), (6, "moderate"), (7, "severe")])
def test_only_pain_has_a_word_for_its_severity(score: int, word: str) -> None:
    told = diary(*["." * 14 + str(score) * 7] * 5, symptoms=Symptom)
    text = str(digests.patient_card("Ada", told, THIRD_WEEK, MONDAY_NOON, EN))
    assert text.count(word) == 1
    assert f"<b>Pain</b> {score}.0 from 7 days, {word}\n" in text


def test_the_week_of_the_baseline_shows_it_and_compares_nothing() -> None:
    told = diary("....... ....... 4444444")
    text = str(digests.patient_card("Ada", told, THIRD_WEEK, MONDAY_NOON, EN))
    assert "Baseline: the first week (4.0 from 4 days)." in text
    assert "Compared" not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("symptoms", [1, 3, 6, 12, 40])
@pytest.mark.parametrize("week", ["4874s5.", "8.8...7", "4444444", "......."])
def test_a_card_fits_a_caption_with_any_number_of_symptoms(week: str, symptoms: int, language: str) -> None:
    told = diary(*[f"6667665 5564554 {week}"] * symptoms, needled=[7], symptoms=Symptom, marks="a" * 18 + "bPx")
    placed = tuple(replace(item, site="foot", side=Side.LEFT) for item in told.items)
    text = digests.patient_card(HARDEST, replace(told, items=placed), THIRD_WEEK, MONDAY_MORNING, words(language))
    assert digests.fits_caption(text)
    assert_well_formed(text)


def test_a_card_with_six_symptoms_names_them_all_in_one_line_each() -> None:
    told = diary(*["6667665 5564554 4378.4."] * 5, "6667665 5564554 4.3....", needled=[7], symptoms=Symptom)
    found = str(digests.patient_card("Ada", told, THIRD_WEEK, MONDAY_MORNING, EN)).split("\n")
    told_the_same = "5.2 from 5 days; highest 8; 2 days at 7 or more; slightly better, 0.8 points lower (13%)"
    assert found[5:11] == [
        *(f"<b>{name}</b> {told_the_same}" for name in ("Burning", "Tingling", "Pain", "Numbness", "Disturbed sleep")),
        "<b>Burning</b>: 4 on Monday and 3 on Wednesday.",
    ]


# Laws

ROW = st.text(alphabet="0123456789T.s", min_size=21, max_size=21)


@settings(deadline=None, max_examples=60)
@given(
    rows=st.lists(ROW, min_size=1, max_size=6),
    marks=st.text(alphabet="aaaaxPbBG_", min_size=21, max_size=21),
    needled=st.lists(st.integers(0, 20), max_size=2),
    hours=st.integers(-24, 48),
    language=st.sampled_from(sorted(LANGUAGES)),
)
def test_any_diary_is_told_within_the_limits_and_without_blame(
    rows: list[str], marks: str, needled: list[int], hours: int, language: str
) -> None:
    told = diary(*rows, marks=marks, needled=needled, symptoms=Symptom)
    now, say = MONDAY_NOON + timedelta(hours=hours), words(language)
    text = digests.for_patient(told, THIRD_WEEK, now, say, ["Dr Ito"])
    card = digests.patient_card("Ada", told, THIRD_WEEK, now, say)
    panel = rules.panel([Member(PatientId(1), "Ada", rules.need(told, THIRD_WEEK, now))])
    for found in (text, card, digests.for_therapist(panel, say)):
        assert_well_formed(found)
        assert "\n\n\n" not in found
        assert found == found.strip()
        assert not re.search(r"  |[,;] ?[,;.]|\(\)", found)
    assert digests.fits_caption(card)
    assert not re.search(r"miss|forg|fail|streak|should", text)
    assert digests.length(text) <= MAX_TEXT


def test_weeks_without_a_summary_are_named_as_one_or_as_several() -> None:
    one, two = [date(2026, 3, 2)], [date(2026, 3, 2), date(2026, 3, 9)]
    en = letters.not_there(one, two, words("en"))
    assert "The summary of the week from 2 Mar may" in en
    assert "There were no summaries of the weeks from 2 Mar and 9 Mar" in en
    es = letters.not_there(two, one, words("es"))
    assert "los resúmenes de las semanas del 2 mar y 9 mar" in es
    assert "No hubo resumen de la semana del 2 mar:" in es


# --- late entries and flares


def flare(number: int, item: int, score: int, hour: int = 14, since: Since = Since.NOW) -> Flare:
    began_at = days.on_date(day(number), time(hour), LISBON)
    return Flare(number, day(number), ItemId(item), score, began_at, since, began_at)


def test_late_answers_are_counted_and_their_days_named() -> None:
    kept = diary("2222222 2222222 2222222", "1111111 1111111 1111111", "3333333 3333333 333333s")
    late = {
        key: replace(score, entered_at=days.on_date(key[0] + days.ONE_DAY, time(9), LISBON))
        for key, score in kept.scores.items()
        if key[0] in (day(15), day(20), day(3))
    }
    kept = replace(kept, scores=dict(kept.scores) | late)
    told = "5 answers were entered the next day (Tuesday and Sunday)."
    assert told in digests.for_patient(kept, THIRD_WEEK, MONDAY_NOON, EN, [])
    assert told in digests.patient_card("Ada", kept, THIRD_WEEK, MONDAY_NOON, EN)
    es = "5 respuestas se anotaron al día siguiente (martes y domingo)."
    assert es in digests.for_patient(kept, THIRD_WEEK, MONDAY_NOON, words("es"), [])


def test_flares_are_named_and_change_no_number() -> None:
    plain = diary("2222222 2222222 2222222", "1111111 1111111 1111111", "3333333 3333333 3333333")
    marked = replace(
        plain, flares=(flare(3, 1, 9), flare(15, 1, 8), flare(16, 3, 7, 8, Since.MORNING), flare(22, 2, 5))
    )
    told = "Flares: Burning 8, Tuesday 14:00; Pain 7, Wednesday in the morning."
    text = digests.for_patient(marked, THIRD_WEEK, MONDAY_NOON, EN, [])
    assert told in text
    assert "Flare since then: Tingling 5, Tuesday 14:00." in text
    assert text.replace(f"\n{told}\nFlare since then: Tingling 5, Tuesday 14:00.", "") == digests.for_patient(
        plain, THIRD_WEEK, MONDAY_NOON, EN, []
    )
    card = digests.patient_card("Ada", marked, THIRD_WEEK, MONDAY_NOON, EN)
    assert f"{told[:-1]}; Tingling 5, Tuesday 14:00." in card, "the chart of a card reaches today"
    found = rules.panel([Member(PatientId(1), "Ada", rules.need(marked, THIRD_WEEK, MONDAY_NOON))])
    assert "flare: Burning 8, Tuesday 14:00 and 1 more" in digests.for_therapist(found, EN)


def test_many_flares_are_counted_and_a_card_still_fits() -> None:
    kept = diary(*["2222222 2222222 3......"] * 6, marks="aaaaaaa aaaaaaa aPxbBGa", symptoms=list(Symptom))
    placed = tuple(replace(item, site="W" * 40, side=Side.BOTH) for item in kept.items)
    flares = tuple(flare(14 + n % 7, 1 + n % 6, 10, 2, Since.HOUR) for n in range(60))
    kept = replace(kept, items=placed, flares=flares)
    for language in LANGUAGES:
        card = digests.patient_card("W" * 40, kept, THIRD_WEEK, MONDAY_NOON, words(language))
        assert digests.fits_caption(card)
    assert "and 56 more" in digests.for_patient(kept, THIRD_WEEK, MONDAY_NOON, EN, [])


@pytest.mark.parametrize("marks", ["." * 7, "GGGGGGG"])
def test_a_flare_of_someone_quiet_is_told_too(marks: str) -> None:
    kept = replace(
        diary("2222222 2222222 .......", marks="a" * 14 + marks.replace(".", "a")), flares=(flare(15, 1, 8),)
    )
    found = rules.panel([Member(PatientId(1), "Ada", rules.need(kept, THIRD_WEEK, MONDAY_NOON))])
    assert "flare: Burning 8, Tuesday 14:00" in digests.lines(found, EN)[0].text
    new = replace(diary("", marks="_"), flares=(flare(15, 1, 8),))
    found = rules.panel([Member(PatientId(1), "Ada", rules.need(new, THIRD_WEEK, MONDAY_NOON))])
    assert "just started; flare: Burning 8" in digests.lines(found, EN)[0].text


def test_notes_are_read_whole_and_say_when_they_came_later() -> None:
    evening, morning = days.at(day(0), time(21), LISBON), days.on_date(day(1), time(9), LISBON)
    long = "😀" * 2_048
    messages = letters.notes(
        "Ada",
        [Note(1, day(0), "one", evening), Note(2, day(0), "two", morning), Note(3, day(1), long, morning)],
        LISBON,
        EN,
    )
    text = "".join(message.text for message in messages)
    assert all(digests.length(message.text) <= MAX_TEXT for message in messages)
    assert "<b>Monday 16 February</b>: one" in text
    assert "<b>Monday 16 February</b> (written Tuesday 17 February): two" in text
    assert text.count("😀") == 2_048


def test_flares_of_a_long_time_are_dated_and_the_strongest_named() -> None:
    kept = diary("2222222", "1111111", "3333333")
    found = tuple(flare(n, 1 + n % 3, score) for n, score in enumerate([3, 9, 4, 8, 7, 10]))
    shown = rules.flares_between(replace(kept, flares=found), day(0), day(6))
    told = (
        "Tingling 9, 17 Feb 14:00; Burning 8, 19 Feb 14:00; Tingling 7, 20 Feb 14:00; Pain 10, 21 Feb 14:00; and 2 more"
    )
    assert digests.flares_dated(shown, EN) == told
    text, _ = looking.chart_in_words(replace(kept, flares=found), Span.ALL, days.on_date(day(7), time(9), LISBON), EN)
    assert f"6 flares, marked with a star: {told}." in text
