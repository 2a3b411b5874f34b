"""The list of patients and the weekly summary as they are read: what stands there, and how much there is to read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.chat import alerts
from bot.chat.words import Sentence
from bot.diary import digests as rules
from bot.diary.digests import Diary, Member
from bot.diary.entries import Cause, Symptom
from bot.diary.panels import OpenAlert
from bot.diary.people import PatientId
from bot.reports import digests, panels
from tests.reports.test_digests import EN, MONDAY_NOON, THIRD_WEEK, diary

ALERT = OpenAlert(1, date(2026, 3, 6), MONDAY_NOON, red_flag=False)


def member(told: Diary, alerts: tuple[OpenAlert, ...] = (), number: int = 1, label: str = "Ada") -> Member:
    return Member(PatientId(number), label, rules.need(told, THIRD_WEEK, MONDAY_NOON, alerts))


def block(one: Member) -> list[str]:
    return str(panels.page(rules.panel([one]), 0, EN).text).split("\n\n")[1].split("\n")


@pytest.mark.parametrize(
    ("told", "alerts", "expected"),
    [
        (
            diary("3333333 3333333 7777777", "5555555 5555555 888....", "2222222 2222222 6666666"),
            (),
            [
                "<b>Ada</b> needs you: Burning 4.0 and Pain 4.0 points above baseline",
                "answered in part on 8 Mar, 7 of 7",
                "Burning ·····▃▃▆ 7.0",
                "Tingling ·····▅▅· 5.0 (7), 23 Feb",
                "Pain ·····▂▂▅ 6.0",
            ],
        ),
        (
            diary("7777777 3333333 5555555", "7777777 6666666 5555555"),
            (),
            [
                "<b>Ada</b> needs you: Burning 2.0 points higher than last week",
                "answered on 8 Mar, 7 of 7",
                "Burning ·····▆▃▅ 5.0",
                "Tingling ·····▆▅▅ 5.0",
            ],
        ),
        (
            diary("6666666 6666666 7776666", "6666666 6666666 7777666"),
            (),
            [
                "<b>Ada</b> needs you: Tingling 4 and Burning 3 days at 7 or more",
                "answered on 8 Mar, 7 of 7",
                "Burning ·····▅▅▆ 6.4",
                "Tingling ·····▅▅▆ 6.6",
            ],
        ),
        (
            diary("4444444 4444444 4444446", "4444444 4444444 4444..."),
            (ALERT, replace(ALERT, id=2, red_flag=True)),
            [
                "<b>Ada</b> needs you: warning sign reported on 6 Mar, not answered yet",
                "answered in part on 8 Mar, 7 of 7, 2 open alerts",
                "Burning ·····▄▄▄ 4.3",
                "Tingling ·····▄▄▄ 4.0 (4)",
            ],
        ),
        (
            diary("4444444 4444444 ......."),
            (),
            [
                "<b>Ada</b> needs you: no entry for 7 days",
                "missed on 8 Mar, last answer 1 Mar, 0 of 7",
                "Burning ·····▄▄· 4.0 (7), 23 Feb",
            ],
        ),
        (
            diary("4444444 4444444 4448444"),
            (),
            ["<b>Ada</b>: steady; Burning 8 on Thursday", "answered on 8 Mar, 7 of 7", "Burning ·····▄▄▄ 4.6"],
        ),
    ],
)
def test_a_patient_of_the_list_is_taken_in_at_a_glance(
    told: Diary, alerts: tuple[OpenAlert, ...], expected: list[str]
) -> None:
    assert block(member(told, alerts)) == expected


def test_what_a_trend_is_called_stands_with_its_symptom() -> None:
    falls = " ".join(["7777777"] * 6 + ["3333333"] * 2)
    rises = " ".join(["3333333"] * 6 + ["7777777"] * 2)
    told = diary(rises, falls, *[falls] * 2, symptoms=Symptom)
    start = THIRD_WEEK + 5 * rules.SEVEN_DAYS
    need = rules.need(told, start, MONDAY_NOON + 5 * rules.SEVEN_DAYS)
    ada = Member(PatientId(1), "Ada", need)
    found = block(ada)
    assert found[2:] == [
        "Burning ▃▃▃▃▃▃▆▆ 7.0, worse",
        "Tingling ▆▆▆▆▆▆▃▃ 3.0, better",
        "Pain ▆▆▆▆▆▆▃▃ 3.0, better",
        "1 more symptom; getting better: Numbness",
    ]
    many = member(diary(*["4444444 4444444 8888888"] * 5, symptoms=Symptom))
    assert block(many)[0].endswith("Burning 4.0, Tingling 4.0 and Pain 4.0 points above baseline; 2 more symptoms")
    assert panels.page(rules.panel([ada]), 0, EN).text.endswith(
        "\n\nBars: eight weekly averages, 0 to 10. Worse, better: the trend over weeks."
    )
    quiet = panels.page(rules.panel([member(diary("4444444 4444444 444...."))]), 0, EN).text
    assert quiet.endswith(
        "Bars: eight weekly averages, 0 to 10. A dot: a week without one. "
        "In brackets: from how many days. A date: the newest week that has one."
    )


def test_a_summary_of_two_hundred_is_read_in_a_minute() -> None:
    """Thirty who need somebody, all of them for many reasons; and names are only glanced at."""
    rough = diary(*["5555555 5555555 8888888"] * 3)
    kinds = [(rough, 30)]
    kinds += [(diary(f"4444444 4444444 {week}"), n) for week, n in (("444444.", 60), ("444....", 10), ("4444444", 100))]
    early = MONDAY_NOON.replace(hour=7)
    needs = [need for told, n in kinds for need in [rules.need(told, THIRD_WEEK, early)] * n]
    panel = rules.panel(Member(PatientId(n), f"P{n:03}", need) for n, need in enumerate(needs))
    text = str(digests.for_therapist(panel, EN))
    assert text.startswith("Your patients: 2 Mar to 8 Mar\n<b>30 need you, 160 steady, 10 quiet</b>")
    assert "</b>: Burning 8.0 from 7 days" in text.split("\n\n")[1]
    assert [part.partition(":")[0] for part in text.split("\n\n")[2:6]] == [f"<b>P00{n}</b>" for n in range(1, 5)]
    assert text.split("\n\n")[6].startswith("<b>Also need you</b>: P005, P006")
    assert len(text.split()) <= 280
    first, second = (str(panels.page(panel, number, EN).text) for number in (0, 2))
    assert first.count("</b> needs you:") == 5
    assert first.count("</b> also needs you:") == 5
    assert second.count("</b> also needs you:") == 10
    second, third = (panels.others(panel, number, EN).buttons[-1] for number in (1, 2))
    assert [button.tap for button in second] == ["jb", "jo:2"], "the first page again, and no new message"
    assert [button.tap for button in third] == ["jo:1", "jo:3"]
    line = str(panels.others(panel, 0, EN).text).split("\n")[3]
    assert line == "<b>P005</b>: Burning 3.0, Tingling 3.0 and Pain 3.0 points above baseline"


def test_who_is_there_for_a_holiday_only_is_marked() -> None:
    steady = member(diary("4444444 4444444 4444444"))
    blocked = replace(steady.need, unreachable=Cause.BLOCKED)
    panel = rules.panel(
        [steady, Member(PatientId(2), "Ben", blocked, date(2026, 3, 12)), replace(steady, patient_id=PatientId(3))]
    )
    text = str(panels.page(panel, 0, EN).text)
    assert text.startswith("<b>You have 3 patients. 1 of them only while you stand in.</b>")
    assert text.count("you stand in until 12 Mar") == 1
    summary = str(digests.for_therapist(panel, EN))
    assert "\n1 of them only while you stand in.\n" in summary
    assert "can't be reached (has blocked the bot); you stand in until 12 Mar" in summary


def test_of_several_open_alerts_each_has_its_button_on_the_card() -> None:
    flag = replace(ALERT, id=2, red_flag=True)
    (first,), (second,) = alerts.on_card(7, digests.by_urgency([ALERT, flag]), EN)
    assert [(it.label, it.tap) for it in (first, second)] == [
        ("Seen: warning sign of 6 Mar", "aa:7:2:seen"),
        ("Seen: alert of 6 Mar", "aa:7:1:seen"),
    ]
    assert alerts.on_card(7, [], EN) == ()


def test_a_panel_without_any_average_has_no_picture_yet() -> None:
    begun = member(diary(".", marks="_" * 20 + "a"))
    (said,) = panels.week(rules.panel([begun]), Sentence(""), EN)
    assert said.picture is None
    (said,) = panels.week(rules.panel([begun, member(diary("4444444"), number=2)]), Sentence(""), EN)
    assert said.picture is not None
