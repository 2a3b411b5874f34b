"""The course of a diary as a picture: one panel per item over one time axis, as SVG text.

What is read (`panels`) is apart from how it is drawn. Rules of the picture:
1. The score axis always runs from 0 to 10, and what is drawn at either end is drawn whole.
2. Only adjacent days are joined. A day without a score is a gap, whatever its reason, and stays open.
3. A week has a mean by the rule of diary/sessions.py. It is the mean of the whole week, also where only
   a part of it is in the picture, so that it is the same number everywhere.
4. Nothing is told by colour alone: symptoms have names and shapes, sessions a triangle and a dashed line.
5. A flare is an open star, and no score: it is joined to nothing and enters no mean.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Final

from bot.chat.items import item_name
from bot.chat.words import Sentence, Words
from bot.diary import days
from bot.diary.digests import Diary
from bot.diary.entries import HIGHEST, LOWEST, Item, Symptom
from bot.diary.items import followed
from bot.diary.sessions import LAST_OF_SEVEN, SEVEN_DAYS, mean
from bot.reports import fonts, strokes
from bot.reports.strokes import BASE, HAIR, INK, MARGIN, PAPER, QUIET, SMALLEST, WIDTH

PLOT_LEFT: Final = 98
PLOT_RIGHT: Final = WIDTH - MARGIN
INSET: Final = 6
"""Between the score axis and the first day."""
TITLE_SIZE: Final = 40
NAME_SIZE: Final = 34
NAME_ROW: Final = 44
LONG_NAME_ROW: Final = 38
"""A line of a name that does not fit beside what stands to its right."""
MEAN_ROW: Final = 38
SESSION_ROW: Final = 22
BARE_ROW: Final = 12
"""Above a plot that has neither means nor sessions."""
PLOT_HEIGHTS: Final = {1: 400, 2: 270, 3: 190, 4: 150, 5: 130, 6: 115}
"""By the number of panels, in pixels; more panels are as high as six."""
BETWEEN_PANELS: Final = 24
DATE_ROW: Final = 46
LEGEND_ROW: Final = 48
NARROW_WEEK: Final = 30
"""Weeks narrower than this, in pixels, have a line only where they have a date."""
SAMPLE: Final = 66
"""Width of what the legend explains."""
STAR: Final = 1.75
"""How much wider a flare's star is than a score's mark."""
BETWEEN_DATES: Final = 20
BETWEEN_MEANS: Final = 8


@dataclass(frozen=True, slots=True)
class Point:
    """The score that counts for one day."""

    day: date
    value: int


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of `n` scores in the week from `monday`, unrounded."""

    monday: date
    value: float
    n: int


@dataclass(frozen=True, slots=True)
class Panel:
    """What one item has to show between two days; `ever_scored`: whether the diary has any score of it."""

    item: Item
    points: tuple[Point, ...]
    means: tuple[Mean, ...]
    ever_scored: bool
    flares: tuple[Point, ...] = ()
    """The strongest of each day."""


def panels(diary: Diary, first_day: date, last_day: date) -> tuple[Panel, ...]:
    """The items asked or scored from `first_day` to `last_day` (included), in the order asked.

    One that was ended before it ever had a score is left out.
    """
    found = []
    for item in sorted(diary.items, key=lambda item: (item.position, item.id)):
        scored = _points(diary, item)
        shown = tuple(point for point in scored if first_day <= point.day <= last_day)
        if shown or followed(item, first_day, last_day, ever_scored=bool(scored)):
            since = days.week_start(first_day)
            means = tuple(week for week in _means(scored) if since <= week.monday <= last_day)
            flares = tuple(point for point in _flares(diary, item) if first_day <= point.day <= last_day)
            found.append(Panel(item, shown, means, bool(scored), flares))
    return tuple(found)


def runs(points: Sequence[Point]) -> tuple[tuple[Point, ...], ...]:
    """The points, in order of day, split wherever a day is missing."""
    found: list[list[Point]] = []
    for point in points:
        if found and point.day - found[-1][-1].day == days.ONE_DAY:
            found[-1].append(point)
        else:
            found.append([point])
    return tuple(map(tuple, found))


def session_days(diary: Diary, first_day: date, last_day: date) -> tuple[date, ...]:
    """The days from `first_day` to `last_day` (included) with a treatment session or more."""
    return tuple(sorted({session.day for session in diary.sessions if first_day <= session.day <= last_day}))


def course(
    diary: Diary,
    first_day: date,
    last_day: date,
    words: Words,
    title: Sentence | str,
    *,
    figures: Collection[date] | None = None,
) -> str:
    """The picture of all items from `first_day` to `last_day` (included), as SVG, WIDTH pixels wide.

    The same arguments give the same text. An item without a score gets its axes and a word about it. Markup
    in a Sentence is left out; a plain `title` is taken as it is. `figures`: the Mondays of the weeks whose
    means are printed as numbers too, those that the text beside the picture tells; None: of all.
    Raises ValueError when the last day lies before the first.
    """
    if last_day < first_day:
        raise ValueError("the last day lies before the first")
    shown = panels(diary, first_day, last_day)
    treated = session_days(diary, first_day, last_day)
    return Drawing(shown, treated, first_day, last_day, words, figures).svg(strokes.plain(title))


def _points(diary: Diary, item: Item) -> tuple[Point, ...]:
    return tuple(
        Point(day, score.value)
        for (day, item_id), score in sorted(diary.scores.items(), key=lambda entry: entry[0])
        if item_id == item.id and score.value is not None
    )


def _flares(diary: Diary, item: Item) -> tuple[Point, ...]:
    strongest: dict[date, int] = {}
    for flare in diary.flares:
        if flare.item_id == item.id:
            strongest[flare.day] = max(flare.score, strongest.get(flare.day, LOWEST))
    return tuple(Point(day, score) for day, score in sorted(strongest.items()))


def _means(points: Iterable[Point]) -> Iterator[Mean]:
    by_week: dict[date, list[int]] = {}
    for point in points:
        by_week.setdefault(days.week_start(point.day), []).append(point.value)
    for monday, values in sorted(by_week.items()):
        if (value := mean(values)) is not None:
            yield Mean(monday, value, len(values))


def item_heading(body: list[str], item: Item, top: float, room: float, words: Words) -> float:
    """The name beside the caption; returns where that stands. One that is too long stands above it, whole: its end
    tells left from right."""
    name, fill = strokes.plain(item_name(item, words)), strokes.LOOKS[item.symptom].deep
    for size in (NAME_SIZE, SMALLEST):
        if fonts.width(name, size, bold=True) <= room:
            body.append(strokes.text(MARGIN, top + 32, name, "name", size=size, bold=True, fill=fill))
            return top
    for line in fonts.lines(name, PLOT_RIGHT - MARGIN, SMALLEST, most=2, bold=True):
        body.append(strokes.text(MARGIN, top + 32, line, "name", size=SMALLEST, bold=True, fill=fill))
        top += LONG_NAME_ROW
    return top


@dataclass(frozen=True, slots=True)
class Drawing:
    """One picture in the making: what is shown, and where days and scores lie."""

    shown: tuple[Panel, ...]
    sessions: tuple[date, ...]
    first_day: date
    last_day: date
    words: Words
    figures: Collection[date] | None = None
    """The Mondays whose means are printed as numbers, where they fit; None: all."""

    def svg(self, title: str) -> str:
        body: list[str] = []
        y = self._heading(body, title)
        height = PLOT_HEIGHTS.get(max(1, len(self.shown)), PLOT_HEIGHTS[max(PLOT_HEIGHTS)])
        for number, panel in enumerate(self.shown or (None,)):
            top = y + (BETWEEN_PANELS if number else 0)
            y = self._panel(body, panel, number, top, height)
        y = self._dates(body, y)
        y = self._legend(body, y)
        total = round(y + MARGIN)
        return strokes.svg(body, total, title, self._told(), tuple(self._marks()))

    # Where things lie.

    @property
    def _day_width(self) -> float:
        return (PLOT_RIGHT - PLOT_LEFT - 2 * INSET) / ((self.last_day - self.first_day).days + 1)

    @property
    def _radius(self) -> float:
        """Of a score's mark: large where there is room, never too small to see."""
        return min(12.0, max(3.0, self._day_width * 0.6))

    def _x(self, day: date) -> float:
        """The middle of a day."""
        return PLOT_LEFT + INSET + ((day - self.first_day).days + 0.5) * self._day_width

    def _week(self, monday: date) -> tuple[float, float]:
        """From where to where a week reaches, as far as it is in the picture."""
        first = max(monday, self.first_day)
        last = min(monday + LAST_OF_SEVEN, self.last_day)
        return self._x(first) - self._day_width / 2, self._x(last) + self._day_width / 2

    @property
    def _valued(self) -> bool:
        """Whether any mean is printed as a number."""
        return any(self._printed(panel.means) for panel in self.shown)

    def _printed(self, means: Sequence[Mean]) -> dict[date, str]:
        """Which means are printed, by week: those that fit above their week and stand apart."""
        found: dict[date, str] = {}
        reached = 0.0
        for week in means:
            if self.figures is not None and week.monday not in self.figures:
                continue
            left, right = self._week(week.monday)
            value = strokes.plain(self.words.number(week.value))
            taken = fonts.width(value, SMALLEST, bold=True)
            begin = (left + right - taken) / 2
            if taken <= right - left and begin >= reached + BETWEEN_MEANS:
                found[week.monday] = value
                reached = begin + taken
        return found

    def _mondays(self) -> list[date]:
        monday = days.week_start(self.first_day)
        found = []
        while monday <= self.last_day:
            if monday >= self.first_day:
                found.append(monday)
            monday += SEVEN_DAYS
        return found

    def _each(self) -> int:
        """Every how many Mondays there is room for a date."""
        widest = max(
            (fonts.width(strokes.plain(self.words.short_day(day)), SMALLEST) for day in self._mondays()), default=0.0
        )
        return max(1, ceil((widest + BETWEEN_DATES) / (7 * self._day_width)))

    # What is drawn, from top to bottom: each takes the height it starts at and returns where it ends.

    def _heading(self, body: list[str], title: str) -> float:
        words = self.words
        y = float(MARGIN)
        for line in fonts.lines(title, WIDTH - 2 * MARGIN, TITLE_SIZE, most=2, bold=True):
            y += TITLE_SIZE + 8
            body.append(strokes.text(MARGIN, y - 14, line, "title", size=TITLE_SIZE, bold=True, fill=INK))
        last = f"{words.short_day(self.last_day)} {self.last_day.year}"
        first = str(words.short_day(self.first_day))
        if self.first_day.year != self.last_day.year:
            first = f"{first} {self.first_day.year}"
        told = words("{first} – {last} · 0 = none, 10 = worst possible", first=first, last=last)
        for line in fonts.lines(strokes.plain(told), WIDTH - 2 * MARGIN, SMALLEST, most=2):
            y += SMALLEST + 10
            body.append(strokes.text(MARGIN, y - 8, line, "range"))
        return y + 24

    def _panel(self, body: list[str], panel: Panel | None, number: int, top: float, height: float) -> float:
        body.append(f'<g class="panel" id="panel-{number + 1}">')
        caption = "↑ " + strokes.plain(self.words("higher = worse"))
        if panel:
            top = item_heading(
                body, panel.item, top, PLOT_RIGHT - MARGIN - fonts.width(caption, SMALLEST) - 24, self.words
            )
        body.append(strokes.text(PLOT_RIGHT, top + 32, caption, "axis", anchor="end"))
        plot_top = top + NAME_ROW
        highest = plot_top + self._radius
        highest += max((MEAN_ROW if self._valued else 0) + (SESSION_ROW if self.sessions else 0), BARE_ROW)
        lowest = highest + height
        self._grid(body, highest, lowest)
        if panel:
            self._weekly(body, panel, plot_top + 30, highest, lowest)
        self._sessions(body, highest, lowest)
        if panel:
            self._daily(body, panel, highest, lowest)
        if not panel or not (panel.points or panel.flares):
            self._nothing(body, panel, (highest + lowest) / 2)
        body.append("</g>")
        return lowest + self._radius + 2

    def _grid(self, body: list[str], highest: float, lowest: float) -> None:
        for x in self._uprights():
            body.append(strokes.line(x, highest, x, lowest, "week", HAIR, 2))
        for value in (LOWEST, 5, HIGHEST):
            y = score_y(value, highest, lowest)
            body.append(strokes.line(PLOT_LEFT, y, PLOT_RIGHT, y, "level", BASE if value == LOWEST else HAIR, 2))
            body.append(strokes.text(PLOT_LEFT - 14, y + 10, str(value), "level", anchor="end"))

    def _uprights(self) -> list[float]:
        """Where the lines stand that part the time axis."""
        each = 1 if self._day_width * 7 >= NARROW_WEEK else self._each()
        return [self._week(monday)[0] for monday in self._mondays()[::each]]

    def _weekly(self, body: list[str], panel: Panel, row: float, highest: float, lowest: float) -> None:
        look = strokes.LOOKS[panel.item.symptom]
        printed = self._printed(panel.means)
        for week in panel.means:
            left, right = self._week(week.monday)
            left, right = left + 2, right - 2
            y = score_y(week.value, highest, lowest)
            body.append(
                f'<rect class="band" x="{strokes.n(left)}" y="{strokes.n(y)}" width="{strokes.n(right - left)}" '
                f'height="{strokes.n(lowest - y)}" fill="{look.colour}" fill-opacity="0.13"/>'
            )
            body.append(strokes.line(left, y, right, y, "mean", look.deep, 6))
            if value := printed.get(week.monday):
                body.append(self._value(value, week.n, look, (left + right) / 2, right - left, row))

    def _value(self, value: str, n: int, look: strokes.Look, x: float, room: float, y: float) -> str:
        """A mean in figures, and where there is room the number of days that it is from."""
        told = strokes.plain(self.words.many("{n} day", "{n} days", n))
        taken = fonts.width(value, SMALLEST, bold=True) + 12 + fonts.width(told, SMALLEST)
        more = f'<tspan dx="12" font-weight="normal" fill="{QUIET}">{strokes.escaped(told)}</tspan>'
        return (
            f'<text class="value" x="{strokes.n(x)}" y="{strokes.n(y)}" text-anchor="middle" font-weight="bold" '
            f'fill="{look.deep}">{strokes.escaped(value)}{more if taken + 16 <= room else ""}</text>'
        )

    def _sessions(self, body: list[str], highest: float, lowest: float) -> None:
        for day in self.sessions:
            wide = min(11.0, max(8.0, self._day_width * 0.5))
            body.append(strokes.session(self._x(day), highest - self._radius - 3, lowest, wide))

    def _daily(self, body: list[str], panel: Panel, highest: float, lowest: float) -> None:
        look = strokes.LOOKS[panel.item.symptom]
        for run in runs(panel.points):
            if len(run) > 1:
                way = "L".join(
                    f"{strokes.n(self._x(p.day))} {strokes.n(score_y(p.value, highest, lowest))}" for p in run
                )
                body.append(
                    f'<path class="run" d="M{way}" fill="none" stroke="{look.colour}" stroke-width="3" '
                    'stroke-opacity="0.55" stroke-linejoin="round"/>'
                )
        # Under the scores and wider than they are: where both stand on one spot, both are seen.
        for point in panel.flares:
            y = score_y(point.value, highest, lowest)
            body.append(strokes.flare(self._x(point.day), y, self._radius * STAR))
        body.append(f'<g class="scores" fill="{look.colour}" stroke="{PAPER}" stroke-width="1.5">')
        for point in panel.points:
            where = strokes.n(self._x(point.day)), strokes.n(score_y(point.value, highest, lowest))
            body.append(f'<use class="score" href="#{panel.item.symptom}" x="{where[0]}" y="{where[1]}"/>')
        body.append("</g>")

    def _nothing(self, body: list[str], panel: Panel | None, y: float) -> None:
        words = self.words
        told = words("No answers on these days") if panel and panel.ever_scored else words("No answers yet")
        middle = (PLOT_LEFT + PLOT_RIGHT) / 2
        line = fonts.fitted(strokes.plain(told), PLOT_RIGHT - PLOT_LEFT, NAME_SIZE)
        body.append(strokes.text(middle, y + 12, line, "nothing", size=NAME_SIZE, anchor="middle", halo=True))

    def _dates(self, body: list[str], y: float) -> float:
        for x, label in self._labels():
            body.append(strokes.text(x, y + 34, label, "date", anchor="middle", fill=INK))
        return y + DATE_ROW

    def _labels(self) -> list[tuple[float, str]]:
        """The dates under the axis: Mondays, as many as stand apart, or else the first day and the last."""
        mondays = self._mondays()
        texts = {day: strokes.plain(self.words.short_day(day)) for day in (*mondays, self.first_day, self.last_day)}
        wanted = mondays[:: self._each()]
        if len(wanted) < 2:
            wanted = sorted({*(wanted or [self.first_day]), self.last_day})
        found: list[tuple[float, str]] = []
        reached = 0.0
        for day in wanted:
            half = fonts.width(texts[day], SMALLEST) / 2
            x = min(max(self._x(day), MARGIN + half), WIDTH - MARGIN / 2 - half)
            if not found or x - half >= reached + BETWEEN_DATES:
                found.append((x, texts[day]))
                reached = x + half
        return found

    def _legend(self, body: list[str], y: float) -> float:
        entries = self._explained()
        if not entries:
            return y
        x, y = float(MARGIN), y + LEGEND_ROW + 10
        body.append(strokes.line(MARGIN, y - LEGEND_ROW, PLOT_RIGHT, y - LEGEND_ROW, "rule", HAIR, 2))
        for drawn, told in entries:
            taken = SAMPLE + 14 + fonts.width(told, SMALLEST)
            if x > MARGIN and x + taken > PLOT_RIGHT:
                x, y = float(MARGIN), y + LEGEND_ROW
            text = strokes.text(SAMPLE + 14, 0, told, "told")
            body.append(f'<g class="legend" transform="translate({strokes.n(x)} {strokes.n(y)})">{drawn}{text}</g>')
            x += taken + 36
        return y

    def _explained(self) -> list[tuple[str, str]]:
        """What the legend explains: a sample, SAMPLE wide, and its words."""
        words = self.words
        entries: list[tuple[str, str]] = []
        middle = SAMPLE / 2
        if scored := [panel for panel in self.shown if panel.points]:
            mark = strokes.outline(scored[0].item.symptom, 12)
            drawn = (
                f'<path d="M0 -10H{SAMPLE}" stroke="{QUIET}" stroke-width="3" stroke-opacity="0.55"/>'
                f'<path d="{mark}" transform="translate({strokes.n(middle)} -10)" '
                f'fill="{QUIET}" stroke="{PAPER}" stroke-width="1.5"/>'
            )
            entries.append((drawn, strokes.plain(words("one day"))))
        if any(panel.means for panel in self.shown):
            drawn = f'<rect y="-30" width="{SAMPLE}" height="36" fill="{QUIET}" fill-opacity="0.15"/>'
            drawn += strokes.line(0, -30, SAMPLE, -30, "sample", QUIET, 6)
            if self._valued:
                number = strokes.plain(words.number(4.2))
                drawn += strokes.text(middle, 1, number, "sample", bold=True, anchor="middle")
            entries.append((drawn, strokes.plain(words("weekly mean"))))
        if any(panel.flares for panel in self.shown):
            entries.append((strokes.flare(middle, -10, 20), strokes.plain(words("flare, not in the mean"))))
        if self.sessions:
            entries.append((strokes.session(middle, -14, 8, 11), strokes.plain(words("treatment session"))))
        return entries

    def _marks(self) -> Iterator[str]:
        for symptom in Symptom:
            if any(panel.points and panel.item.symptom is symptom for panel in self.shown):
                yield f'<path id="{symptom}" d="{strokes.outline(symptom, self._radius)}"/>'

    def _told(self) -> str:
        """The picture in a sentence per panel, for those who do not see it."""
        words = self.words
        told = [words("Scores from 0 to 10, day by day. Higher = worse.")]
        for panel in self.shown:
            name = item_name(panel.item, words)
            n = len(panel.points)
            told.append(words.many("{name}: {n} day scored.", "{name}: {n} days scored.", n, name=name))
            if n := len(panel.flares):
                told.append(words.many("{name}: {n} day with a flare.", "{name}: {n} days with a flare.", n, name=name))
        if self.sessions:
            told.append(words.many("{n} day with treatment.", "{n} days with treatment.", len(self.sessions)))
        return strokes.plain(Sentence(" ".join(told)))


def score_y(value: float, highest: float, lowest: float) -> float:
    """How far down a score lies between 10, at `highest`, and 0, at `lowest`."""
    return lowest - (value - LOWEST) / (HIGHEST - LOWEST) * (lowest - highest)
