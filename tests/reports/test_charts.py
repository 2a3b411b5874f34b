"""The chart says what the diary says: read from the SVG, not from pixels."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from bot.chat.items import item_name, site_name
from bot.chat.words import Sentence, sentence, words
from bot.diary.digests import Diary
from bot.diary.entries import Item, ItemId, Score, Side, Symptom
from bot.diary.flares import Flare, Since
from bot.diary.sessions import Kind, Session, SessionId
from bot.reports import charts, fonts

SVG = "{http://www.w3.org/2000/svg}"
MONDAY = date(2026, 3, 2)
ENTERED_AT = datetime(2026, 3, 2, 20, tzinfo=UTC)
EN = words("en")

BURNING = Item(ItemId(1), Symptom.BURNING, None, None, 0, MONDAY)
TINGLING = Item(ItemId(2), Symptom.TINGLING, None, None, 1, MONDAY)
PAIN = Item(ItemId(3), Symptom.PAIN, "foot", Side.LEFT, 2, MONDAY)


def day(number: int) -> date:
    """The first day is number 0, a Monday."""
    return MONDAY + timedelta(days=number)


def diary(scores: Mapping[Item, Mapping[int, int | None]], sessions: Iterable[int] = ()) -> Diary:
    return Diary(
        tuple(scores),
        {},
        {
            (day(number), item.id): Score(item.id, day(number), value, ENTERED_AT)
            for item, course in scores.items()
            for number, value in course.items()
        },
        tuple(Session(SessionId(n), day(number), Kind.NEEDLING, ENTERED_AT) for n, number in enumerate(sessions)),
        MONDAY,
        "Europe/Lisbon",
    )


def drawn(of: Diary, days: int = 28, title: Sentence | str = "Your diary", since: int = 0) -> ET.Element:
    return ET.fromstring(charts.course(of, day(since), day(days - 1), EN, title))


def named(root: ET.Element, tag: str, kind: str) -> list[ET.Element]:
    return [element for element in root.iter(SVG + tag) if element.get("class") == kind]


def panels(root: ET.Element) -> list[ET.Element]:
    return named(root, "g", "panel")


def number(element: ET.Element, name: str) -> float:
    return float(element.get(name, "0"))


def xs(run: ET.Element) -> list[float]:
    """The corners of a line joining days, from left to right."""
    return [float(x) for x in re.findall(r"[ML]([-\d.]+) ", run.get("d", ""))]


@dataclass(frozen=True)
class Box:
    """What a text covers."""

    text: str
    left: float
    right: float
    top: float
    bottom: float

    def meets(self, other: Box) -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


def boxes(root: ET.Element, x: float = 0, y: float = 0) -> Iterator[Box]:
    """Every text of the picture, by the letters of the bundled font."""
    for element in root:
        if element.tag == SVG + "text":
            size = float(element.get("font-size", charts.SMALLEST))
            bold = element.get("font-weight") == "bold"
            wide = fonts.width(element.text or "", size, bold=bold)
            for more in element:
                wide += number(more, "dx") + fonts.width(more.text or "", size)
            shift = {"middle": wide / 2, "end": wide}.get(element.get("text-anchor", ""), 0)
            left, base = x + number(element, "x") - shift, y + number(element, "y")
            text = "".join(element.itertext())
            yield Box(text, left, left + wide, base - 0.76 * size, base + 0.24 * size)
        else:
            moved = re.match(r"translate\(([-\d.]+) ([-\d.]+)\)", element.get("transform", ""))
            dx, dy = (float(moved[1]), float(moved[2])) if moved else (0.0, 0.0)
            yield from boxes(element, x + dx, y + dy)


def test_adjacent_days_are_joined_and_gaps_stay_open() -> None:
    course = {0: 3, 1: 4, 2: 5, 4: 6, 5: None, 6: 2, 7: 1, 20: 9}
    root = drawn(diary({BURNING: course}))
    marks = [number(mark, "x") for mark in named(root, "use", "score")]
    assert len(marks) == 7
    first, second, third, _, sixth, seventh, _ = marks
    assert [xs(run) for run in named(root, "path", "run")] == [[first, second, third], [sixth, seventh]]


def test_no_line_is_longer_than_a_day() -> None:
    root = drawn(diary({PAIN: {n: n % 11 for n in range(84) if n % 5 and not 30 < n < 50}}), 84)
    marks = [number(mark, "x") for mark in named(root, "use", "score")]
    a_day = min(after - before for before, after in pairwise(marks))
    steps = [after - before for run in named(root, "path", "run") for before, after in pairwise(xs(run))]
    assert steps
    assert max(steps) < 1.1 * a_day


def test_days_that_were_only_skipped_show_nothing() -> None:
    root = drawn(diary({BURNING: dict.fromkeys(range(28))}))
    assert not named(root, "use", "score")
    assert [text.text for text in named(root, "text", "nothing")] == ["No answers yet"]


def test_a_week_has_a_mean_from_four_scores_on() -> None:
    course = {0: 1, 1: 2, 2: 3, 7: 1, 8: 2, 9: 3, 10: 4, 14: 9}
    root = drawn(diary({BURNING: course}))
    assert len(named(root, "line", "mean")) == 1
    assert ["".join(text.itertext()) for text in named(root, "text", "value")] == ["2.54 days"]
    assert charts.panels(diary({BURNING: course}), day(0), day(27))[0].means == (charts.Mean(day(7), 2.5, 4),)


def test_the_mean_lies_at_its_height() -> None:
    (panel,) = panels(drawn(diary({BURNING: {0: 0, 1: 0, 2: 10, 3: 10, 7: 0, 8: 10}})))
    (mean,) = named(panel, "line", "mean")
    heights = {number(mark, "y") for mark in named(panel, "use", "score")}
    assert number(mean, "y1") == pytest.approx((min(heights) + max(heights)) / 2, abs=0.1)


def test_a_week_that_is_cut_off_keeps_the_mean_of_the_whole_week() -> None:
    of = diary({BURNING: dict(enumerate([10, 10, 2, 2, 2, 2, 2] + [5] * 7))})
    (panel,) = charts.panels(of, day(3), day(8))
    assert [point.day for point in panel.points] == [day(n) for n in range(3, 9)]
    assert [(mean.value, mean.n) for mean in panel.means] == [(30 / 7, 7), (5.0, 7)]


def test_twelve_weeks_still_have_their_numbers() -> None:
    root = drawn(diary({BURNING: dict.fromkeys(range(84), 4)}), 84)
    assert [text.text for text in named(root, "text", "value")] == ["4.0"] * 12


@pytest.mark.parametrize("days", [1, 7, 28, 84, 364])
@pytest.mark.parametrize("value", [0, 10])
def test_scores_at_the_ends_of_the_axis_are_drawn_whole(value: int, days: int) -> None:
    everywhere = {item: dict.fromkeys(range(days), value) for item in (BURNING, TINGLING, PAIN)}
    root = drawn(diary(everywhere, sessions=[0]), days)
    _, _, right, bottom = map(float, root.get("viewBox", "").split())
    texts = list(boxes(root))
    for mark in named(root, "use", "score"):
        outline = root.find(f".//*[@id='{mark.get('href', '')[1:]}']")
        assert outline is not None
        reach = max(abs(float(n)) for n in re.findall(r"-?\d+\.?\d*", outline.get("d", ""))) + 1
        x, y = number(mark, "x"), number(mark, "y")
        assert reach <= x <= right - reach
        assert reach <= y <= bottom - reach
        covered = Box("mark", x - reach, x + reach, y - reach, y + reach)
        assert not [text.text for text in texts if text.meets(covered)]


def test_sessions_are_marked_in_every_panel_and_in_the_legend() -> None:
    root = drawn(diary({BURNING: {0: 1}, PAIN: {0: 2}}, sessions=[3, 9, 9, 10, 40]))
    for panel in panels(root):
        marks = named(panel, "g", "session")
        assert len(marks) == 3, "two on one day are one mark, those outside of the picture are none"
        for mark in marks:
            (line,) = named(mark, "line", "treated")
            assert line.get("stroke-dasharray")
            assert mark.find(SVG + "path") is not None
    assert "treatment session" in [told.text for told in named(root, "text", "told")]


def test_the_legend_explains_only_what_is_there() -> None:
    assert not named(drawn(diary({BURNING: {}})), "text", "told")
    assert [told.text for told in named(drawn(diary({BURNING: {0: 1}})), "text", "told")] == ["one day"]


def test_every_panel_has_its_name_and_says_that_higher_is_worse() -> None:
    root = drawn(diary({TINGLING: {0: 1}, BURNING: {}, PAIN: {}}))
    assert [named(panel, "text", "name")[0].text for panel in panels(root)] == [
        "Burning",
        "Tingling",
        "Pain (left foot)",
    ]
    for panel in panels(root):
        assert [text.text for text in named(panel, "text", "axis")] == ["↑ higher = worse"]
        assert [text.text for text in named(panel, "text", "level")] == ["0", "5", "10"]


def test_an_empty_diary_has_friendly_axes() -> None:
    root = drawn(diary({}))
    (panel,) = panels(root)
    assert [text.text for text in named(panel, "text", "nothing")] == ["No answers yet"]
    assert len(named(panel, "line", "level")) == 3


def test_an_item_answered_earlier_is_not_called_unanswered() -> None:
    root = drawn(diary({BURNING: {0: 4}}), 28, since=7)
    assert [text.text for text in named(root, "text", "nothing")] == ["No answers on these days"]


def test_items_not_followed_then_have_no_panel() -> None:
    ended = Item(ItemId(8), Symptom.SLEEP, None, None, 3, MONDAY, day(7))
    later = Item(ItemId(9), Symptom.NUMBNESS, None, None, 4, day(28))
    of = diary({BURNING: {}, ended: {3: 2}, later: {}})
    assert [panel.item for panel in charts.panels(of, day(7), day(27))] == [BURNING]
    assert [panel.item for panel in charts.panels(of, day(6), day(28))] == [BURNING, ended, later]


def test_an_item_that_was_ended_before_its_first_score_has_no_panel() -> None:
    ended = Item(ItemId(8), Symptom.SLEEP, None, None, 3, MONDAY, day(7))
    rests = Item(ItemId(9), Symptom.NUMBNESS, None, None, 4, MONDAY, None, ((day(0), day(21)),))
    of = diary({BURNING: {}, ended: {}, rests: {}})
    assert [panel.item for panel in charts.panels(of, day(0), day(20))] == [BURNING]
    assert [panel.item for panel in charts.panels(of, day(0), day(27))] == [BURNING, rests]


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_long_name_is_whole_so_that_left_is_not_right(language: str) -> None:
    feet = [
        Item(ItemId(n), Symptom.NUMBNESS, "sole of the foot near the heel", side, n, MONDAY)
        for n, side in enumerate((Side.LEFT, Side.RIGHT))
    ]
    of = diary({foot: {0: 1} for foot in feet})
    root = ET.fromstring(charts.course(of, day(0), day(27), words(language), "Your diary"))
    for panel, foot in zip(panels(root), feet, strict=True):
        assert " ".join(str(it.text) for it in named(panel, "text", "name")) == item_name(foot, words(language))


@pytest.mark.parametrize("weeks", [2, 4, 8, 12, 52])
def test_dates_are_mondays_that_stand_apart(weeks: int) -> None:
    root = drawn(diary({BURNING: {0: 1}}), 7 * weeks)
    shown = [text.text for text in named(root, "text", "date")]
    assert len(shown) >= 2
    assert set(shown) <= {str(EN.short_day(day(7 * n))) for n in range(weeks)}
    dates = [box for box in boxes(root) if box.text in shown]
    assert all(after.left - before.right >= charts.BETWEEN_DATES for before, after in pairwise(dates))


def test_one_week_has_its_first_day_and_its_last() -> None:
    assert [text.text for text in named(drawn(diary({}), 7), "text", "date")] == ["2 Mar", "8 Mar"]


def test_texts_are_taken_literally() -> None:
    odd = Item(ItemId(4), Symptom.PAIN, "<b>&amp;\x00\ud800 \u202etoe", Side.LEFT, 0, MONDAY)
    root = drawn(diary({odd: {0: 1}}), title="</title>Ada & <Ben>\x1b")
    assert root.findtext(SVG + "title") == "</title>Ada & <Ben>"
    assert [text.text for text in named(root, "text", "name")] == ["Pain (<b>&amp; \u202etoe, left side)"]


def test_a_sentence_loses_its_markup_and_keeps_its_signs() -> None:
    title = Sentence(f"<b>Diary</b> of {sentence('<Ada> & co')}")
    assert drawn(diary({}), title=title).findtext(SVG + "title") == "Diary of <Ada> & co"


def test_the_same_diary_gives_the_same_text() -> None:
    scores = {BURNING: {n: n % 11 for n in range(28)}, PAIN: {3: 4}}
    turned = {item: dict(reversed(course.items())) for item, course in scores.items()}
    first = charts.course(diary(scores, [3]), day(0), day(27), EN, "A")
    assert first == charts.course(diary(turned, [3]), day(0), day(27), EN, "A")


def test_the_days_come_in_order() -> None:
    with pytest.raises(ValueError, match="before the first"):
        charts.course(diary({}), day(1), day(0), EN, "A")


SITES = st.none() | st.sampled_from(["foot", "other", "back"]) | st.text(st.characters(exclude_categories=()))
ITEMS = st.lists(st.tuples(st.sampled_from(Symptom), SITES, st.none() | st.sampled_from(Side)), max_size=7).map(
    lambda found: [Item(ItemId(n), symptom, site, side, n, MONDAY) for n, (symptom, site, side) in enumerate(found)]
)


@settings(max_examples=60, deadline=None)
@given(
    items=ITEMS,
    gaps=st.lists(st.integers(0, 10) | st.none(), max_size=100),
    sessions=st.lists(st.integers(0, 100), max_size=30),
    since=st.integers(0, 20),
    days=st.integers(1, 400),
    title=st.text(st.characters(exclude_categories=())),
    language=st.sampled_from(["en", "es"]),
)
def test_any_diary_gives_a_picture_in_which_nothing_overlaps(
    items: list[Item],
    gaps: list[int | None],
    sessions: list[int],
    since: int,
    days: int,
    title: str,
    language: str,
) -> None:
    of = diary({item: dict(enumerate(gaps[n:])) for n, item in enumerate(items)}, sessions)
    last = since + days - 1
    root = ET.fromstring(charts.course(of, day(since), day(last), words(language), title))
    scored = [value is not None for n in range(len(items)) for value in gaps[n:][since : last + 1]]
    assert len(named(root, "use", "score")) == sum(scored)
    _, _, right, bottom = map(float, root.get("viewBox", "").split())
    found = list(boxes(root))
    for box in found:
        assert box.left >= 0, box
        assert box.right <= right, box
        assert box.bottom <= bottom, box
    for one, other in combinations(found, 2):
        assert not one.meets(other), (one, other)


def test_no_letter_is_too_small_for_a_phone() -> None:
    svg = charts.course(diary({BURNING: dict.fromkeys(range(28), 4)}, [3]), day(0), day(27), EN, "A")
    assert min(map(float, re.findall(r'font-size="([\d.]+)"', svg))) * 360 / charts.WIDTH >= 10


def test_items_are_called_by_symptom_and_place() -> None:
    assert item_name(PAIN, EN) == "Pain (left foot)"
    assert item_name(BURNING, EN) == "Burning"
    assert site_name("Knee ", Side.BOTH, EN) == "both knees"
    assert site_name("big toe", Side.RIGHT, EN) == "big toe, right side"
    assert site_name("a < b", None, EN) == "a &lt; b"
    assert site_name(None, Side.LEFT, EN) == "left side"
    assert site_name(None, None, EN) == ""


class Picture(SingleFileSnapshotExtension):
    """Kept as an SVG file of its own, to be looked at."""

    _write_mode = WriteMode.TEXT
    file_extension = "svg"


def test_a_typical_chart_looks_as_it_did(snapshot: SnapshotAssertion) -> None:
    of = diary(
        {
            BURNING: {n: (7, 6, 8, 7, 6, 5, 6)[n % 7] - n // 9 for n in range(28) if n not in (3, 10, 11)},
            TINGLING: {n: (3, 4, 3, 5, 0, 4, 3)[n % 7] for n in range(26) if n not in (3, 10, 11)},
            PAIN: {n: (10, 8, 9, 7)[n % 4] - n // 7 for n in range(28) if not 14 <= n < 18},
        },
        sessions=[9, 16],
    )
    svg = charts.course(of, day(0), day(27), EN, "Your last four weeks")
    assert svg == snapshot(extension_class=Picture)


# --- flares


def flared(of: Diary, *flares: tuple[Item, int, int]) -> Diary:
    return replace(
        of,
        flares=tuple(
            Flare(n, day(number), item.id, score, ENTERED_AT, Since.NOW, ENTERED_AT)
            for n, (item, number, score) in enumerate(flares)
        ),
    )


def test_a_flare_is_a_star_of_its_item_with_a_word_for_it_and_changes_no_number() -> None:
    plain = diary({BURNING: {0: 2, 1: 2, 2: 2, 3: 2}, PAIN: {0: 3}})
    marked = flared(plain, (BURNING, 1, 10), (BURNING, 1, 4), (BURNING, 9, 0), (PAIN, 2, 5), (PAIN, 99, 5))
    before, after = charts.panels(plain, day(0), day(27)), charts.panels(marked, day(0), day(27))
    assert [replace(panel, flares=()) for panel in after] == list(before)
    assert [(point.day, point.value) for point in after[0].flares] == [(day(1), 10), (day(9), 0)], (
        "the strongest of a day"
    )
    picture = drawn(marked)
    stars = picture.findall(f".//{SVG}g[@class='panel']/{SVG}path[@class='flare']")
    assert len(stars) == 3
    assert all(star.get("fill") == charts.PAPER for star in stars), "open: what lies on it is seen"
    told = [
        "".join(text.itertext()) for text in picture.findall(f".//{SVG}g[@class='legend']/{SVG}text[@class='told']")
    ]
    assert "flare, not in the mean" in told
    described = picture.findtext(f"{SVG}desc") or ""
    assert "Burning: 2 days with a flare." in described
    assert "flare" not in ET.tostring(drawn(plain), encoding="unicode")


def test_an_item_with_a_flare_alone_shows_that() -> None:
    picture = drawn(flared(diary({BURNING: {}}), (BURNING, 3, 7)))
    assert len(picture.findall(f".//{SVG}g[@class='panel']/{SVG}path[@class='flare']")) == 1
    assert not picture.findall(f".//{SVG}text[@class='nothing']")
