"""The visit sheet: one dated A4 page about a diary that a doctor can read in 60 seconds, as PDF.

Rules:
1. Always one page, whatever the diary holds: what does not fit is cut and counted.
2. A mean stands with the number of days it is from, gaps stay open, and the score axis runs from 0 to 10.
3. No name of the person is on it: there is a line to write it by hand, for a file may get lost.
4. It describes and says so; a change is called what diary/digests.py calls it, and nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Final

from bot.chat.items import item_name
from bot.chat.sessions import described
from bot.chat.words import Sentence, Words, joined, sentence
from bot.diary import days, digests, looking
from bot.diary.digests import ChangeLabel, Diary
from bot.diary.entries import HIGHEST, LOWEST, Note, Symptom
from bot.diary.looking import Course, Line, Mark, Tally, Visit
from bot.diary.sessions import LAST_OF_SEVEN, MIN_SCORES, SEVEN_DAYS, BaselineKind, Session
from bot.reports import strokes
from bot.reports.charts import Point, runs
from bot.reports.digests import change_label, change_size, severity_name
from bot.reports.paper import HIGH, UNPRINTABLE, WIDE, Paper, broken, cut, printable, wide
from bot.reports.strokes import BASE, HAIR, INK, PAPER, QUIET, SESSION, star

MARGIN: Final = 12.0
RIGHT: Final = WIDE - MARGIN
MOST_LINES: Final = 7
"""Items on a sheet: six are asked at most, and one more may have been ended in these weeks."""
COLUMNS: Final = (0.0, 34.0, 64.0, 112.0, 146.0, 170.0)
"""Where the columns of the table begin, in millimetres from the margin."""
ROW: Final = 8.6
GUTTER: Final = 34.0
"""Left of the charts, for their names."""
MEANS_ROW: Final = 4.6
BETWEEN: Final = 2.0
FLARE: Final = 1.5
"""How far the points of a star of a flare reach, in millimetres."""
HIGHEST_PLOT: Final = 34.0
LOWEST_PLOT: Final = 7.5
"""Height of one chart, in millimetres."""
AXIS: Final = 11.0
"""Below the charts: their dates and their legend."""
LIST_ROOM: Final = WIDE / 2 - MARGIN - 2
LIST_LINE: Final = 3.7
MOST_LISTED: Final = 7
"""Lines of the two lists below the charts."""
NOTE_LINE: Final = 3.5
NOTE_LINES: Final = 3
"""Of one note; what is longer is cut."""
NOTE_SIGNS: Final = 600
"""Of one note that are looked at: more than its lines can hold."""
MOST_NOTES: Final = 60
"""Notes that are looked at: more than the page can hold."""
NOTES_ROOM: Final = 45.0
"""Millimetres that notes have at most before the charts become as high as they can."""
FOOT: Final = 9.5
SMALL: Final = 6.5
BODY: Final = 8.0
HEADING: Final = 9.0
TITLE: Final = 15.0
"""Sizes of letters, in points."""


class Maker(StrEnum):
    """Who has a sheet made: it says so at its foot."""

    PATIENT = "patient"
    THERAPIST = "therapist"
    CLINIC = "clinic"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a sheet is made of: `weeks` whole weeks and the present one, as they stand at `now`.

    `notes`: those that the patient wants on it, oldest first; None: none are wanted. `clinic`: whose bot makes it.
    `readers`: the therapists who can see the diary. `maker`: who wants it. `made_at`: when it is made, where that is
    not `now`: of a diary that has ended, the days before its end are shown.
    """

    diary: Diary
    weeks: int
    notes: Sequence[Note] | None
    now: datetime
    clinic: str
    readers: tuple[str, ...] = ()
    maker: Maker = Maker.PATIENT
    made_at: datetime | None = None

    @property
    def visit(self) -> Visit:
        return looking.visit(self.diary, self.weeks, self.now)


def file_name(sheet: Sheet, words: Words) -> str:
    """Its date, and no name of anyone."""
    today = days.local(sheet.made_at or sheet.now, sheet.diary.zone).date()
    return printable(strokes.plain(words("symptom-diary-{date}.pdf", date=today.isoformat())))


def pdf(sheet: Sheet, words: Words) -> bytes:
    """The page. The same arguments give the same bytes."""
    return _Page(sheet, words).drawn()


class _Page:
    """A sheet in the making, from top to bottom."""

    def __init__(self, sheet: Sheet, words: Words) -> None:
        self.sheet, self.words, self.visit = sheet, words, sheet.visit
        self.lines = _shown(self.visit.lines, self.visit.tally.last)
        self.wanted_notes = [note for note in sheet.notes or () if note.day >= self.visit.tally.first]
        self.unprinted = False
        title = _said(words("Symptom diary: visit sheet, {day}", day=words.short_dated(self._made_at.date())))
        self.paper = Paper(title, words.language, sheet.now)

    @property
    def _made_at(self) -> datetime:
        return days.local(self.sheet.made_at or self.sheet.now, self.sheet.diary.zone)

    def drawn(self) -> bytes:
        y = self._heading(MARGIN)
        y = self._table(y)
        told = self._days_told()[:MOST_LISTED]
        listed = max(3, len(told), min(MOST_LISTED, len(self.visit.sessions)))
        notes = self._notes_written()
        below = 8 + listed * LIST_LINE + 7 + min(NOTES_ROOM, len(notes) * NOTE_LINE)
        y = self._charts(y + 3, self._plot_height(y + 3, below))
        y = self._lists(y + 5, told, listed)
        self._notes(y + 3, notes)
        self._foot()
        return self.paper.written()

    def _plot_height(self, y: float, below: float) -> float:
        count = max(1, len(self.lines))
        room = HIGH - MARGIN - FOOT - y - below - AXIS - count * (MEANS_ROW + BETWEEN)
        return min(HIGHEST_PLOT, max(LOWEST_PLOT, room / count))

    # --- the heading --------------------------------------------------------------------------------------------------

    def _heading(self, y: float) -> float:
        words, tally, made = self.words, self.visit.tally, self._made_at
        self._text(0, y + 5, _said(words("Symptom diary: visit sheet")), TITLE, bold=True)
        period = _said(joined(" – ", [words.short_dated(tally.first), words.short_dated(tally.last)]))
        self._text(0, y + 10.5, period, HEADING, bold=True)
        when = words(
            "Made on {day} at {time}, time of {city}",
            day=words.dated(made.date()),
            time=words.time(made),
            city=words.city(self.sheet.diary.zone),
        )
        room = RIGHT - MARGIN - wide(period, HEADING, bold=True) - 4
        self.paper.text(RIGHT, y + 10.5, cut(_said(when), room, BODY), BODY, colour=QUIET, align="right")
        asked = words("Kept by the patient once a day: how strong in the past 24 hours. 0 = none, 10 = worst possible.")
        self._text(0, y + 14.5, _said(asked), BODY, room=RIGHT - MARGIN)
        y += 4
        name = _said(words("Name:"))
        born = _said(words("Born:"))
        self._text(0, y + 17, name, BODY)
        self.paper.line(MARGIN + wide(name, BODY) + 2, y + 17.5, MARGIN + 72, y + 17.5, BASE, 0.2)
        self._text(76, y + 17, born, BODY)
        self.paper.line(MARGIN + 78 + wide(born, BODY), y + 17.5, MARGIN + 112, y + 17.5, BASE, 0.2)
        if self.sheet.readers:
            names = words.listed([sentence(name) for name in self.sheet.readers])
            seen = cut(_said(words("Shared with {names}", names=names)), RIGHT - MARGIN - 116, BODY)
            self.paper.text(RIGHT, y + 17, seen, BODY, colour=QUIET, align="right")
        return y + 21

    # --- the table ----------------------------------------------------------------------------------------------------

    def _table(self, y: float) -> float:
        words = self.words
        heads = (
            words("Symptom"),
            words("Newest week"),
            words("Baseline"),
            words.about("since the baseline", "Change"),
            words("Highest score"),
            words("{score} or more", score=digests.STRONG),
        )
        self.paper.box(MARGIN, y, RIGHT - MARGIN, 5, HAIR)
        for number, head in enumerate(heads):
            self._cell(number, y + 3.5, _said(head), SMALL + 0.5, bold=True)
        y += 5
        for line in self.lines:
            self._row(line, y)
            y += ROW
            self.paper.line(MARGIN, y, RIGHT, y, HAIR, 0.2)
        if not self.lines:
            self._text(1, y + 4, _said(words("No symptom was followed in these weeks.")), BODY)
            y += ROW
        if more := len(self.visit.lines) - len(self.lines):
            told = words.many("and {n} more symptom", "and {n} more symptoms", more)
            self._text(1, y + 3, _said(told), SMALL, colour=QUIET)
            y += 4
        return y

    def _row(self, line: Line, y: float) -> None:
        cells = (
            self._symptom(line.course),
            self._latest(line),
            self._baseline(line),
            self._change(line),
            self._highest(line.course),
            self._strong(line.course),
        )
        for number, (first, second) in enumerate(cells):
            bold = number in (0, 1, 3)
            colour = strokes.LOOKS[line.course.item.symptom].deep if number == 0 else INK
            self._cell(number, y + 3.6, first, BODY, bold=bold, colour=colour)
            self._cell(number, y + 7, second, SMALL, colour=QUIET)

    def _cell(self, number: int, y: float, text: str, size: float, *, bold: bool = False, colour: str = INK) -> None:
        ends = (*COLUMNS[1:], RIGHT - MARGIN)
        room = ends[number] - COLUMNS[number] - 2
        self._text(COLUMNS[number] + 1, y, text, size, bold=bold, colour=colour, room=room)

    def _symptom(self, course: Course) -> tuple[str, str]:
        name = _said(item_name(course.item, self.words))
        first, *more = broken(name, COLUMNS[1] - 2, BODY, most=3, bold=True)
        return first, " ".join(more)

    def _latest(self, line: Line) -> tuple[str, str]:
        words, week = self.words, line.latest
        if week is None or week.mean is None:
            return "–", _said(words("none with {fewest} answers", fewest=MIN_SCORES))
        dates = self._from_to(week.monday, week.monday + LAST_OF_SEVEN)
        severe = severity_name(line.course.item, week.mean, words)
        return _said(_with_n(week.mean, week.n, words)), ", ".join(filter(None, (dates, _said(severe))))

    def _baseline(self, line: Line) -> tuple[str, str]:
        words, base = self.words, line.baseline
        if base is None:
            return "–", _said(words("none yet"))
        match base.kind:
            case BaselineKind.BEFORE_TREATMENT:
                kind = words("before treatment")
            case BaselineKind.FIRST_WEEK:
                kind = words("first week")
            case BaselineKind.FIRST_WEEK_IN_TREATMENT:
                kind = words("first week *")
        return (
            _said(_with_n(base.mean, base.n, words)),
            f"{self._from_to(base.first_day, base.last_day)}, {_said(kind)}",
        )

    def _change(self, line: Line) -> tuple[str, str]:
        if line.change is None:
            return "–", _said(self.words("no later week yet")) if line.baseline is not None else ""
        label = change_label(line.change.label, self.words)
        mark = " **" if line.change.label is ChangeLabel.HIGHER else ""
        return _said(label) + mark, _said(change_size(line.change, self.words))

    def _highest(self, course: Course) -> tuple[str, str]:
        if course.worst is None:
            return "–", ""
        score, found = course.worst
        if score == LOWEST:
            return str(score), ""
        dates = [self._date(day) for day in found]
        return str(score), _as_many(dates, COLUMNS[5] - COLUMNS[4] - 2, SMALL)

    def _strong(self, course: Course) -> tuple[str, str]:
        told = self.words.many("of {n} day", "of {n} days", course.n)
        return str(course.strong_days), _said(told)

    # --- the charts ---------------------------------------------------------------------------------------------------

    def _charts(self, y: float, height: float) -> float:
        for line in self.lines:
            self._chart(line.course, y + MEANS_ROW, height)
            y += MEANS_ROW + height + BETWEEN
        if not self.lines:
            return y
        for monday in self._mondays()[:: self._every()]:
            self.paper.text(self._x(monday), y + 1.5, self._date(monday), SMALL, colour=INK)
        self._legend(y + 6)
        return y + AXIS - 3

    def _chart(self, course: Course, top: float, height: float) -> None:
        paper, look = self.paper, strokes.LOOKS[course.item.symptom]
        name, size = self._chart_name(course)
        below = 3.4 if size == BODY else 2.8
        for number, part in enumerate(name):
            self._text(0, top + 2.5 + number * below, part, size, bold=True, colour=look.deep)
        right = self._x(self.visit.tally.last + days.ONE_DAY)
        for value in (LOWEST, 5, HIGHEST):
            y = _level(value, top, height)
            paper.line(MARGIN + GUTTER, y, right, y, BASE if value == LOWEST else HAIR, 0.2)
            paper.text(MARGIN + GUTTER - 1, y + 0.8, str(value), SMALL - 1, colour=QUIET, align="right")
        worse = cut("↑ " + _said(self.words("higher = worse")), GUTTER - 6, SMALL)
        self._text(0, top + 2.5 + len(name) * below, worse, SMALL, colour=QUIET)
        for monday in self._mondays():
            paper.line(self._x(monday), top, self._x(monday), top + height, HAIR, 0.2)
        self._means(course, look, top, height)
        for session in self.visit.sessions:
            self._session(self._x(session.day) + self._day_width / 2, top, top + height)
        self._scores(course, look, top, height)

    def _chart_name(self, course: Course) -> tuple[tuple[str, ...], float]:
        """The name in lines, in letters so large that it is whole: its end tells left from right."""
        name = _said(item_name(course.item, self.words))
        for size, most in ((BODY, 2), (SMALL, 2), (SMALL, 3)):
            lines = broken(name, GUTTER - 8, size, most=most, bold=True)
            if " ".join(lines) == name:
                break
        return lines, size

    def _means(self, course: Course, look: strokes.Look, top: float, height: float) -> None:
        for week in course.weeks:
            left, right = self._x(week.monday) + 0.3, self._x(week.monday + SEVEN_DAYS) - 0.3
            right = min(right, self._x(self.visit.tally.last + days.ONE_DAY))
            if week.mean is None:
                scores = ", ".join(map(str, week.values))
                self.paper.text(left, top - 1.2, scores, SMALL - 0.5, colour=QUIET)
                continue
            y = _level(week.mean, top, height)
            self.paper.box(left, y, right - left, top + height - y, _pale(look.colour))
            self.paper.line(left, y, right, y, look.deep, 0.7)
            mean = _said(self.words.number(week.mean))
            self.paper.text(left, top - 1.2, mean, BODY - 0.5, bold=True, colour=look.deep)
            at = left + wide(mean, BODY - 0.5, bold=True) + 0.7
            self.paper.text(at, top - 1.2, f"({week.n})", SMALL - 0.5, colour=QUIET)

    def _scores(self, course: Course, look: strokes.Look, top: float, height: float) -> None:
        first, last = self.visit.tally.first, self.visit.tally.last
        points = [
            Point(day, score.value)
            for (day, item_id), score in sorted(self.sheet.diary.scores.items(), key=lambda entry: entry[0])
            if item_id == course.item.id and score.value is not None and first <= day <= last
        ]
        places = {
            point: (self._x(point.day) + self._day_width / 2, _level(point.value, top, height)) for point in points
        }
        for run in runs(points):
            for one, other in pairwise(run):
                self.paper.line(*places[one], *places[other], look.colour, 0.2)
        for flare in digests.flares_between(self.sheet.diary, first, last):
            if flare.item.id == course.item.id:
                self._flare(
                    self._x(flare.flare.day) + self._day_width / 2, _level(flare.flare.score, top, height), FLARE
                )
        radius = min(0.8, max(0.45, self._day_width * 0.32))
        for x, y in places.values():
            _mark(self.paper, course.item.symptom, x, y, radius, look.colour)

    def _flare(self, x: float, y: float, r: float) -> None:
        corners = [(x + across, y + down) for across, down in star(r)]
        self.paper.shape(corners, QUIET)
        self.paper.shape([(x + across, y + down) for across, down in star(r * 0.65)], PAPER)

    def _session(self, x: float, top: float, lowest: float) -> None:
        self.paper.line(x, top, x, lowest, SESSION, 0.25, dashed=True)
        self.paper.shape([(x - 0.9, top - 0.4), (x + 0.9, top - 0.4), (x, top + 1.1)], SESSION)

    def _legend(self, y: float) -> None:
        words, x = self.words, MARGIN
        self.paper.disc(x + 1, y - 0.9, 0.8, QUIET)
        x = self._after(x + 3, y, words("one day"))
        self.paper.line(x, y - 0.9, x + 5, y - 0.9, QUIET, 0.7)
        told = words(
            "weekly mean, in figures above with its number of days; fewer than {fewest}: the single scores",
            fewest=MIN_SCORES,
        )
        x = self._after(x + 6, y, told)
        if self.visit.sessions:
            self.paper.shape([(x, y - 1.8), (x + 1.8, y - 1.8), (x + 0.9, y - 0.4)], SESSION)
            x = self._after(x + 3, y, words("treatment session"))
        if digests.flares_between(self.sheet.diary, self.visit.tally.first, self.visit.tally.last):
            self._flare(x + 1, y - 0.9, FLARE)
            self._after(x + 3, y, words("flare, not in the mean"))

    def _after(self, x: float, y: float, told: Sentence) -> float:
        """Where the next entry of the legend begins."""
        text = cut(_said(told), RIGHT - x, SMALL)
        self.paper.text(x, y, text, SMALL, colour=QUIET)
        return x + wide(text, SMALL) + 4

    @property
    def _day_width(self) -> float:
        first, last = self.visit.tally.first, self.visit.tally.last
        return (RIGHT - MARGIN - GUTTER) / max(14, (last - first).days + 1)

    def _x(self, day: date) -> float:
        """The left edge of a day."""
        return MARGIN + GUTTER + (day - self.visit.tally.first).days * self._day_width

    def _mondays(self) -> list[date]:
        first, last = self.visit.tally.first, self.visit.tally.last
        return [first + n * SEVEN_DAYS for n in range((last - first).days // 7 + 1)]

    def _every(self) -> int:
        """Every how many weeks there is room for a date."""
        widest = max(wide(self._date(monday), SMALL) for monday in self._mondays())
        return 1 if widest + 1.5 <= 7 * self._day_width else 2

    # --- the two lists ------------------------------------------------------------------------------------------------

    def _lists(self, y: float, told: Sequence[str], most: int) -> float:
        middle = WIDE / 2
        tally, words = self.visit.tally, self.words
        self.paper.line(MARGIN, y - 4.5, RIGHT, y - 4.5, HAIR, 0.2)
        self._text(0, y, _said(_asked(tally, words)), HEADING, bold=True)
        for number, text in enumerate(told, 1):
            self._text(0, y + 0.8 + number * LIST_LINE, text, BODY - 0.5, room=LIST_ROOM)
        right = middle - MARGIN + 2
        self._text(right, y, self._sessions_head(), HEADING, bold=True, room=LIST_ROOM)
        for number, text in enumerate(_counted(self._session_lines(), most, words), 1):
            self._text(right, y + 0.8 + number * LIST_LINE, text, BODY - 0.5, room=LIST_ROOM)
        y += 4.5
        return y + most * LIST_LINE

    def _sessions_head(self) -> str:
        words, visit = self.words, self.visit
        if not visit.sessions and not visit.earlier:
            return _said(words("No treatment session logged."))
        here = words.many(
            "{n} treatment session in these weeks", "{n} treatment sessions in these weeks", len(visit.sessions)
        )
        return _said(here)

    def _session_lines(self) -> list[str]:
        words, visit = self.words, self.visit
        told = [f"{self._date(it.day)}: {_said(_session_in_words(it, words))}" for it in visit.sessions]
        if visit.earlier and visit.first_session is not None:
            since = words.short_dated(visit.first_session)
            before = words.many("{n} before, on {day}", "{n} before, the first on {day}", visit.earlier, day=since)
            told.insert(0, _said(before))
        return told

    def _days_told(self) -> list[str]:
        """What became of days other than a whole answer, with as many of their dates as fit."""
        words = self.words
        named = (
            (words("Partly answered"), Mark.PARTIAL),
            (words("Skipped by the patient"), Mark.SKIPPED),
            (words("No answer"), Mark.MISSED),
            (words("Paused, not counted"), Mark.PAUSED),
            (words("Not asked, by a failure of the bot"), Mark.NOT_ASKED),
            (words("Answer may be lost, by a failure of the bot"), Mark.LOST),
            (words("Could not be reached"), Mark.UNREACHED),
            (words("Still open"), Mark.OPEN),
            (words("From an earlier diary"), Mark.IMPORTED),
        )
        told = []
        for what, mark in named:
            if found := self.visit.tally.of(mark):
                head = _said(words("{what} ({n}):", what=what, n=len(found))) + " "
                room = LIST_ROOM - wide(head, BODY - 0.5)
                told.append(head + _as_many(self._spans(found), room, BODY - 0.5))
        return told

    def _spans(self, found: Sequence[date]) -> list[str]:
        """Days in order, those in a row as "3–5 Mar"."""
        spans: list[list[date]] = []
        for day in found:
            if spans and day - spans[-1][-1] == days.ONE_DAY:
                spans[-1].append(day)
            else:
                spans.append([day])
        return [self._from_to(span[0], span[-1]) for span in spans]

    # --- notes --------------------------------------------------------------------------------------------------------

    def _notes_written(self) -> list[tuple[str, ...]]:
        """The newest notes of these weeks, each as its lines: more than there is room for, but not all."""
        room = RIGHT - MARGIN
        return [
            broken(f"{self._date(note.day)}: {printable(note.text[:NOTE_SIGNS])}", room, BODY - 0.5, most=NOTE_LINES)
            for note in reversed(self.wanted_notes[-MOST_NOTES:])
        ]

    def _notes(self, y: float, notes: Sequence[tuple[str, ...]]) -> None:
        words, end = self.words, HIGH - MARGIN - FOOT - 1
        if self.sheet.notes is None:
            own = self.sheet.maker is Maker.PATIENT
            left_out = words("Notes: left out, as the patient chose.") if own else words("Notes: left out.")
            self._text(0, y, _said(left_out), BODY - 0.5, colour=QUIET)
            return
        if not notes:
            self._text(0, y, _said(words("No notes in these weeks.")), BODY - 0.5, colour=QUIET)
            return
        head = words("Notes in the patient's own words, the newest first")
        self._text(0, y, _said(head), HEADING, bold=True)
        y += 4.2
        for number, lines in enumerate(notes):
            left = len(self.wanted_notes) - number
            if y + (len(lines) - (left == 1)) * NOTE_LINE > end:
                told = words.many("and {n} more note", "and {n} more notes", left)
                self._text(0, y, _said(told), BODY - 0.5, colour=QUIET)
                return
            for text in lines:
                self._text(0, y, text, BODY - 0.5)
                y += NOTE_LINE

    # --- the foot -----------------------------------------------------------------------------------------------------

    def _foot(self) -> None:
        words, y = self.words, HIGH - MARGIN - FOOT + 4
        self.paper.line(MARGIN, y - 3, RIGHT, y - 3, HAIR, 0.2)
        parts = [
            words("One person's diary describes; it does not prove an effect."),
            words("Nothing is filled in; a mean needs {fewest} answers in a week.", fewest=MIN_SCORES),
        ]
        kinds = {line.baseline.kind for line in self.lines if line.baseline is not None}
        if BaselineKind.FIRST_WEEK_IN_TREATMENT in kinds:
            parts.append(words("* Already in treatment."))
        if any(line.change is not None and line.change.label is ChangeLabel.HIGHER for line in self.lines):
            parts.append(words("** Something to look at, not a finding."))
        self._text(0, y, _said(joined(" ", parts)), SMALL, colour=INK, room=RIGHT - MARGIN)
        told = _said(self._made_by(sentence(self.sheet.clinic)))
        if self.unprinted:
            told += " " + _said(words("{mark} stands for signs that can't be printed here.", mark=UNPRINTABLE))
        self._text(0, y + 3.4, told, SMALL, colour=QUIET, room=RIGHT - MARGIN)

    def _made_by(self, clinic: Sentence) -> Sentence:
        words = self.words
        match self.sheet.maker:
            case Maker.PATIENT:
                return words(
                    "Made by the patient with the symptom diary of {clinic}. It is no medical advice.", clinic=clinic
                )
            case Maker.THERAPIST:
                return words(
                    "Made by the therapist with the symptom diary of {clinic}. It is no medical advice.", clinic=clinic
                )
            case Maker.CLINIC:
                return words("Made with the symptom diary of {clinic}. It is no medical advice.", clinic=clinic)

    # --- letters ------------------------------------------------------------------------------------------------------

    def _text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        colour: str = INK,
        room: float | None = None,
    ) -> None:
        """A line that begins `x` millimetres right of the margin, cut where it is wider than `room`."""
        fits = text if room is None else cut(text, room, size, bold=bold)
        self.unprinted |= UNPRINTABLE in fits
        self.paper.text(MARGIN + x, y, fits, size, bold=bold, colour=colour)

    def _date(self, day: date) -> str:
        """ "2 Mar", with the year where it is not that of the sheet."""
        this_year = day.year == self.visit.tally.last.year
        return _said(self.words.short_day(day) if this_year else self.words.short_dated(day))

    def _from_to(self, first: date, last: date) -> str:
        """ "9–15 Mar", or a single day."""
        if first == last:
            return self._date(first)
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}–{self._date(last)}"
        return f"{_said(self.words.short_day(first))}–{self._date(last)}"


def _shown(lines: Sequence[Line], last: date) -> tuple[Line, ...]:
    """As many items as have room, those still followed before those that were ended, in the order asked."""
    kept = sorted(lines, key=lambda line: not line.course.item.asked_on(last))[:MOST_LINES]
    return tuple(line for line in lines if line in kept)


def _as_many(parts: Sequence[str], room: float, size: float) -> str:
    """As many of the parts as fit, one at least, and how many more there are: "3 Mar, 9 Mar +2"."""
    for shown in range(len(parts), 1, -1):
        told = ", ".join(parts[:shown]) + (f" +{len(parts) - shown}" if shown < len(parts) else "")
        if wide(told, size) <= room:
            return told
    return parts[0] + (f" +{len(parts) - 1}" if len(parts) > 1 else "")


def _session_in_words(session: Session, words: Words) -> Sentence:
    return described(session, words)


def _counted(texts: Sequence[str], most: int, words: Words) -> Iterator[str]:
    """At most so many of the texts; the last of them counts what is left out."""
    if len(texts) <= most:
        yield from texts
        return
    yield from texts[: most - 1]
    yield _said(words.many("and {n} more", "and {n} more", len(texts) - most + 1))


def _with_n(mean: float, n: int, words: Words) -> Sentence:
    return words.many("{mean} from {n} day", "{mean} from {n} days", n, mean=words.number(mean))


def _asked(tally: Tally, words: Words) -> Sentence:
    """How many of the days asked were answered; of a diary from elsewhere, that it is one."""
    if tally.asked:
        return words.many(
            "Answered {answered} of {n} day asked.",
            "Answered {answered} of {n} days asked.",
            tally.asked,
            answered=tally.answered,
        )
    n = len(tally.of(Mark.IMPORTED))
    if n:
        return words.many("{n} day from an earlier diary.", "{n} days from an earlier diary.", n)
    return words("No day was asked yet.")


def _said(text: Sentence) -> str:
    """A sentence as letters on paper."""
    return printable(strokes.plain(text))


def _level(value: float, top: float, height: float) -> float:
    return top + height * (1 - (value - LOWEST) / (HIGHEST - LOWEST))


def _pale(colour: str) -> str:
    """The colour as a thin wash on white."""
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return "#" + "".join(f"{255 - round((255 - part) * 0.13):02x}" for part in parts)


def _mark(paper: Paper, symptom: Symptom, x: float, y: float, r: float, colour: str) -> None:
    """One day's score; shapes differ as colours do, as in strokes.outline."""
    match symptom:
        case Symptom.BURNING:
            paper.disc(x, y, r, colour)
        case Symptom.TINGLING:
            paper.box(x - r * 0.9, y - r * 0.9, 1.8 * r, 1.8 * r, colour)
        case Symptom.PAIN:
            paper.shape([(x, y - 1.2 * r), (x + 1.2 * r, y), (x, y + 1.2 * r), (x - 1.2 * r, y)], colour)
        case Symptom.NUMBNESS:
            paper.shape([(x, y - 1.1 * r), (x + 1.1 * r, y + 0.9 * r), (x - 1.1 * r, y + 0.9 * r)], colour)
        case Symptom.SLEEP:
            sides = [(-1.1, 0.0), (-0.55, -0.95), (0.55, -0.95), (1.1, 0.0), (0.55, 0.95), (-0.55, 0.95)]
            paper.shape([(x + dx * r, y + dy * r) for dx, dy in sides], colour)
