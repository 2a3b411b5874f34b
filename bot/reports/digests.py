"""The week in words: for the patient, for the therapist's whole panel, and on one patient's card.

Laws:
1. Patient and therapist read the same numbers. Every average stands with the number of days it is from; where
   there are too few for one, the single scores stand instead.
2. Nothing blames, guesses or advises. A missed day is never named to a patient, and a day that the bot failed
   to ask is called our fault.
3. A therapist's text keeps Telegram's limits for any number of patients and symptoms. What does not fit is
   counted, the most pressing first and whole.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from bot.chat import checkins, flares, pauses, sessions
from bot.chat.items import item_name
from bot.chat.messages import MAX_CAPTION, MAX_TEXT
from bot.chat.words import Sentence, Words, bold, joined, sentence
from bot.diary import days, digests, trends
from bot.diary.digests import (
    Change,
    ChangeLabel,
    Diary,
    Finding,
    FlareOf,
    ItemWeek,
    Jump,
    Member,
    Need,
    Panel,
    Reason,
    Severity,
    Step,
    Week,
)
from bot.diary.entries import Cause, Item, ItemId, Note
from bot.diary.panels import OpenAlert, Strip
from bot.diary.pauses import covering
from bot.diary.people import PatientId
from bot.diary.sessions import LAST_OF_SEVEN, MIN_SCORES, Baseline, BaselineKind, first_session_day, reaches
from bot.diary.trends import Trend
from bot.reports.trends import in_words as trend_in_words

SMALLEST_SHOWN: Final = 0.05
"""Points below this are 0.0 once rounded, so they are not said."""
MOST_WORST_DAYS: Final = 3
"""More days than this that share the highest score are counted, not named."""
MOST_HIGH_DAYS: Final = 2
"""Symptoms with a high day that a patient's line in the panel tells of; the others are counted."""
MOST_SIZES: Final = 3
"""Symptoms whose size stands in the list of patients; the others are counted."""
MOST_FLARES: Final = 4
"""More flares than this are counted, not named."""
MOST_ALERTS: Final = 2
"""Open alerts of a patient that are told of; the others are counted."""
NOTE_SHOWN: Final = 60
"""Characters of the newest note on a card; all of it is behind its button."""
LIST_ROOM: Final = 400
"""Characters for one line of names: those who also need attention, quiet patients."""
FAILURES_ROOM: Final = 200
"""For those whom the bot failed to ask."""
OPEN_ROOM: Final = 80
"""And for those whose days are still open: they are many on a Monday, and nothing is to be done (ours)."""
STEADY_SHOWN: Final = 3
"""So few steady patients have their lines in the summary itself: a button would only hide them (ours)."""
BREAKS: Final = 20
"""Characters for the empty lines between the parts of a digest."""

_TAG: Final = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class PanelLine:
    """One patient in a panel: `label` for a button, `text` for a line of its own."""

    patient_id: PatientId
    label: Sentence
    text: Sentence


def length(text: Sentence) -> int:
    """How much of Telegram's limits `text` takes: without markup, in UTF-16 units, the strictest way to
    count."""
    return len(html.unescape(_TAG.sub("", text)).encode("utf-16-le")) // 2


def fits_caption(text: Sentence) -> bool:
    """Whether `text` can go under a picture; otherwise it goes as a message of its own."""
    return length(text) <= MAX_CAPTION


def for_patient(diary: Diary, start: date, now: datetime, words: Words, readers: Sequence[str]) -> Sentence:
    """The week from Monday `start`, for the patient. `readers`: the therapists who see the diary too.

    Three symptoms fit a caption, six may not: ask `fits_caption`. Raises ValueError where `start` is no
    Monday.
    """
    week = digests.week(diary, start, now)
    heading = words("Your week: {first} to {last}", first=words.day(week.start), last=words.day(week.end))
    return joined(
        "\n\n",
        [
            bold(heading),
            *_symptoms_for_patient(week, words),
            joined("\n", _days_for_patient(diary, week, words)),
            _closing(week, words, readers),
        ],
    )


def lines(panel: Panel, words: Words) -> tuple[PanelLine, ...]:
    """A line for every patient of the panel, in its order."""
    return lines_of(panel, panel.members, words)


def lines_of(panel: Panel, members: Iterable[Member], words: Words, *, short: bool = False) -> tuple[PanelLine, ...]:
    """A line each for these members of the panel; `short`: with the main reason alone, and no more of a high day than
    that it was one."""
    newest = newest_start(panel)
    return tuple(_line(member, _told(member.need, words, short=short), newest, words) for member in members)


def _told(need: Need, words: Words, *, short: bool) -> Sentence:
    if need.reason in digests.NEEDS:
        return brief(need, words) if short else _why(need, words)
    match need.reason:
        case Reason.QUIET:
            return _quiet(need, words, short=short)
        case Reason.IMPORTED:
            return _elsewhere(need, words)
        case _:
            return _steady(need, words, short=short)


def for_therapist(panel: Panel, words: Words, at_most: int = MAX_TEXT) -> Sentence:
    """The whole panel in one message of `at_most` characters, whatever its size: those who need attention most, and of
    everyone else who they are or how many.

    Less than MAX_TEXT leaves a caller room for words of its own; below half of it the limit is not promised.
    """
    if not panel.members:
        return words("You have no patients yet. /invite NAME makes a link for the first one.")
    heading = _panel_heading(panel, words)
    lists = [
        _also_list(panel, words),
        _quiet_list(panel, words),
        _not_asked_list(panel, words),
        _lost_list(panel, words),
        _open_list(panel, words),
    ]
    room = at_most - BREAKS - length(heading) - sum(length(text) for text in lists)
    cards = [line.text for line in lines_of(panel, panel.first, words)]
    needing = _section(words.many("Needs you", "Need you", len(cards)), cards, room, words, "\n\n")
    told = [line.text for line in lines_of(panel, steady_shown(panel), words)]
    settled = _section(words("Steady"), told, room - length(needing), words)
    return joined("\n\n", [heading, needing, settled, *lists])


def steady_shown(panel: Panel) -> tuple[Member, ...]:
    """The steady whose lines stand in the summary itself: all of a few, none of many."""
    return panel.steady if len(panel.steady) <= STEADY_SHOWN else ()


def patient_card(
    label: str,
    diary: Diary,
    start: date,
    now: datetime,
    words: Words,
    unreachable: Cause | None = None,
    besides: Besides | None = None,
) -> Sentence:
    """One patient's week from Monday `start` in numbers, for the therapist who calls them `label`.

    `unreachable`: why the bot can't write to the patient now. `besides`: what else the therapist is to know.

    It always fits a caption: with many symptoms it is told in fewer words, and in the last resort it counts
    the symptoms that do not fit. Raises ValueError where `start` is no Monday.
    """
    week = digests.week(diary, start, now)
    besides = Besides() if besides is None else besides
    facts = [*_card_facts(diary, week, now, words, besides), _card_trends(diary, week, now, words, besides)]
    if not besides.imported:
        facts.append(_unreachable_now(unreachable, words))
    title = [_card_title(label, week, words), _standing_in_now(besides, words), _card_alerts(week, besides, words)]
    heading = joined("\n", [*title, *facts, _new_notes(besides, words)])
    # The chart of a card reaches today, and so do its flares.
    marked = flares_named(digests.flares_between(diary, start, date.max), words)
    footer = joined("\n", [*_days_for_therapist(week, words), _late(week, words), marked])
    roomy = [_full(item_week, words) for item_week in week.items]
    # The heading names what is called; the reason stands with the figures where there is room.
    reasons = [_trend_reason(diary, item_week, now, words, besides) for item_week in week.items]
    for parts in ([joined("\n", pair) for pair in zip(roomy, reasons, strict=True)], roomy):
        card = joined("\n\n", [heading, *parts, footer])
        if fits_caption(card):
            return card
    tight = [_tight(item_week, words) for item_week in week.items]
    room = MAX_CAPTION - BREAKS - length(heading) - length(footer)
    return joined("\n\n", [heading, fitted("\n", tight, len(tight), room, words), footer])


def _trend_reason(diary: Diary, item_week: ItemWeek, now: datetime, words: Words, besides: Besides) -> Sentence:
    """The verdict on one item and why; nothing of a week without a mean, and of a diary that was kept elsewhere."""
    if besides.imported or item_week.mean is None:
        return Sentence("")
    return trend_in_words(trends.verdict(diary, item_week.item, now), words)


# One symptom


def _symptoms_for_patient(week: Week, words: Words) -> list[Sentence]:
    if all(state is None for _, state in week.states):
        return [words("Nothing was asked this week, so there are no numbers.")]
    if not any(item_week.n for item_week in week.items):
        return [words("There are no answers from this week, so there are no numbers. That is all right.")]
    blocks = [_symptom(item_week, words) for item_week in week.items]
    if any(0 < item_week.n < MIN_SCORES for item_week in week.items):
        blocks.append(words("An average needs answers from at least {fewest} days.", fewest=MIN_SCORES))
    return blocks


def _symptom(item_week: ItemWeek, words: Words) -> Sentence:
    name = bold(item_name(item_week.item, words))
    if item_week.n == 0:
        return words("{symptom}: no answers this week.", symptom=name)
    if item_week.mean is None:
        scores = words.listed([_score_on(day, value, words) for day, value in item_week.scores])
        return words("{symptom}: {scores}.", symptom=name, scores=scores)
    average = words.many(
        "{symptom}: average {mean} from {n} day.",
        "{symptom}: average {mean} from {n} days.",
        item_week.n,
        symptom=name,
        mean=words.number(item_week.mean),
    )
    return joined(
        "\n",
        [
            joined(" ", [average, _against_last_week(item_week, words)]),
            joined(" ", [_worst(item_week, words), _strong_days(item_week, words)]),
            _since_baseline(item_week, words),
        ],
    )


def _score_on(day: date, value: int, words: Words) -> Sentence:
    return words("{score} on {day}", score=value, day=words.weekday(day))


def _against_last_week(item_week: ItemWeek, words: Words) -> Sentence:
    if item_week.step is None or item_week.previous is None:
        return Sentence("")
    previous = _with_n(item_week.previous, item_week.previous_n, words)
    match item_week.step:
        case Step.LOWER:
            return words("Lower than last week ({previous}).", previous=previous)
        case Step.HIGHER:
            return words("Higher than last week ({previous}).", previous=previous)
        case Step.SAME:
            return words("About the same as last week ({previous}).", previous=previous)


def _worst(item_week: ItemWeek, words: Words) -> Sentence:
    """The day of the highest score, or the days that share it; nothing where every score is 0."""
    if item_week.worst is None or item_week.worst[1] == 0:
        return Sentence("")
    score = item_week.worst[1]
    found = [words.weekday(day) for day, value in item_week.scores if value == score]
    if len(found) > MOST_WORST_DAYS:
        return words.many("Highest: {score}, on {n} day.", "Highest: {score}, on {n} days.", len(found), score=score)
    return words.many(
        "Worst day: {days} ({score}).",
        "Worst days: {days} ({score}).",
        len(found),
        days=words.listed(found),
        score=score,
    )


def _strong_days(item_week: ItemWeek, words: Words) -> Sentence:
    return words("Days at {score} or more: {n}.", score=digests.STRONG, n=item_week.days_at_7)


def _since_baseline(item_week: ItemWeek, words: Words) -> Sentence:
    if item_week.change is None or item_week.baseline is None:
        return Sentence("")
    base, change = _baseline(item_week.baseline, words), change_in_words(item_week.change, words)
    return words("Compared with {baseline}: {change}.", baseline=base, change=change)


def change_in_words(change: Change, words: Words) -> Sentence:
    """As in "clearly better, 1.8 points lower (30%)"."""
    return joined(", ", [change_label(change.label, words), change_size(change, words)])


def change_label(label: ChangeLabel, words: Words) -> Sentence:
    """What a change is called."""
    match label:
        case ChangeLabel.MUCH_BETTER:
            return words("much better")
        case ChangeLabel.CLEARLY_BETTER:
            return words("clearly better")
        case ChangeLabel.SLIGHTLY_BETTER:
            return words("slightly better")
        case ChangeLabel.SAME:
            return words("about the same")
        case ChangeLabel.SLIGHTLY_HIGHER:
            return words("slightly higher")
        case ChangeLabel.HIGHER:
            return words("higher")


def change_size(change: Change, words: Words) -> Sentence:
    """As in "1.8 points lower (30%)"; empty where it rounds to nothing."""
    if not reaches(abs(change.points), SMALLEST_SHOWN):
        return Sentence("")
    points = words.number(abs(change.points))
    if change.percent is None:
        if change.points < 0:
            return words("{points} points lower", points=points)
        return words("{points} points higher", points=points)
    percent = words.percent(abs(change.percent) / 100)
    if change.points < 0:
        return words("{points} points lower ({percent})", points=points, percent=percent)
    return words("{points} points higher ({percent})", points=points, percent=percent)


# The days of a week


def _days_for_patient(diary: Diary, week: Week, words: Words) -> list[Sentence]:
    """How the week went, without a word on missed days."""
    found = [_answered(week, words)] if week.answered else []
    if week.skipped:
        found.append(words("You chose to skip {days}.", days=_weekdays(week.skipped, words)))
    if week.paused:
        found.append(words("Paused, so not counted: {days}.", days=_weekdays(week.paused, words)))
    if unasked := week.not_asked_by_us:
        found.append(words("We did not ask you on {days}. That was our fault.", days=_weekdays(unasked, words)))
    if week.lost:
        found.append(
            words(
                "The bot was down, and an answer of yours for {days} may be lost. That was our fault.",
                days=_weekdays(week.lost, words),
            )
        )
    if unreached := _unreached(week):
        found.append(words("Our question could not reach you on {days}.", days=_weekdays(unreached, words)))
    if week.imported:
        found.append(words("From an earlier diary: {days}.", days=_weekdays(week.imported, words)))
    found += [_open_for_patient(diary, day, words) for day in week.open_days]
    since = digests.flares_between(diary, week.end + days.ONE_DAY, date.max)
    return [*found, _late(week, words), flares_named(week.flares, words), _flares_since(since, words)]


def _late(week: Week, words: Words) -> Sentence:
    """How many answers were entered on the day after, and of which days; empty where none were."""
    if not week.late:
        return Sentence("")
    return words.many(
        "{n} answer was entered the next day ({days}).",
        "{n} answers were entered the next day ({days}).",
        sum(n for _, n in week.late),
        days=_weekdays([day for day, _ in week.late], words),
    )


def flares_named(found: Sequence[FlareOf], words: Words) -> Sentence:
    """As in "Flares: Burning 8, Tuesday 14:00; Pain 7, since Monday or longer."; empty where there are none."""
    if not found:
        return Sentence("")
    return words.many("Flare: {flares}.", "Flares: {flares}.", len(found), flares=_flares(found, words))


def flares_dated(found: Sequence[FlareOf], words: Words) -> Sentence:
    """As in "Burning 8, 2 Mar 14:00; Pain 10, 5 Mar 09:00": the strongest, with dates, and how many more there were."""
    strongest = sorted(found, key=lambda one: -one.flare.score)[:MOST_FLARES]
    named = [_flare(one, words, words.short_day(one.flare.day)) for one in found if one in strongest]
    if more := len(found) - len(named):
        named.append(words.many("and {n} more", "and {n} more", more))
    return joined("; ", named)


def _flares_since(found: Sequence[FlareOf], words: Words) -> Sentence:
    """Those noted after the week that is shown: whoever looks for the one of today finds it."""
    if not found:
        return Sentence("")
    named = _flares(found, words)
    return words.many("Flare since then: {flares}.", "Flares since then: {flares}.", len(found), flares=named)


def _flares(found: Sequence[FlareOf], words: Words) -> Sentence:
    named = [_flare(one, words) for one in found[:MOST_FLARES]]
    if more := len(found) - len(named):
        named.append(words.many("and {n} more", "and {n} more", more))
    return joined("; ", named)


def _flare(one: FlareOf, words: Words, day: Sentence | None = None) -> Sentence:
    day = words.weekday(one.flare.day) if day is None else day
    return words(
        "{item} {value}, {when}",
        item=item_name(one.item, words),
        value=one.flare.score,
        when=flares.when(one.flare, one.zone, day, words),
    )


def _worst_flare(need: Need, words: Words) -> Sentence:
    """The strongest flare of the week, and how many more there were."""
    if not need.week.flares:
        return Sentence("")
    worst = max(need.week.flares, key=lambda one: one.flare.score)
    told = words("flare: {flare}", flare=_flare(worst, words))
    more = len(need.week.flares) - 1
    return joined(" ", [told, words.many("and {n} more", "and {n} more", more) if more else Sentence("")])


def _answered(week: Week, words: Words) -> Sentence:
    return words.many(
        "Answered {answered} of {n} day asked.",
        "Answered {answered} of {n} days asked.",
        week.asked,
        answered=week.answered,
    )


def _open_for_patient(diary: Diary, day: date, words: Words) -> Sentence:
    planned = diary.days[day]
    closes = days.local(planned.closes_at, planned.zone)
    return words(
        "{day} is still open: you can answer until {time} on {closing_day}.",
        day=words.weekday(day),
        time=words.time(closes),
        closing_day=words.weekday(closes.date()),
    )


def _closing(week: Week, words: Words, readers: Sequence[str]) -> Sentence:
    thanks = words("Thank you for your answers.") if week.answered else Sentence("")
    names = words.listed([sentence(name) for name in readers])
    seen = words.many("{names} sees the same numbers.", "{names} see the same numbers.", len(readers), names=names)
    return joined(" ", [thanks, seen if readers else Sentence("")])


def _weekdays(dates: Sequence[date], words: Words) -> Sentence:
    return words.listed([words.weekday(day) for day in dates])


def _unreached(week: Week) -> tuple[date, ...]:
    """The days on which the patient had blocked the bot or the account was gone, in order."""
    found = [day for cause in (Cause.BLOCKED, Cause.GONE) for day in week.not_asked.get(cause, ())]
    return tuple(sorted(found))


# The panel


def newest_start(panel: Panel) -> date:
    """The Monday of the newest week that the panel shows; of diaries from elsewhere only where there are no others."""
    shown = panel.needs + panel.quiet + panel.steady or panel.imported
    return max((member.need.week.start for member in shown), default=date.min)


def _line(member: Member, text: Sentence, newest: date, words: Words) -> PanelLine:
    """The patient's line; with its own dates where the patient's Sunday was still to come."""
    label = _name(member.label)
    week = member.need.week
    if week.start != newest and member.need.reason is not Reason.IMPORTED:
        dates = words("week of {first} to {last}", first=words.short_day(week.start), last=words.short_day(week.end))
        text = joined(", ", [text, dates])
    text = joined("; ", [text, standing_in(member, words)])
    return PanelLine(member.patient_id, label, words("{patient}: {what}", patient=bold(label), what=text))


def standing_in(member: Member, words: Words) -> Sentence:
    """Until when the therapist sees the patient in somebody's place; empty for their own."""
    if member.until_day is None:
        return Sentence("")
    return words("you stand in until {day}", day=words.short_day(member.until_day))


def standing_in_for(panel: Panel, words: Words) -> Sentence:
    """How many of a panel are there only because the therapist stands in; empty where all are their own."""
    n = sum(member.until_day is not None for member in panel.members)
    return (
        words.many("{n} of them only while you stand in.", "{n} of them only while you stand in.", n)
        if n
        else Sentence("")
    )


def _name(label: str) -> Sentence:
    """A therapist's own words for a patient, on one line."""
    return sentence(" ".join(label.split()))


def _panel_heading(panel: Panel, words: Words) -> Sentence:
    start = newest_start(panel)
    last = start + LAST_OF_SEVEN
    counts = joined(
        ", ",
        [
            words.many("{n} needs you", "{n} need you", len(panel.needs)),
            words.many("{n} steady", "{n} steady", len(panel.steady)),
            words.many("{n} quiet", "{n} quiet", len(panel.quiet)),
            words.many("{n} imported", "{n} imported", len(panel.imported)) if panel.imported else Sentence(""),
        ],
    )
    dates = words("Your patients: {first} to {last}", first=words.short_day(start), last=words.short_day(last))
    return joined("\n", [dates, bold(counts), standing_in_for(panel, words), _trends_heading(panel, words)])


def _trends_heading(panel: Panel, words: Words) -> Sentence:
    """How many are called better or worse over the last weeks; nothing where no diary is long enough to tell."""
    found = [member.need.trend for member in panel.members]
    worse, better, steady = (found.count(trend) for trend in (Trend.WORSE, Trend.BETTER, Trend.STEADY))
    if not worse + better + steady:
        return Sentence("")
    counts = [
        words.many("{n} getting worse", "{n} getting worse", worse),
        words.many("{n} getting better", "{n} getting better", better),
    ]
    if missing := len(found) - worse - better - steady - len(panel.imported):
        counts.append(words.many("{n} with too few answers to tell", "{n} with too few answers to tell", missing))
    return words("Trend over weeks: {counts}.", counts=joined(", ", counts))


def trends_named(strips: Sequence[Strip], words: Words) -> Sentence:
    """As in "getting worse: Burning; getting better: Pain"; empty where nothing is called."""
    worse, better = (
        words.listed([item_name(strip.item, words) for strip in strips if strip.trend is trend])
        for trend in (Trend.WORSE, Trend.BETTER)
    )
    return joined(
        "; ",
        [
            words("getting worse: {symptoms}", symptoms=worse) if worse else Sentence(""),
            words("getting better: {symptoms}", symptoms=better) if better else Sentence(""),
        ],
    )


def alerts_named(alerts: Sequence[OpenAlert], items: Iterable[Item], words: Words) -> Sentence:
    """The open alerts, each with its day and what it is about; beyond a few they are counted."""
    names = {item.id: item_name(item, words) for item in items}
    told = [_alert(alert, names, words) for alert in alerts[:MOST_ALERTS]]
    if (more := len(alerts) - MOST_ALERTS) > 0:
        told.append(words.many("{n} more open alert", "{n} more open alerts", more))
    return joined("; ", told)


def _alert(alert: OpenAlert, names: Mapping[ItemId, Sentence], words: Words) -> Sentence:
    about = words.listed([names[item] for item in alert.items if item in names])
    day = words.short_day(alert.day)
    if alert.red_flag:
        told = words("warning sign reported on {day}, not answered yet", day=day)
    elif about:
        told = words("alert of {day} not seen yet ({symptoms})", day=day, symptoms=about)
    else:
        told = words("alert of {day} not seen yet", day=day)
    if alert.urgency == "urgent":
        return words("{alert}, called urgent by the patient", alert=told)
    return told


def _own_alerts(need: Need, words: Words) -> Sentence:
    return alerts_named(need.alerts, [it.item for it in need.week.items], words)


def _why(need: Need, words: Words) -> Sentence:
    """Why a patient needs attention: the symptom that says most in full, the others by name. Five of these are read in
    a minute; the figures of the others are on the card."""
    about = list(dict.fromkeys(finding.about for finding in need.findings if finding.about is not None))
    told = [_own_alerts(need, words)]
    told += [_why_symptom(need, item_week, words) for item_week in about[:1]]
    if also := words.listed([item_name(item_week.item, words) for item_week in about[1:]]):
        told.append(words("also {symptoms}", symptoms=also))
    silence = _silence(need, words) or _unreachable(need, words)
    # Silence stands first only where it is the reason.
    parts = [silence, *told] if need.reason is Reason.SILENT else [*told, silence]
    shown = {item_week.item.id for item_week in about}
    jumps = _jumps([jump for jump in need.jumps if jump.item.id not in shown], words)
    return joined("; ", [*parts, trends_named(need.strips, words), _worst_flare(need, words), *jumps])


def _why_symptom(need: Need, item_week: ItemWeek, words: Words) -> Sentence:
    """As in "Pain 7.2 from 6 days, 2.4 points higher (50%) than the week before treatment (4.8)"."""
    clauses: list[Sentence] = []
    for reason in (finding.reason for finding in need.findings if finding.about is item_week):
        if reason is Reason.ABOVE_BASELINE:
            clauses.append(_above_baseline(item_week, words))
        elif reason is Reason.ROSE:
            # After the baseline with its average a second one to compare with is more than a minute has room for.
            clauses.append(_above_last_week(item_week, words, bare=bool(clauses)))
        else:
            clauses.append(_days_at_7(item_week, words))
    name = item_name(item_week.item, words)
    if item_week.mean is None:
        return joined(", ", [_single_scores(item_week, words), *clauses])
    return joined(", ", [_figure(name, item_week.mean, item_week.n, words), *clauses])


def _days_at_7(item_week: ItemWeek, words: Words) -> Sentence:
    return words.many(
        "{n} day at {score} or more",
        "{n} days at {score} or more",
        item_week.days_at_7,
        score=digests.STRONG,
    )


def _above_baseline(item_week: ItemWeek, words: Words) -> Sentence:
    if item_week.change is None or item_week.baseline is None:
        return Sentence("")
    size, base = change_size(item_week.change, words), _baseline(item_week.baseline, words)
    return words("{size} than {baseline}", size=size, baseline=base)


def _baseline(baseline: Baseline, words: Words) -> Sentence:
    mean = words.many("{mean} from {n} day", "{mean} from {n} days", baseline.n, mean=words.number(baseline.mean))
    match baseline.kind:
        case BaselineKind.BEFORE_TREATMENT:
            return words("the week before treatment ({mean})", mean=mean)
        case BaselineKind.FIRST_WEEK:
            return words("the first week ({mean})", mean=mean)
        case BaselineKind.FIRST_WEEK_IN_TREATMENT:
            return words("the first week, already in treatment ({mean})", mean=mean)


def _above_last_week(item_week: ItemWeek, words: Words, *, bare: bool) -> Sentence:
    if item_week.mean is None or item_week.previous is None:
        return Sentence("")
    rise = words.number(item_week.mean - item_week.previous)
    if bare:
        return words("{points} points higher than last week", points=rise)
    return words(
        "{points} points higher than last week ({previous})",
        points=rise,
        previous=_with_n(item_week.previous, item_week.previous_n, words),
    )


def _with_n(mean: float, n: int, words: Words) -> Sentence:
    return words.many("{mean} from {n} day", "{mean} from {n} days", n, mean=words.number(mean))


def _figure(name: Sentence, mean: float, n: int, words: Words) -> Sentence:
    return words.many(
        "{symptom} {mean} from {n} day",
        "{symptom} {mean} from {n} days",
        n,
        symptom=name,
        mean=words.number(mean),
    )


def _single_scores(item_week: ItemWeek, words: Words) -> Sentence:
    """As in "Pain single scores 5 and 6"; nothing where there are none."""
    if not item_week.n:
        return Sentence("")
    scores = words.listed([sentence(str(value)) for _, value in item_week.scores])
    return words.many(
        "{symptom} single score {scores}",
        "{symptom} single scores {scores}",
        item_week.n,
        symptom=item_name(item_week.item, words),
        scores=scores,
    )


def _silence(need: Need, words: Words) -> Sentence:
    """How long without an entry, since when, and whether the bot can reach the patient at all."""
    if need.silent_days < digests.QUIET_FROM:
        return Sentence("")
    last = (
        words("last answer {day}", day=words.short_day(need.last_answer))
        if need.last_answer is not None
        else words("no answer so far")
    )
    return joined(", ", [_silent_for(need, words), last, _unreachable(need, words)])


def _unreachable(need: Need, words: Words) -> Sentence:
    match need.unreachable:
        case Cause.BLOCKED:
            return words("can't be reached (has blocked the bot)")
        case Cause.GONE:
            return words("can't be reached (Telegram account gone)")
        case _:
            return Sentence("")


def _jumps(jumps: Iterable[Jump], words: Words) -> list[Sentence]:
    """One high day per symptom, those furthest above their own mean first; the others are counted."""
    furthest: dict[int, Jump] = {}
    for jump in sorted(jumps, key=lambda jump: -jump.above):
        furthest.setdefault(jump.item.id, jump)
    found = list(furthest.values())
    told = [_jump(jump, words) for jump in found[:MOST_HIGH_DAYS]]
    if more := len(found) - len(told):
        told.append(words.many("{n} more symptom with a high day", "{n} more symptoms with a high day", more))
    return told


def _jump(jump: Jump, words: Words) -> Sentence:
    values = {"symptom": item_name(jump.item, words), "score": jump.value, "day": words.weekday(jump.day)}
    if jump.usual is None:
        return words(
            "{symptom} {score} on {day}, the second high day in a row (too few answers before to compare)", **values
        )
    values["usual"] = _with_n(jump.usual, jump.n, words)
    if jump.after_session:
        return words("{symptom} {score} on {day}, after a session (usual: {usual})", **values)
    return words("{symptom} {score} on {day} (usual: {usual})", **values)


def _steady(need: Need, words: Words, *, short: bool) -> Sentence:
    week = need.week
    if need.reason is Reason.NEW:
        just = words("just started")
        return joined("; ", [just, _paused(need, words), _unreachable(need, words), _worst_flare(need, words)])
    means = [item_week for item_week in week.items if item_week.mean is not None]
    alike = len({item_week.n for item_week in means}) == 1 and len(means) == len(week.items)
    figures = [_steady_figure(item_week, words, with_n=not alike or item_week is means[-1]) for item_week in week.items]
    facts = [
        joined(", ", figures),
        words("{answered} of {asked}", answered=week.answered, asked=week.asked) if week.asked else Sentence(""),
        trends_named(need.strips, words),
        _paused(need, words),
        _unreachable(need, words),
    ]
    told = joined("; ", [*facts, _worst_flare(need, words), *_high_days(need, words, short=short)])
    return told or words("nothing to show yet")


def _elsewhere(need: Need, words: Words) -> Sentence:
    """A diary that was kept elsewhere, by the last week that it has."""
    week = need.week
    dates = words("week of {first} to {last}", first=words.short_day(week.start), last=words.short_dated(week.end))
    figures = [_steady_figure(it, words, with_n=True) for it in week.items]
    return joined("; ", [words("imported"), joined(", ", figures), dates])


def brief(need: Need, words: Words) -> Sentence:
    """Why a patient stands where they stand, in a line or two, without the figures that stand beside it."""
    high = [_worst_flare(need, words), _high_day(need, words)]
    match need.reason:
        case Reason.RED_FLAG | Reason.ALERT:
            return alerts_named(need.alerts[:1], [it.item for it in need.week.items], words)
        case Reason.ABOVE_BASELINE:
            return _with_more(need, words("{symptoms} points above baseline", symptoms=_sizes(need, words)), words)
        case Reason.ROSE:
            told = words("{symptoms} points higher than last week", symptoms=_sizes(need, words))
            return _with_more(need, told, words)
        case Reason.DAYS_AT_7:
            told = words("{symptoms} days at {score} or more", symptoms=_sizes(need, words), score=digests.STRONG)
            return _with_more(need, told, words)
        case Reason.SILENT:
            return _silent_for(need, words)
        case Reason.QUIET:
            return joined("; ", [words("quiet"), _silent_for(need, words), *high])
        case Reason.IMPORTED:
            return words("imported")
        case Reason.NEW:
            return joined("; ", [words("just started"), _paused(need, words), _worst_flare(need, words)])
        case Reason.STEADY:
            return joined("; ", [words("steady"), _paused(need, words), *high])


def _sizes(need: Need, words: Words) -> Sentence:
    """As in "Burning 3.7 and Pain 3.4", of what the main reason is about, the largest first."""
    found = [it for it in need.findings if it.reason is need.reason][:MOST_SIZES]
    return words.listed(
        [joined(" ", [item_name(it.about.item, words), _size(it, words)]) for it in found if it.about is not None]
    )


def _with_more(need: Need, told: Sentence, words: Words) -> Sentence:
    """And how many more symptoms the main reason is about than have their size told."""
    more = sum(it.reason is need.reason for it in need.findings) - MOST_SIZES
    return joined("; ", [told, words.many("{n} more symptom", "{n} more symptoms", more) if more > 0 else Sentence("")])


def _size(finding: Finding, words: Words) -> Sentence:
    return sentence(str(round(finding.size))) if finding.reason is Reason.DAYS_AT_7 else words.number(finding.size)


def _silent_for(need: Need, words: Words) -> Sentence:
    return words.many("no entry for {n} day", "no entry for {n} days", need.silent_days)


def _high_day(need: Need, words: Words) -> Sentence:
    """The day that lies furthest above the usual, and no more than that; empty where none does."""
    if not need.jumps:
        return Sentence("")
    jump = max(need.jumps, key=lambda one: one.above)
    values = {"symptom": item_name(jump.item, words), "score": jump.value, "day": words.weekday(jump.day)}
    if jump.after_session:
        return words("{symptom} {score} on {day}, after a session", **values)
    return words("{symptom} {score} on {day}", **values)


def _paused(need: Need, words: Words) -> Sentence:
    """The pause that the patient is in, or how many days of the week were paused."""
    if need.pause is not None:
        return pauses.for_therapist(need.pause, words)
    paused = len(need.week.paused)
    return words.many("paused {n} day", "paused {n} days", paused) if paused else Sentence("")


def _steady_figure(item_week: ItemWeek, words: Words, *, with_n: bool) -> Sentence:
    """One average of a short line; where all of the line are from as many days, the last one says so for all."""
    if item_week.mean is None:
        return _single_scores(item_week, words)
    name = item_name(item_week.item, words)
    if with_n:
        return _figure(name, item_week.mean, item_week.n, words)
    return joined(" ", [name, words.number(item_week.mean)])


def _quiet(need: Need, words: Words, *, short: bool) -> Sentence:
    return joined("; ", [_silence(need, words), _worst_flare(need, words), *_high_days(need, words, short=short)])


def _high_days(need: Need, words: Words, *, short: bool) -> list[Sentence]:
    return [_high_day(need, words)] if short else _jumps(need.jumps, words)


def _section(title: Sentence, parts: Sequence[Sentence], room: int, words: Words, between: str = "\n") -> Sentence:
    if not parts:
        return Sentence("")
    return joined("\n", [bold(title), fitted(between, parts, len(parts), room - length(title) - 1, words)])


def fitted(between: str, parts: Iterable[Sentence], total: int, room: int, words: Words) -> Sentence:
    """As many of the `total` parts, from the first on, as `room` characters hold, and how many more there
    are."""
    kept: list[Sentence] = []
    left = room
    for part in parts:
        left -= length(part) + len(between)
        # The last part has nothing after it.
        if left + len(between) < 0:
            break
        kept.append(part)
    if len(kept) == total:
        return joined(between, kept)
    while kept and length(_cut(between, kept, total, words)) > room:
        kept.pop()
    return _cut(between, kept, total, words)


def _cut(between: str, kept: list[Sentence], total: int, words: Words) -> Sentence:
    return joined(between, [*kept, words.many("and {n} more", "and {n} more", total - len(kept))])


def _also_list(panel: Panel, words: Words) -> Sentence:
    """Those who need attention beyond the first five, by name."""
    names = [_name(member.label) for member in panel.needs[digests.MOST_CARDS :]]
    if not names:
        return Sentence("")
    title = words.many("Also needs you", "Also need you", len(names))
    return words("{title}: {patients}", title=bold(title), patients=fitted(", ", names, len(names), LIST_ROOM, words))


def _quiet_list(panel: Panel, words: Words) -> Sentence:
    names = [
        words(
            "{patient} ({what})",
            patient=_name(member.label),
            what=joined(
                ", ",
                [
                    words.many("{n} day", "{n} days", member.need.silent_days),
                    _unreachable(member.need, words),
                    _high_day(member.need, words),
                ],
            ),
        )
        for member in panel.quiet
    ]
    if not names:
        return Sentence("")
    return words(
        "{title} ({fewest} to {most} days without an entry): {patients}",
        title=bold(words("Quiet")),
        fewest=digests.QUIET_FROM,
        most=digests.SILENT_FROM - 1,
        patients=fitted(", ", names, len(names), LIST_ROOM, words),
    )


def _not_asked_list(panel: Panel, words: Words) -> Sentence:
    names = _most_days_first(((it.label, len(it.need.week.not_asked_by_us)) for it in panel.members), words)
    return words("Not asked, by a failure of the bot: {patients}", patients=names) if names else Sentence("")


def _lost_list(panel: Panel, words: Words) -> Sentence:
    names = _most_days_first(((it.label, len(it.need.week.lost)) for it in panel.members), words)
    if not names:
        return Sentence("")
    return words("Asked, but an answer may be lost, by a failure of the bot: {patients}", patients=names)


def _most_days_first(found: Iterable[tuple[str, int]], words: Words) -> Sentence:
    """Those who have any of such days, by name with how many; what a failure hits is mostly many."""
    hit = sorted((one for one in found if one[1]), key=lambda one: -one[1])
    names = [words.many("{patient} ({n} day)", "{patient} ({n} days)", n, patient=_name(label)) for label, n in hit]
    return fitted(", ", names, len(names), FAILURES_ROOM, words)


def _open_list(panel: Panel, words: Words) -> Sentence:
    """Which days are still open, and whose: mostly the Sunday of many."""
    whose: dict[tuple[date, ...], list[Sentence]] = {}
    for member in panel.members:
        if member.need.week.open_days:
            whose.setdefault(member.need.week.open_days, []).append(_name(member.label))
    found = [
        words(
            "{days} ({patients})",
            days=_weekdays(dates, words),
            patients=fitted(", ", names, len(names), OPEN_ROOM, words),
        )
        for dates, names in sorted(whose.items())
    ]
    return words("Still open until noon of the next day: {days}", days=joined("; ", found)) if found else Sentence("")


# The card


def _card_title(label: str, week: Week, words: Words) -> Sentence:
    dates = words("{first} to {last}", first=words.short_day(week.start), last=words.short_day(week.end))
    return words("{patient}, {dates}", patient=bold(_name(label)), dates=dates)


@dataclass(frozen=True, slots=True)
class Besides:
    """What a card tells besides the numbers: open alerts, and the notes since the therapist last looked.

    `unseen`: how many notes; `newest` of them. `imported`: the diary was kept elsewhere. `until_day`: the last day on
    which the therapist sees it, where they stand in.
    """

    alerts: tuple[OpenAlert, ...] = ()
    unseen: int = 0
    newest: Note | None = None
    imported: bool = False
    until_day: date | None = None


def by_urgency(alerts: Iterable[OpenAlert]) -> list[OpenAlert]:
    """Warning signs first, then the oldest."""
    return sorted(alerts, key=lambda alert: (not alert.red_flag, alert.raised_at, alert.id))


def _card_alerts(week: Week, besides: Besides, words: Words) -> Sentence:
    """The open alerts in words, those reported as a warning sign first."""
    if not besides.alerts:
        return Sentence("")
    ordered = by_urgency(besides.alerts)
    named = alerts_named(ordered, [it.item for it in week.items], words)
    title = bold(words.many("Open alert", "Open alerts", len(ordered)))
    return words("{title}: {alerts}.", title=title, alerts=named)


def _card_trends(diary: Diary, week: Week, now: datetime, words: Words, besides: Besides) -> Sentence:
    """What the trend of each symptom is called, over weeks: beside the plain figures, which are of one."""
    found: dict[Trend, list[Sentence]] = {}
    for it in () if besides.imported else week.items:
        if (verdict := trends.verdict(diary, it.item, now)) is not None:
            found.setdefault(verdict.trend, []).append(item_name(it.item, words))
    named = {trend: words.listed(names) for trend, names in found.items()}
    parts = []
    if (worse := named.get(Trend.WORSE)) is not None:
        parts.append(words("getting worse: {symptoms}", symptoms=worse))
    if (better := named.get(Trend.BETTER)) is not None:
        parts.append(words("getting better: {symptoms}", symptoms=better))
    if (steady := named.get(Trend.STEADY)) is not None:
        parts.append(words("steady: {symptoms}", symptoms=steady))
    return words("Trend over weeks: {counts}.", counts=joined("; ", parts)) if parts else Sentence("")


def _new_notes(besides: Besides, words: Words) -> Sentence:
    """How many notes were written since the therapist last looked, and how the newest begins."""
    if besides.newest is None:
        return Sentence("")
    text = " ".join(besides.newest.text.split())
    begun = text if len(text) <= NOTE_SHOWN else text[:NOTE_SHOWN].rstrip() + "…"
    return words.many(
        "{n} new note, of {day}: {note}",
        "{n} new notes, the newest of {day}: {note}",
        besides.unseen,
        day=words.short_day(besides.newest.day),
        note=sentence(begun),
    )


def _card_facts(diary: Diary, week: Week, now: datetime, words: Words, besides: Besides) -> list[Sentence]:
    last_answer = digests.last_answer(diary)
    first_session = first_session_day(diary, now)
    elsewhere = words("Imported: a diary that was kept elsewhere. Nothing is asked.")
    return [
        elsewhere if besides.imported else _asked_in(week, words),
        words("Last answer: {day}.", day=words.short_day(last_answer))
        if last_answer is not None
        else words("No answer so far."),
        _sessions(diary, first_session, words),
        _paused_now(diary, now, words),
        _received_late(diary, week, words),
    ]


def _sessions(diary: Diary, first: date | None, words: Words) -> Sentence:
    """How many there were, the newest in words, and what was said after it."""
    if first is None:
        return words("No treatment session logged.")
    counted = words.many(
        "{n} treatment session, on {day}.",
        "{n} treatment sessions, the first on {day}.",
        len(diary.sessions),
        day=words.short_day(first),
    )
    last = sessions.last_one(diary.sessions, words)
    return joined(" ", [counted, last, checkins.newest(diary.checkins, words)])


def _asked_in(week: Week, words: Words) -> Sentence:
    if week.asked:
        return _answered(week, words)
    return Sentence("") if week.imported else words("No day of this week was asked and is over.")


def _paused_now(diary: Diary, now: datetime, words: Words) -> Sentence:
    pause = covering(diary.pauses, days.day_of(now, diary.zone))
    return Sentence("") if pause is None else words("Now {pause}.", pause=pauses.for_therapist(pause, words))


def _standing_in_now(besides: Besides, words: Words) -> Sentence:
    if besides.until_day is None:
        return Sentence("")
    return words("You stand in until {day}.", day=words.short_day(besides.until_day))


def _unreachable_now(cause: Cause | None, words: Words) -> Sentence:
    match cause:
        case Cause.BLOCKED:
            return words("Can't be reached now: has blocked the bot.")
        case Cause.GONE:
            return words("Can't be reached now: the Telegram account is gone.")
        case _:
            return Sentence("")


def _received_late(diary: Diary, week: Week, words: Words) -> Sentence:
    """Names the days with an answer that waited at Telegram while the bot was away; empty where there are none."""
    late = sorted(
        {day for (day, _), score in diary.scores.items() if week.start <= day <= week.end and score.waited_since}
    )
    return words("Received late by the bot: {days}.", days=_weekdays(late, words)) if late else Sentence("")


def _days_for_therapist(week: Week, words: Words) -> list[Sentence]:
    named: tuple[tuple[Sequence[date], Callable[[Sentence], Sentence]], ...] = (
        (week.skipped, lambda found: words("Skipped: {days}.", days=found)),
        (week.paused, lambda found: words("Paused, so not counted: {days}.", days=found)),
        (week.not_asked_by_us, lambda found: words("Not asked, our fault: {days}.", days=found)),
        (week.lost, lambda found: words("Asked, but an answer may be lost, our fault: {days}.", days=found)),
        (_unreached(week), lambda found: words("Bot blocked or account gone: {days}.", days=found)),
        (week.open_days, lambda found: words("Still open: {days}.", days=found)),
        (week.imported, lambda found: words("Imported, not asked here: {days}.", days=found)),
    )
    return [say(_weekdays(dates, words)) for dates, say in named if dates]


def _full(item_week: ItemWeek, words: Words) -> Sentence:
    """Three lines: the figure against last week, its high days, the baseline."""
    if item_week.mean is None:
        return joined("\n", [_symptom(item_week, words), _card_baseline(item_week, words)])
    figure = _figure(bold(item_name(item_week.item, words)), item_week.mean, item_week.n, words)
    head = joined(", ", [figure, severity_name(item_week.item, item_week.mean, words)])
    return joined(
        "\n",
        [
            joined(". ", [head, _against_last_week(item_week, words)]),
            joined(" ", [_worst(item_week, words), _strong_days(item_week, words)]),
            _since_baseline(item_week, words) or _card_baseline(item_week, words),
        ],
    )


def _tight(item_week: ItemWeek, words: Words) -> Sentence:
    """One line: the figure, the highest score, the days at STRONG or more, the change."""
    if item_week.mean is None:
        return _symptom(item_week, words)
    figure = _figure(bold(item_name(item_week.item, words)), item_week.mean, item_week.n, words)
    highest = words("highest {score}", score=max(value for _, value in item_week.scores))
    strong = _days_at_7(item_week, words) if item_week.days_at_7 else Sentence("")
    change = change_in_words(item_week.change, words) if item_week.change is not None else Sentence("")
    return joined("; ", [figure, highest, strong, change])


def severity_name(item: Item, mean: float, words: Words) -> Sentence:
    """The word for a mean pain; empty for every other symptom."""
    match digests.severity(item, mean):
        case Severity.MILD:
            return words("mild")
        case Severity.MODERATE:
            return words("moderate")
        case Severity.SEVERE:
            return words("severe")
        case None:
            return Sentence("")


def _card_baseline(item_week: ItemWeek, words: Words) -> Sentence:
    """The baseline where the week has no change against it."""
    if item_week.baseline is None:
        return words("No baseline yet.")
    return words("Baseline: {baseline}.", baseline=_baseline(item_week.baseline, words))
