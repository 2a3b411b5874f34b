"""Looking back as messages: a chart or a calendar, its numbers in words, and the buttons to the others.

Laws:
1. What a picture prints as a number stands in the words under it. Where that is too much for a caption, the picture
   prints no such numbers.
2. A mean stands with the number of days it is from.
3. A day without an answer is no more than that. Nothing is counted in a row, and nothing is urged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Final

from bot.chat import buttons
from bot.chat.buttons import pack
from bot.chat.items import item_name
from bot.chat.messages import MAX_CAPTION, Button, Message, Picture, Row, plain
from bot.chat.words import Sentence, Words, bold, joined, sentence
from bot.diary import days, digests, looking
from bot.diary.digests import Diary, FlareOf
from bot.diary.looking import Course, CourseWeek, Line, Mark, Span, Tally
from bot.diary.people import PatientId
from bot.diary.sessions import MIN_SCORES
from bot.reports import courses
from bot.reports.calendars import mark_name
from bot.reports.charts import session_days
from bot.reports.digests import change_in_words, fits_caption, fitted, flares_dated, length
from bot.reports.sheets import Sheet

FEW_WEEKS: Final = 4
"""Up to so many weeks each has a line of its own."""
SESSIONS_NAMED: Final = 4
"""More treatment sessions than this are counted, not named."""
BREAKS: Final = 20
"""Characters for the empty lines between the parts of a caption."""


def chart(patient_id: PatientId, diary: Diary, span: Span, now: datetime, words: Words) -> Message:
    """The chart as far back as `span`, and what it shows in words."""
    first, last = looking.window(diary, span, now)
    text, every_number = chart_in_words(diary, span, now, words)
    values = {
        "patient": int(patient_id),
        "first": first.isoformat(),
        "last": last.isoformat(),
        "language": words.tag,
        "title": plain(words("My symptom diary")),
        "figures": every_number,
    }
    rows = (*spans(span, words), *courses.on_chart(diary, words))
    return Message(text, rows, Picture("course", values))


def chart_in_words(diary: Diary, span: Span, now: datetime, words: Words) -> tuple[Sentence, bool]:
    """What a chart shows, short enough for a caption; and whether every weekly mean is among it."""
    first, last = looking.window(diary, span, now)
    courses = looking.courses(diary, first, last)
    head = joined(
        "\n",
        [
            bold(
                words(
                    "{span}: {first} to {last}",
                    span=_span_title(span, words),
                    first=words.short_dated(first),
                    last=words.short_dated(last),
                )
            ),
            *_answered(looking.tally(diary, first, last, now), words),
            _sessions(session_days(diary, first, last), words),
            _flares(digests.flares_between(diary, first, last), words),
        ],
    )
    if not any(course.n for course in courses):
        return joined("\n\n", [head, _nothing(diary, words)]), False
    for told in () if looking.by_the_week(first, last) else _ways(courses):
        text = joined("\n\n", [head, *told(courses, words)])
        if fits_caption(text):
            return text, True
    text = joined("\n\n", [head, *(_summed_up(course, words) for course in courses)])
    if not fits_caption(text):
        parts = [_newest(course, words) for course in courses]
        text = joined("\n\n", [head, fitted("\n", parts, len(parts), MAX_CAPTION - BREAKS - length(head), words)])
    return text, False


def _flares(found: Sequence[FlareOf], words: Words) -> Sentence:
    if not found:
        return Sentence("")
    return words.many(
        "{n} flare, marked with a star: {flares}.",
        "{n} flares, marked with a star: {flares}.",
        len(found),
        flares=flares_dated(found, words),
    )


def spans(chosen: Span | None, words: Words) -> tuple[Row, ...]:
    """The buttons of a chart; the chosen one is ticked."""

    def button(span: Span) -> Button:
        name = _span_name(span, words)
        return Button(words("✓ {choice}", choice=name) if span is chosen else name, tap=pack(buttons.Chart(span)))

    return (tuple(button(span) for span in Span),)


def month(patient_id: PatientId, diary: Diary, wanted: date, now: datetime, words: Words) -> Message:
    """The calendar of a month, or of the nearest one that the diary has, and what it shows in words."""
    earliest, latest = looking.months(diary, now)
    shown = min(max(looking.month_of(wanted), earliest), latest)
    steps: list[Row] = []
    if shown > earliest:
        before = looking.month_before(shown)
        steps.append((_month_button(words("Previous month: {month}", month=words.month(before)), before),))
    if shown < latest:
        after = looking.next_month(shown)
        steps.append((_month_button(words("Next month: {month}", month=words.month(after)), after),))
    values = {"patient": int(patient_id), "month": shown.isoformat(), "language": words.tag}
    return Message(month_in_words(diary, shown, now, words), tuple(steps), Picture("month", values))


def month_tally(diary: Diary, shown: date, now: datetime) -> Tally:
    """What became of the days of the month that begins with `shown`."""
    return looking.tally(diary, shown, looking.next_month(shown) - days.ONE_DAY, now)


def month_in_words(diary: Diary, shown: date, now: datetime, words: Words) -> Sentence:
    """The days of a month by what became of them."""
    tally = month_tally(diary, shown, now)
    lines = [
        words.many(
            "{what}: {n} day ({days})",
            "{what}: {n} days ({days})",
            len(found),
            what=mark_name(mark, words),
            days=words.listed(runs_of_days(found, words)),
        )
        for mark in Mark
        if (found := tally.of(mark))
    ]
    if not lines:
        lines = [words("There is nothing in the diary for this month.")]
    answered = _share(tally, words) if tally.asked else Sentence("")
    head = joined("\n", [bold(words("Your days in {month}", month=words.month(shown))), answered])
    return joined("\n\n", [head, joined("\n", lines)])


def sheet(wanted: Sheet, words: Words, label: str | None = None) -> Message:
    """The words under the file: of which days it is, and its numbers. `label`: whose it is, for a therapist."""
    visit = wanted.visit
    first, last = words.short_dated(visit.tally.first), words.short_dated(visit.tally.last)
    head = joined(
        "\n",
        [
            bold(_sheet_title(label, first, last, words)),
            _asked_or_imported(visit.tally, words),
            _notes_told(wanted.notes is not None, label is None, words),
        ],
    )
    parts = [_sheet_line(line, words) for line in visit.lines]
    return Message(joined("\n\n", [head, fitted("\n", parts, len(parts), MAX_CAPTION - BREAKS - length(head), words)]))


def _asked_or_imported(tally: Tally, words: Words) -> Sentence:
    told = [_share(tally, words)] if tally.asked else []
    return joined(" ", [*told, _imported(tally, words)]) or words("No day was asked yet.")


def _sheet_title(label: str | None, first: Sentence, last: Sentence, words: Words) -> Sentence:
    if label is None:
        return words("Your visit sheet: {first} to {last}", first=first, last=last)
    return words("Visit sheet of {name}: {first} to {last}", name=sentence(label), first=first, last=last)


def _notes_told(with_notes: bool, own: bool, words: Words) -> Sentence:
    if own:
        return words("With your notes.") if with_notes else words("Without your notes.")
    return words("With the patient's notes.") if with_notes else words("Without notes.")


def _sheet_line(line: Line, words: Words) -> Sentence:
    name = _name(line.course, words)
    if line.latest is None:
        return words("{symptom}: {nothing}.", symptom=name, nothing=_no_average(line.course, words))
    newest = _dated_mean(line.latest, words)
    if line.change is None:
        return words("{symptom}: newest week, {mean}.", symptom=name, mean=newest)
    change = change_in_words(line.change, words)
    return words("{symptom}: newest week, {mean}; {change}.", symptom=name, mean=newest, change=change)


def runs_of_days(found: Sequence[date], words: Words) -> list[Sentence]:
    """Days of one month, in order, by their numbers; three or more in a row as "3 to 5"."""
    runs: list[list[date]] = []
    for day in found:
        if runs and day - runs[-1][-1] == days.ONE_DAY:
            runs[-1].append(day)
        else:
            runs.append([day])
    told: list[Sentence] = []
    for run in runs:
        if len(run) > 2:
            told.append(words.about("days of a month", "{first} to {last}", first=run[0].day, last=run[-1].day))
        else:
            told += [sentence(str(day.day)) for day in run]
    return told


def _month_button(label: Sentence, shown: date) -> Button:
    return Button(label, tap=pack(buttons.Month(shown)))


# How many days


def _share(tally: Tally, words: Words) -> Sentence:
    return words.many(
        "Answered {answered} of {n} day asked.",
        "Answered {answered} of {n} days asked.",
        tally.asked,
        answered=tally.answered,
    )


def _answered(tally: Tally, words: Words) -> list[Sentence]:
    """How many days were answered, and how many are in no such count."""
    found = [_share(tally, words)] if tally.answered else []
    if n := len(tally.of(Mark.PAUSED)):
        found.append(words.many("Paused on {n} day, not counted.", "Paused on {n} days, not counted.", n))
    if n := len(tally.of(Mark.NOT_ASKED, Mark.LOST)):
        found.append(words.many("Not asked on {n} day, by our fault.", "Not asked on {n} days, by our fault.", n))
    found.append(_imported(tally, words))
    return [joined(" ", found)]


def _imported(tally: Tally, words: Words) -> Sentence:
    n = len(tally.of(Mark.IMPORTED))
    return words.many("{n} day from an earlier diary.", "{n} days from an earlier diary.", n) if n else Sentence("")


def _sessions(treated: Sequence[date], words: Words) -> Sentence:
    if not treated:
        return Sentence("")
    if len(treated) <= SESSIONS_NAMED:
        return words("Treatment: {days}.", days=words.listed([words.short_day(day) for day in treated]))
    return words("Treatment: {n} days, the last on {day}.", n=len(treated), day=words.short_dated(treated[-1]))


def _nothing(diary: Diary, words: Words) -> Sentence:
    newest = digests.last_answer(diary)
    if newest is None:
        return words("There are no answers yet.")
    return words("There are no answers in this time. Your last answer is of {day}.", day=words.dated(newest))


# Items


_Told = Callable[[Sequence[Course], Words], list[Sentence]]


def _ways(courses: Sequence[Course]) -> tuple[_Told, ...]:
    """How to tell every week: each on a line of its own, where there are few, or else one after the other."""
    return (_lines, _rows) if max(len(course.weeks) for course in courses) <= FEW_WEEKS else (_rows,)


def _lines(courses: Sequence[Course], words: Words) -> list[Sentence]:
    told = [joined("\n", [_name(it, words), *_week_lines(it, words), _highest(it, words)]) for it in courses]
    return [*told, _why_no_average(courses, words)]


def _week_lines(course: Course, words: Words) -> list[Sentence]:
    return [
        words("Week from {day}: {what}", day=words.short_day(week.monday), what=_mean_or_scores(week, words))
        for week in course.weeks
    ]


def _mean_or_scores(week: CourseWeek, words: Words) -> Sentence:
    if week.mean is not None:
        return _mean(week, words)
    scores = words.listed([sentence(str(value)) for value in week.values])
    return words.many("{scores} on {n} day", "{scores} on {n} days", week.n, scores=scores)


def _mean(week: CourseWeek, words: Words) -> Sentence:
    value = words.number(week.mean or 0.0)
    return words.many("average {mean} from {n} day", "average {mean} from {n} days", week.n, mean=value)


def _rows(courses: Sequence[Course], words: Words) -> list[Sentence]:
    told = [joined("\n", [_row(course, words), _highest(course, words)]) for course in courses]
    how = words("Each week by its Monday, its average, and in brackets the number of days that it is from.")
    return [how, *told, _why_no_average(courses, words)]


def _row(course: Course, words: Words) -> Sentence:
    weeks = [
        words(
            "{day}: {mean} ({n})",
            day=words.short_day(week.monday),
            mean=words.about("an average", "none") if week.mean is None else words.number(week.mean),
            n=week.n,
        )
        for week in course.weeks
    ]
    return joined("\n", [_name(course, words), joined(", ", weeks)])


def _why_no_average(courses: Sequence[Course], words: Words) -> Sentence:
    if all(week.mean is not None for course in courses for week in course.weeks):
        return Sentence("")
    return words("An average needs answers from at least {fewest} days.", fewest=MIN_SCORES)


def _summed_up(course: Course, words: Words) -> Sentence:
    """The first and the newest mean of a long time, and the highest and the lowest."""
    means = [week for week in course.weeks if week.mean is not None]
    if not means:
        return joined("\n", [_name(course, words), _no_average(course, words), _highest(course, words)])
    ordered = sorted(means, key=lambda week: (week.mean, week.monday))
    named = {
        "first": means[0],
        "newest": means[-1],
        "highest": ordered[-1],
        "lowest": ordered[0],
    }
    told = {name: _dated_mean(week, words) for name, week in named.items()}
    if len(means) == 1:
        averages = words("One week: {newest}.", newest=told["newest"])
    else:
        averages = words("First week: {first}. Newest: {newest}. Highest: {highest}. Lowest: {lowest}.", **told)
    return joined("\n", [_name(course, words), averages, _highest(course, words)])


def _dated_mean(week: CourseWeek, words: Words) -> Sentence:
    """As in "average 4.2 from 6 days (2 Mar 2026)", by its Monday."""
    return words("{mean} ({day})", mean=_mean(week, words), day=words.short_dated(week.monday))


def _newest(course: Course, words: Words) -> Sentence:
    """One line: the newest mean and the highest score."""
    means = [week for week in course.weeks if week.mean is not None]
    name, top = _name(course, words), _top(course, words)
    if not means:
        return words("{symptom}: {nothing}. {highest}", symptom=name, nothing=_no_average(course, words), highest=top)
    newest = _dated_mean(means[-1], words)
    return words("{symptom}: newest week, {mean}. {highest}", symptom=name, mean=newest, highest=top)


def _no_average(course: Course, words: Words) -> Sentence:
    if not course.n:
        return words("no answers")
    return words("no week with {fewest} answers", fewest=MIN_SCORES)


def _highest(course: Course, words: Words) -> Sentence:
    """The highest score of the days shown, with its day, and how many days are high."""
    if course.worst is None:
        return words("No answers on these days.")
    strong = words("Days at {score} or more: {n}.", score=digests.STRONG, n=course.strong_days)
    return joined(" ", [_top(course, words), strong])


def _top(course: Course, words: Words) -> Sentence:
    if course.worst is None or course.worst[0] == 0:
        return Sentence("")
    score, found = course.worst
    if len(found) > 1:
        return words.many("Highest: {score}, on {n} day.", "Highest: {score}, on {n} days.", len(found), score=score)
    long_ago = course.weeks[-1].monday - found[0] > looking.DAY_BY_DAY_FOR
    day = words.short_dated(found[0]) if long_ago else words.short_day(found[0])
    return words("Highest score: {score}, on {day}.", score=score, day=day)


def _name(course: Course, words: Words) -> Sentence:
    return bold(item_name(course.item, words))


def _span_name(span: Span, words: Words) -> Sentence:
    match span:
        case Span.FORTNIGHT:
            return words("2 weeks")
        case Span.QUARTER:
            return words("3 months")
        case Span.ALL:
            return words("All")


def _span_title(span: Span, words: Words) -> Sentence:
    match span:
        case Span.FORTNIGHT:
            return words("Your last 2 weeks")
        case Span.QUARTER:
            return words("Your last 3 months")
        case Span.ALL:
            return words("Your whole diary")
