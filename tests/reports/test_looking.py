"""A chart and a calendar in words: every number that the picture prints, within a caption, blaming nobody."""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import press
from bot.chat import buttons
from bot.chat.messages import Message
from bot.chat.words import Words, words
from bot.diary.digests import Diary
from bot.diary.entries import Item, ItemId, Side, Symptom
from bot.diary.looking import Span
from bot.diary.people import PatientId
from bot.reports import charts, letters, looking
from bot.reports.digests import fits_caption
from bot.reports.sheets import Sheet
from tests.chat.test_messages import BLAME, GRADE, LEAST_WORDS, a_patient, grade, told
from tests.diary.test_digests import START, day, diary, noon_after, session
from tests.diary.test_looking import tonight

ADA = PatientId(1)
EN, ES = words("en"), words("es")
SVG = "{http://www.w3.org/2000/svg}"


def chart(of: Diary, span: Span, now: datetime, say: Words = EN) -> Message:
    return looking.chart(ADA, of, span, now, say)


def plain(message: Message) -> str:
    return html.unescape(re.sub("<[^>]*>", "", message.text))


def labels(message: Message) -> list[str]:
    return [button.label for row in message.buttons for button in row]


def printed(message: Message, of: Diary, say: Words = EN) -> list[tuple[str, str]]:
    """The numbers in the picture: a mean with its days, or without where there was no room."""
    assert message.picture is not None
    values = message.picture.values
    first, last = date.fromisoformat(str(values["first"])), date.fromisoformat(str(values["last"]))
    svg = charts.course(of, first, last, say, "x", figures=press.figures_of(values))
    found = [it for it in ET.fromstring(svg).iter(SVG + "text") if it.get("class") == "value"]
    return [(it.text or "", "".join(it.itertext())[len(it.text or "") :]) for it in found]


# --- the chart


def test_few_weeks_are_told_week_by_week() -> None:
    of = diary("7654321 66.6..x".replace("x", "."), marks="aaaaaaa aaaaaaa", needled=[session(7)])
    said = plain(chart(of, Span.FORTNIGHT, noon_after(13)))
    assert said == (
        "Your last 2 weeks: 3 Feb 2026 to 16 Feb 2026\n"
        "Answered 9 of 13 days asked.\n"
        "Treatment: 9 Feb.\n\n"
        "Burning\n"
        "Week from 2 Feb: average 4.0 from 7 days\n"
        "Week from 9 Feb: 6, 6 and 6 on 3 days\n"
        "Highest: 6, on 4 days. Days at 7 or more: 0.\n\n"
        "An average needs answers from at least 4 days."
    )


def test_more_weeks_stand_in_a_row_and_say_how_to_read_them() -> None:
    said = plain(chart(diary("5" * 60 + "55...."), Span.QUARTER, noon_after(65)))
    assert "in brackets the number of days that it is from" in said
    assert "2 Feb: 5.0 (7), 9 Feb: 5.0 (7)" in said
    assert said.count("(7)") == 8


def test_years_are_summed_up_and_the_picture_prints_no_figures() -> None:
    of = diary("9" * 7 + "5" * 399 + "2" * 7)
    message = chart(of, Span.ALL, noon_after(412))
    assert message.picture is not None
    assert message.picture.values["figures"] is False
    said = plain(message)
    assert "First week: average 9.0 from 7 days (2 Feb 2026)." in said
    assert "Newest: average 2.0 from 7 days (15 Mar 2027)." in said
    assert "Lowest: average 2.0" in said
    assert "Highest: 9, on 7 days. Days at 7 or more: 7." in said


@pytest.mark.parametrize("week", range(4))
def test_the_picture_of_a_week_prints_no_number_that_its_words_leave_out(week: int) -> None:
    """Whoever has the message read aloud misses nothing; the course of the weeks before is told by /chart."""
    of = diary("7654321 6666..6 5...5.. 3344", "5555555 1...... 22222.. 8888")
    last, patient = day(7 * week), a_patient(next_digest_at=noon_after(7 * week + 6))
    for message in (
        letters.patient_week(patient, of, last, noon_after(7 * week + 7), EN, [])[0],
        letters.card(patient, "Ada", of, noon_after(7 * week + 7), EN),
    ):
        for mean, days in printed(message, of):
            assert f"{mean} from {days}" in plain(message)
        if week in (0, 1, 3):
            assert printed(message, of)


def test_one_week_of_a_long_time_is_not_told_four_times() -> None:
    of = diary("5555" + "." * 300)
    said = plain(chart(of, Span.ALL, noon_after(303)))
    assert said.count("average 5.0") == 1
    few = plain(chart(diary("55" + "." * 300), Span.ALL, noon_after(303)))
    assert "no week with 4 answers" in few


@pytest.mark.parametrize("span", list(Span))
def test_a_time_without_answers_says_so_and_when_the_last_was(span: Span) -> None:
    of = diary("5" * 20 + "." * 120)
    said = plain(chart(of, span, noon_after(139)))
    nothing = "There are no answers in this time. Your last answer is of Saturday 21 February 2026." in said
    assert nothing is (span is not Span.ALL)
    assert "There are no answers yet." in plain(chart(diary("."), span, tonight(0)))


def test_gaps_that_are_not_the_patients_are_named_and_missed_days_are_not() -> None:
    of = diary("555....5", marks="aaaaPbla")
    said = plain(chart(of, Span.FORTNIGHT, noon_after(7)))
    assert "Answered 4 of 5 days asked. Paused on 1 day, not counted. Not asked on 2 days, by our fault." in said
    assert "miss" not in said.lower()


def test_the_chosen_span_is_ticked_and_all_are_words() -> None:
    of = diary("5")
    assert labels(chart(of, Span.QUARTER, tonight(0))) == ["2 weeks", "✓ 3 months", "All"]
    assert labels(chart(of, Span.ALL, tonight(0), ES)) == ["2 semanas", "3 meses", "✓ Todo"]
    taps = [button.tap for row in chart(of, Span.ALL, tonight(0)).buttons for button in row]
    assert [buttons.unpack(tap or "").span for tap in taps] == list(Span)


def many(items: int, length: int) -> Diary:
    of = diary(*["1234567890"[n:] * (length // 5) for n in range(5)])
    scores = {key: it for key, it in of.scores.items() if key[0] < day(length)}
    more = [
        Item(ItemId(n + 1), Symptom.PAIN, f"below the outermost toe {n}", Side.LEFT, n, START) for n in range(5, items)
    ]
    every = {
        (on, item.id): replace(score, item_id=item.id)
        for item in more
        for (on, item_id), score in scores.items()
        if item_id == 1
    }
    return replace(of, items=(of.items + tuple(more))[:items], scores=scores | every, sessions=(session(3), session(9)))


@pytest.mark.parametrize("say", [EN, ES], ids=["en", "es"])
@pytest.mark.parametrize("length", [10, 60, 400])
@pytest.mark.parametrize("items", [1, 3, 6, 12, 20])
def test_it_always_fits_a_caption(items: int, length: int, say: Words) -> None:
    for span in Span:
        message = chart(many(items, length), span, noon_after(length), say)
        assert fits_caption(message.text)
        assert message.text.count("<b>") == message.text.count("</b>") > 0


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(st.text("059T.", min_size=1, max_size=110), min_size=1, max_size=4), span=st.sampled_from(Span))
def test_every_number_of_the_picture_stands_in_its_words(rows: list[str], span: Span) -> None:
    of = diary(*rows)
    message = chart(of, span, noon_after(max(map(len, rows))))
    said = plain(message)
    for mean, beside in printed(message, of):
        n = re.search(r"\d+", beside)
        assert f" {mean} " in said
        assert n is None or f"{mean} from {n[0]} day" in said or f"{mean} ({n[0]})" in said


# --- the calendar


def test_a_month_is_told_by_what_became_of_its_days() -> None:
    of = diary("5555555555 5 ..... 5", "5555555555 . ..... 5", marks="aaaaaaaaaa a aPPPb a")
    message = looking.month(ADA, of, date(2026, 2, 1), noon_after(17), EN)
    assert plain(message) == (
        "Your days in February 2026\n"
        "Answered 12 of 13 days asked.\n\n"
        "All answered: 11 days (2 to 11 and 18)\n"
        "Partly answered: 1 day (12)\n"
        "No answer: 1 day (13)\n"
        "Paused, not counted: 3 days (14 to 16)\n"
        "We did not ask, our fault: 1 day (17)"
    )


def test_buttons_turn_to_the_months_that_there_are() -> None:
    of = diary("5" * 80)
    now = tonight(79)
    assert labels(looking.month(ADA, of, date(2026, 2, 1), now, EN)) == ["Next month: March 2026"]
    assert labels(looking.month(ADA, of, date(2026, 3, 1), now, EN)) == [
        "Previous month: February 2026",
        "Next month: April 2026",
    ]
    assert labels(looking.month(ADA, of, date(2026, 4, 1), now, ES)) == ["Mes anterior: marzo de 2026"]


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        (date(1, 1, 1), "2026-02-01"),
        (date(9999, 12, 31), "2026-04-01"),
        (date(2026, 3, 31), "2026-03-01"),
    ],
    ids=str,
)
def test_a_month_outside_of_the_diary_is_its_first_or_its_last(wanted: date, shown: str) -> None:
    message = looking.month(ADA, diary("5" * 80), wanted, tonight(79), EN)
    assert message.picture is not None
    assert message.picture.values["month"] == shown


def test_a_month_with_nothing_in_it_says_so() -> None:
    of = replace(diary("5" * 80), days={})
    said = plain(looking.month(ADA, of, date(2026, 3, 1), tonight(79), EN))
    assert said == "Your days in March 2026\n\nThere is nothing in the diary for this month."


@given(st.text("5s.", max_size=60), st.text("axPblBG_", max_size=60), st.sampled_from([EN, ES]))
def test_a_month_always_fits_a_caption(row: str, marks: str, say: Words) -> None:
    of = diary(row, marks=marks)
    for month in (date(2026, 2, 1), date(2026, 3, 1)):
        assert fits_caption(looking.month(ADA, of, month, noon_after(60), say).text)


def test_days_in_a_row_are_drawn_together() -> None:
    found = [day(n) for n in (0, 1, 3, 4, 5, 8)]
    assert looking.runs_of_days(found, EN) == ["2", "3", "5 to 7", "10"]
    assert looking.runs_of_days(found, ES) == ["2", "3", "del 5 al 7", "10"]


# --- how it reads


def captions(say: Words) -> list[Message]:
    """Charts, months and a sheet of diaries in which everything happens."""
    busy = diary(
        "777 5..... 55 ..55555 5s5. 55", "555 5..... 5. ..5.555 555. 5.", marks="aaa aPPblB aa xaaaaaa aGaa aa"
    )
    found = [chart(of, span, noon_after(30), say) for span in Span for of in (busy, many(6, 200), many(3, 400))]
    found += [looking.month(ADA, busy, date(2026, 2, 1), noon_after(26), say)]
    return [*found, looking.sheet(Sheet(busy, 8, (), noon_after(30), "Riverside"), say)]


@pytest.mark.parametrize("say", [EN, ES], ids=["en", "es"])
def test_nothing_blames_or_orders_about(say: Words) -> None:
    assert [message.text for message in captions(say) if BLAME.search(plain(message))] == []


def test_english_captions_are_read_with_six_years_of_school() -> None:
    for message in captions(EN):
        if sum(map(len, told(message.text))) >= LEAST_WORDS:
            assert grade(message.text) <= GRADE, message.text


# --- the sheet


def test_the_words_under_a_sheet_tell_its_days_and_its_newest_numbers() -> None:
    of = diary("6" * 7 + "5" * 7 + "333", "..5", needled=[session(7)])
    said = plain(looking.sheet(Sheet(of, 8, None, noon_after(16), "Riverside"), EN))
    assert said == (
        "Your visit sheet: 2 Feb 2026 to 19 Feb 2026\n"
        "Answered 17 of 17 days asked.\n"
        "Without your notes.\n\n"
        "Burning: newest week, average 5.0 from 7 days (9 Feb 2026); slightly better, 1.0 points lower (17%).\n"
        "Tingling: no week with 4 answers."
    )
    first = plain(looking.sheet(Sheet(diary("6" * 9), 8, (), noon_after(8), "Riverside"), EN))
    assert "With your notes." in first
    assert first.endswith("Burning: newest week, average 6.0 from 7 days (2 Feb 2026).")
    empty = plain(looking.sheet(Sheet(diary("."), 8, (), tonight(0), "Riverside"), EN))
    assert "No day was asked yet." in empty
    assert "Burning: no answers." in empty


def test_the_words_under_a_sheet_fit_whatever_there_is() -> None:
    assert fits_caption(looking.sheet(Sheet(many(40, 100), 8, None, noon_after(99), "Riverside"), ES).text)
