"""The panel as messages: the weekly summary with its pictures, the list of everyone, and lines of all the others.

Laws:
1. Every number that is drawn, in characters or in a picture, stands in the list beside it.
2. Telegram's limits hold for any number of patients: what does not fit is on another page, never left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bot.chat import buttons
from bot.chat.buttons import pack
from bot.chat.items import item_name
from bot.chat.messages import MAX_TEXT, Button, Message, Picture, Row, plain
from bot.chat.words import Sentence, Words, bold, joined, sentence
from bot.diary.digests import MOST_CARDS, NEEDS, Member, Need, Panel, Week
from bot.diary.entries import HIGHEST
from bot.diary.panels import Stand, Standing, Strip, WeekOf
from bot.diary.trends import Trend
from bot.reports import panel_charts
from bot.reports.digests import (
    brief,
    fits_caption,
    for_therapist,
    length,
    lines_of,
    newest_start,
    standing_in,
    standing_in_for,
    steady_shown,
    trends_named,
)

PER_PAGE: Final = 10
LINES_PER_PAGE: Final = 20
PAGE_LINE: Final = 380
"""Characters of one patient on a page that would be too long otherwise."""
SHORT_LINE: Final = 180
STRIPS: Final = 3
"""Symptoms of a patient that a page shows; the others are counted, and are on the card."""
HEIGHTS: Final = "▁▂▃▄▅▆▇█"
GAP: Final = "·"
CALLED: Final = frozenset({Trend.WORSE, Trend.BETTER})


def week(panel: Panel, lost: Sentence, words: Words) -> list[Message]:
    """A therapist's summary: one message where its words fit under the picture, else the picture and the words."""
    text = joined("\n\n", [lost, for_therapist(panel, words, MAX_TEXT - length(lost) - 2)])
    if not panel.members:
        return [Message(text)]
    rows = _rows_of_week(panel, words)
    drawn = panel_charts.drawn(panel)
    if not drawn:
        return [Message(text, rows)]
    picture, more = _picture(panel, 0, words), _more_pictures(panel, 0, words, anew=True)
    if fits_caption(text):
        return [Message(text, (*rows, more) if more else rows, picture=picture)]
    return [Message(_about(panel, 0, words), (more,) if more else (), picture=picture), Message(text, rows)]


def _rows_of_week(panel: Panel, words: Words) -> tuple[Row, ...]:
    shown = steady_shown(panel)
    rows: list[Row] = [(card_button(member),) for member in (*panel.first, *shown)]
    if left := len(panel.others) - len(shown):
        label = words.many("{n} other, in a line", "{n} others, a line each", left)
        rows.append((Button(label, tap=pack(buttons.Others(0))),))
    rows.append((Button(words("All patients"), tap=pack(buttons.AllPatients())),))
    rows.append((Button(words("Another day or hour"), tap=pack(buttons.DigestDay())),))
    return tuple(rows)


def card_button(member: Member) -> Button:
    return Button(sentence(member.label), tap=pack(buttons.Card(int(member.patient_id))))


# --- pictures -----------------------------------------------------------------------------------------------------


def picture(panel: Panel, page: int, words: Words) -> Message:
    """One picture of small charts with the way to the others; the nearest where there is no such page."""
    if not panel_charts.drawn(panel):
        return Message(for_therapist(panel, words))
    page = max(0, min(page, panel_charts.pages(panel) - 1))
    more = _more_pictures(panel, page, words, anew=False)
    return Message(_about(panel, page, words), (more,) if more else (), picture=_picture(panel, page, words))


def _picture(panel: Panel, page: int, words: Words) -> Picture:
    return Picture("panel", {"page": page, "language": words.tag})


def _about(panel: Panel, page: int, words: Words) -> Sentence:
    first = page * panel_charts.PER_PICTURE + 1
    shown = panel_charts.drawn(panel)
    last = min(first + panel_charts.PER_PICTURE - 1, len(shown))
    return words(
        "Eight weeks of patients {first} to {last} of {n}, those who need you first. The numbers are in /patients.",
        first=first,
        last=last,
        n=len(shown),
    )


def _more_pictures(panel: Panel, page: int, words: Words, *, anew: bool) -> Row:
    steps = []
    if page > 0:
        steps.append(Button(words("Previous picture"), tap=pack(buttons.PanelPicture(page - 1, anew))))
    if page < panel_charts.pages(panel) - 1:
        steps.append(Button(words("Next picture"), tap=pack(buttons.PanelPicture(page + 1, anew))))
    return tuple(steps)


# --- everyone, ten at a time --------------------------------------------------------------------------------------


def page(panel: Panel, number: int, words: Words) -> Message:
    """Ten patients, those who need attention first, a button for each, and the way to the other pages."""
    if not panel.members:
        return Message(for_therapist(panel, words))
    pages = (len(panel.members) - 1) // PER_PAGE + 1
    number, here = max(0, min(number, pages - 1)), on_page(panel, number)
    heading = words.many("You have {n} patient.", "You have {n} patients.", len(panel.members))
    if pages > 1:
        heading = words("{heading} Page {page} of {pages}.", heading=heading, page=number + 1, pages=pages)
    heading = joined(" ", [heading, standing_in_for(panel, words)])
    also = {member.patient_id for member in panel.needs[MOST_CARDS:]}
    found = [_block(member, member.patient_id in also, words) for member in here]
    legend = _legend(here, words)
    text = joined("\n\n", [bold(heading), *found, legend])
    if length(text) > MAX_TEXT:
        text = joined("\n\n", [bold(heading), *(within(block, PAGE_LINE) for block in found), legend])
    rows: list[Row] = [(card_button(member),) for member in here]
    if steps := _steps(number, pages, words, buttons.Panel, buttons.Panel(0)):
        rows.append(steps)
    rows.append((Button(words("Search"), tap=pack(buttons.SearchPatient())),))
    return Message(text, tuple(rows))


def _steps(
    number: int,
    pages: int,
    words: Words,
    to: type[buttons.Panel] | type[buttons.Others],
    first: buttons.Panel | buttons.BackToOthers,
) -> Row:
    """The way to the pages before and after; `first`: to the first one."""
    steps = []
    if number > 0:
        steps.append(Button(words("Previous"), tap=pack(to(number - 1) if number > 1 else first)))
    if number < pages - 1:
        steps.append(Button(words("Next"), tap=pack(to(number + 1))))
    return tuple(steps)


def _block(member: Member, also: bool, words: Words) -> Sentence:
    """One patient, to be taken in at a glance: why they stand there, how it stands, and three small trends, each with
    its number."""
    need, why = member.need, brief(member.need, words)
    name = bold(sentence(" ".join(member.label.split())))
    if need.reason not in NEEDS:
        title = words("{patient}: {what}", patient=name, what=why)
    elif also:
        title = words("{patient} also needs you: {why}", patient=name, why=why)
    else:
        title = words("{patient} needs you: {why}", patient=name, why=why)
    return joined("\n", [title, _facts(member, words), *_strips(need, words)])


def _facts(member: Member, words: Words) -> Sentence:
    """How it stands, the last answer, "5 of 7", open alerts, and that it is somebody else's patient."""
    need, week = member.need, member.need.week
    # Since when a pause is, and until when, is told above, unless something more pressing is.
    told = need.standing is None or (need.pause is not None and need.reason not in NEEDS)
    facts = []
    if need.standing is not None and not told:
        facts.append(standing_name(need.standing, words))
    if need.last_answer is None:
        facts.append(words("no answer so far"))
    elif need.standing is None or not need.standing.answered or need.standing.day != need.last_answer:
        facts.append(words("last answer {day}", day=words.short_day(need.last_answer)))
    if week.asked:
        facts.append(words("{answered} of {asked}", answered=week.answered, asked=week.asked))
    if need.alerts:
        facts.append(words.many("{n} open alert", "{n} open alerts", len(need.alerts)))
    return joined(", ", [*facts, standing_in(member, words)])


def _strips(need: Need, words: Words) -> list[Sentence]:
    shown, more = need.strips[:STRIPS], need.strips[STRIPS:]
    told = [strip_in_words(strip, need.week, words) for strip in shown]
    if more:
        counted = words.many("{n} more symptom", "{n} more symptoms", len(more))
        told.append(joined("; ", [counted, trends_named(more, words)]))
    return told


def standing_name(standing: Standing, words: Words) -> Sentence:
    """As in "open today", "missed on 8 Mar"."""
    day = (
        words("today")
        if standing.today or standing.day is None
        else words("on {day}", day=words.short_day(standing.day))
    )
    match standing.stand:
        case Stand.IMPORTED:
            return words("imported, nothing is asked")
        case Stand.BLOCKED:
            return words("has blocked the bot")
        case Stand.GONE:
            return words("Telegram account gone")
        case Stand.PAUSED:
            return words("paused")
        case Stand.WAITING:
            return words("not asked yet")
        case Stand.OPEN:
            return words("open {day}", day=day)
        case Stand.BEGUN:
            return words("open and answered in part {day}", day=day)
        case Stand.ANSWERED:
            return words("answered {day}", day=day)
        case Stand.PARTLY:
            return words("answered in part {day}", day=day)
        case Stand.SKIPPED:
            return words("skipped {day}", day=day)
        case Stand.MISSED:
            return words("missed {day}", day=day)
        case Stand.NOT_ASKED:
            return words("not asked {day}", day=day)


def strip_in_words(strip: Strip, week: Week, words: Words) -> Sentence:
    """Eight weeks of a symptom in characters, low to high, the newest mean as a number, and what its trend is called.

    The line above says how many days were answered; the number says it itself where it is from another count of days.
    """
    drawn = "".join(GAP if one.mean is None else HEIGHTS[_height(one.mean)] for one in strip.weeks)
    name, newest = item_name(strip.item, words), strip.newest
    if newest is None or newest.mean is None:
        return words("{symptom} {drawn} no average yet", symptom=name, drawn=drawn)
    mean = words.number(newest.mean)
    if _counts_other_days(newest, week):
        mean = words("{mean} ({n})", mean=mean, n=newest.n)
    if newest.monday != week.start:
        mean = words("{mean}, {day}", mean=mean, day=words.short_day(newest.monday))
    told = words("{symptom} {drawn} {mean}", symptom=name, drawn=drawn, mean=mean)
    match strip.trend:
        case Trend.WORSE:
            return words("{strip}, worse", strip=told)
        case Trend.BETTER:
            return words("{strip}, better", strip=told)
        case _:
            return told


def _counts_other_days(newest: WeekOf, week: Week) -> bool:
    """Whether the number of days that a mean is from is not the one that stands above it."""
    return newest.monday != week.start or newest.n != week.answered


def _legend(members: Sequence[Member], words: Words) -> Sentence:
    """What the signs of a page mean, of those that stand on it."""
    strips = [(strip, one.need.week) for one in members for strip in one.need.strips[:STRIPS]]
    newest = [(it, week) for strip, week in strips if (it := strip.newest) is not None]
    told = [
        (bool(newest), words("Bars: eight weekly averages, 0 to 10.")),
        (any(it.mean is None for strip, _ in strips for it in strip.weeks), words("A dot: a week without one.")),
        (any(_counts_other_days(it, week) for it, week in newest), words("In brackets: from how many days.")),
        (any(it.monday != week.start for it, week in newest), words("A date: the newest week that has one.")),
        (any(strip.trend in CALLED for strip, _ in strips), words("Worse, better: the trend over weeks.")),
    ]
    return joined(" ", [sign for stands, sign in told if stands])


def _height(mean: float) -> int:
    return min(int(mean / HIGHEST * len(HEIGHTS)), len(HEIGHTS) - 1)


# --- all the others, a line each ----------------------------------------------------------------------------------


def others(panel: Panel, number: int, words: Words) -> Message:
    """Whoever the summary has no card for, a line each: those who also need attention, the steady, the quiet."""
    if not panel.others:
        return page(panel, 0, words)
    pages = (len(panel.others) - 1) // LINES_PER_PAGE + 1
    number, here = max(0, min(number, pages - 1)), on_page_of_others(panel, number)
    parts: list[Sentence] = []
    for title, members in _groups(panel, here, words):
        told = [line.text for line in lines_of(panel, members, words, short=True)]
        parts.append(joined("\n", [bold(title), *(within(line, SHORT_LINE) for line in told)]))
    if pages > 1:
        parts.insert(0, words("Page {page} of {pages}.", page=number + 1, pages=pages))
    made = [card_button(member) for member in here]
    rows: list[Row] = [tuple(made[i : i + 2]) for i in range(0, len(made), 2)]
    if steps := _steps(number, pages, words, buttons.Others, buttons.BackToOthers()):
        rows.append(steps)
    return Message(joined("\n\n", parts), tuple(rows))


# --- who is shown, for the log of who saw what --------------------------------------------------------------------


def _part(of: Sequence[Member], number: int, size: int) -> tuple[Member, ...]:
    number = max(0, min(number, (len(of) - 1) // size))
    return tuple(of[number * size : (number + 1) * size])


def on_page(panel: Panel, number: int) -> tuple[Member, ...]:
    """Whom a page of the list shows."""
    return _part(panel.members, number, PER_PAGE)


def on_page_of_others(panel: Panel, number: int) -> tuple[Member, ...]:
    """And one of the others; where there are none it is a page of the list."""
    return _part(panel.others, number, LINES_PER_PAGE) if panel.others else on_page(panel, 0)


def in_picture(panel: Panel, number: int) -> tuple[Member, ...]:
    return _part(panel_charts.drawn(panel), number, panel_charts.PER_PICTURE)


def told(panel: Panel) -> tuple[Member, ...]:
    """Whom the words of the summary name."""
    return (*panel.needs, *panel.quiet, *steady_shown(panel))


def _groups(panel: Panel, here: Sequence[Member], words: Words) -> list[tuple[Sentence, list[Member]]]:
    parts = (
        (words("Also need you"), panel.needs),
        (words("Steady"), panel.steady),
        (words("Quiet"), panel.quiet),
        (words("Imported"), panel.imported),
    )
    found = [(title, [member for member in here if member in of]) for title, of in parts]
    return [(title, members) for title, members in found if members]


def within(line: Sentence, room: int) -> Sentence:
    """The line without its markup, cut where it is too long for `room` characters."""
    bare = plain(Sentence(re.sub(r"<[^>]*>", "", line)))
    if length(line) <= room:
        return line
    # By half the room at worst: a sign may count double.
    while len(bare.encode("utf-16-le")) // 2 > room - 2:
        bare = bare[: -max(1, len(bare) // 20)]
    return sentence(bare.rstrip() + " …")


__all__ = ["newest_start", "others", "page", "picture", "week"]
