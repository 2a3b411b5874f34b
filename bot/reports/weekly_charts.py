"""The course of a long diary as a picture: a mark for every week instead of every day, and months on the time axis.

Rules, besides those of charts.py:
1. A week's mark is its mean. A week with too few scores for one has a small mark for each of its days.
2. Only adjacent weeks are joined.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.chat.words import Sentence, Words
from bot.diary import days
from bot.diary.digests import Diary
from bot.diary.looking import month_of, next_month
from bot.diary.sessions import SEVEN_DAYS
from bot.reports import fonts, strokes
from bot.reports.charts import BETWEEN_DATES, SAMPLE, Drawing, Mean, Panel, panels, score_y, session_days
from bot.reports.strokes import MARGIN, PAPER, QUIET, SMALLEST, WIDTH

DAY_RADIUS: Final = 3.0
SMALL_DAY_RADIUS: Final = 2.0
"""Of a single day's mark, in pixels; the small one where weeks are narrow."""
NARROW_WEEK: Final = 14
"""Weeks narrower than this, in pixels, have marks without a rim, and paler days, so that the line of means leads."""
FLARE_RADIUS: Final = 9.0
SESSION_HALF: Final = 5.0
"""Half the width of a session's mark, of which there may be hundreds."""
NARROW_MONTH: Final = 24
"""Months narrower than this, in pixels, have a line only where they have a date."""
A_YEAR: Final = 12
EVERY: Final = (1, 2, 3, 6, A_YEAR, 2 * A_YEAR, 5 * A_YEAR, 10 * A_YEAR)
"""Every how many months there is a date."""


def course(diary: Diary, first_day: date, last_day: date, words: Words, title: Sentence | str) -> str:
    """The picture of all items from `first_day` to `last_day` (included), as charts.course, week by week."""
    shown = panels(diary, first_day, last_day)
    treated = session_days(diary, first_day, last_day)
    return _ByTheWeek(shown, treated, first_day, last_day, words, figures=()).svg(strokes.plain(title))


def joined_weeks(means: tuple[Mean, ...]) -> tuple[tuple[Mean, ...], ...]:
    """The means, in order, split wherever a week has none."""
    found: list[list[Mean]] = []
    for week in means:
        if found and week.monday - found[-1][-1].monday == SEVEN_DAYS:
            found[-1].append(week)
        else:
            found.append([week])
    return tuple(map(tuple, found))


@dataclass(frozen=True, slots=True)
class _ByTheWeek(Drawing):
    """A picture in the making in which a week is what a day is elsewhere."""

    @property
    def _radius(self) -> float:
        return min(8.0, max(3.0, self._day_width * 7 * 0.4))

    @property
    def _narrow(self) -> bool:
        return self._day_width * 7 < NARROW_WEEK

    def _middle(self, monday: date) -> float:
        left, right = self._week(monday)
        return (left + right) / 2

    # What is drawn.

    def _uprights(self) -> list[float]:
        month_wide = 30 * self._day_width
        shown = self._months() if month_wide >= NARROW_MONTH else self._dated_months()
        return [self._x(month) - self._day_width / 2 for month in shown]

    def _weekly(self, body: list[str], panel: Panel, row: float, highest: float, lowest: float) -> None:
        look = strokes.LOOKS[panel.item.symptom]
        for run in joined_weeks(panel.means):
            points = [(self._middle(week.monday), score_y(week.value, highest, lowest)) for week in run]
            way = "L".join(f"{strokes.n(x)} {strokes.n(y)}" for x, y in points)
            if len(run) > 1:
                body.append(
                    f'<path class="run" d="M{way}" fill="none" stroke="{look.deep}" stroke-width="4" '
                    'stroke-linejoin="round"/>'
                )
            rim = 0 if self._narrow else 1
            body.append(f'<g class="means" fill="{look.deep}" stroke="{PAPER}" stroke-width="{rim}">')
            for x, y in points:
                where = f'x="{strokes.n(x)}" y="{strokes.n(y)}"'
                body.append(f'<use class="mean" href="#{panel.item.symptom}" {where}/>')
            body.append("</g>")

    def _daily(self, body: list[str], panel: Panel, highest: float, lowest: float) -> None:
        colour = strokes.LOOKS[panel.item.symptom].colour
        averaged = {week.monday for week in panel.means}
        for point in panel.flares:
            y = score_y(point.value, highest, lowest)
            body.append(strokes.flare(self._x(point.day), y, FLARE_RADIUS))
        radius, opacity = (SMALL_DAY_RADIUS, 0.45) if self._narrow else (DAY_RADIUS, 1)
        body.append(f'<g class="scores" fill="{colour}" fill-opacity="{opacity}">')
        for point in panel.points:
            if days.week_start(point.day) not in averaged:
                where = strokes.n(self._x(point.day)), strokes.n(score_y(point.value, highest, lowest))
                body.append(f'<circle class="score" cx="{where[0]}" cy="{where[1]}" r="{radius}"/>')
        body.append("</g>")

    def _sessions(self, body: list[str], highest: float, lowest: float) -> None:
        tip = highest - self._radius - 3
        for day in self.sessions:
            body.append(f'<g class="session">{strokes.triangle(self._x(day), tip, SESSION_HALF)}</g>')

    # Months

    def _months(self) -> list[date]:
        """The first days of months in the picture."""
        month = month_of(self.first_day)
        found = []
        while month <= self.last_day:
            if month >= self.first_day:
                found.append(month)
            month = next_month(month)
        return found

    def _dated(self, every: int) -> list[date]:
        return [month for month in self._months() if (month.year * A_YEAR + month.month - 1) % every == 0]

    def _every(self) -> int:
        """Every how many months there is room for a date."""
        for every in EVERY:
            widest = max((fonts.width(self._date(month, every), SMALLEST) for month in self._dated(every)), default=0.0)
            if widest + BETWEEN_DATES <= every * 28 * self._day_width:
                return every
        return EVERY[-1]

    def _dated_months(self) -> list[date]:
        return self._dated(self._every())

    def _date(self, month: date, every: int) -> str:
        return str(month.year) if every >= A_YEAR else strokes.plain(self.words.short_month(month))

    def _labels(self) -> list[tuple[float, str]]:
        every = self._every()
        found = []
        for month in self._dated(every):
            label = self._date(month, every)
            half = fonts.width(label, SMALLEST) / 2
            x = self._x(month) - self._day_width / 2
            if x + half <= WIDTH - MARGIN / 2:
                found.append((max(x, MARGIN + half), label))
        return found

    def _explained(self) -> list[tuple[str, str]]:
        words = self.words
        entries: list[tuple[str, str]] = []
        middle = strokes.n(SAMPLE / 2)
        if marked := [panel for panel in self.shown if panel.means]:
            mark = strokes.outline(marked[0].item.symptom, 10)
            drawn = f'<path d="M0 -10H{SAMPLE}" stroke="{QUIET}" stroke-width="4"/>'
            drawn += f'<path d="{mark}" transform="translate({middle} -10)" fill="{QUIET}"/>'
            entries.append((drawn, strokes.plain(words("weekly mean"))))
        if any(panel.flares for panel in self.shown):
            entries.append((strokes.flare(SAMPLE / 2, -10, 16), strokes.plain(words("flare, not in the mean"))))
        if self.sessions:
            entries.append((strokes.triangle(SAMPLE / 2, 0, 8), strokes.plain(words("treatment session"))))
        if any(_alone(panel) for panel in self.shown):
            drawn = f'<circle cx="{middle}" cy="-10" r="{DAY_RADIUS + 1}" fill="{QUIET}"/>'
            entries.append((drawn, strokes.plain(words("one day of a week with fewer than 4 answers"))))
        return entries


def _alone(panel: Panel) -> bool:
    """Whether the panel has single days."""
    averaged = {week.monday for week in panel.means}
    return any(days.week_start(point.day) not in averaged for point in panel.points)
