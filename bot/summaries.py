"""Diaries in numbers, for a program and for a screen of plain letters: a report of one, a replay of the alert rules.

Rules:
1. Numbers for programs are as they were worked out, not rounded, and null where there is none. A screen shows one
   decimal, rounded as in the chat, always with how many days it is from.
2. What a change is called are the words of the table in the docs, the same for both.
"""

from __future__ import annotations

import json
from typing import Any, Final

from bot.chat.words import half_up
from bot.diary import alerts, replays
from bot.diary.alerts import Limits
from bot.diary.digests import Change, ChangeLabel
from bot.diary.entries import Cause, DayState
from bot.diary.imports import name_of
from bot.diary.replays import Diaries, Replay
from bot.diary.sessions import MIN_SCORES
from bot.diary.summaries import ItemSummary, Summary

LABELS: Final = {
    ChangeLabel.MUCH_BETTER: "much better",
    ChangeLabel.CLEARLY_BETTER: "clearly better",
    ChangeLabel.SLIGHTLY_BETTER: "slightly better",
    ChangeLabel.SAME: "about the same",
    ChangeLabel.SLIGHTLY_HIGHER: "slightly higher",
    ChangeLabel.HIGHER: "higher",
}
CAUSES: Final = {Cause.BOT: "the bot's fault", Cause.BLOCKED: "bot blocked", Cause.GONE: "chat gone"}
NAME: Final = 22
"""Letters of a symptom's name on a screen."""
WEEKS_SHOWN: Final = 6
RULE: Final = 56
"""Letters of a rule's description."""


def as_data(patient: str, summary: Summary) -> dict[str, Any]:
    """For JSON: `items` by their names, `days` by state, which add up to all days, `imported_days` among them."""
    span = summary.last7
    return {
        "patient": patient,
        "first_day": _day(summary.first_day),
        "last_day": _day(summary.last_day),
        "last7_from": None if span is None else _day(span[0]),
        "last7_to": None if span is None else _day(span[1]),
        "items": {name_of(it.item): _item(it) for it in summary.items},
        "days": {kind.value: summary.states[kind] for kind in DayState},
        "imported_days": summary.imported,
        "not_asked_because": {cause.value: summary.causes[cause] for cause in Cause},
    }


def _item(it: ItemSummary) -> dict[str, Any]:
    base, change = it.baseline, it.change
    return {
        "symptom": it.item.symptom.value,
        "site": it.item.site,
        "side": None if it.item.side is None else it.item.side.value,
        "baseline": None if base is None else base.mean,
        "baseline_n": None if base is None else base.n,
        "baseline_from": None if base is None else _day(base.first_day),
        "baseline_to": None if base is None else _day(base.last_day),
        "baseline_kind": None if base is None else base.kind.value,
        "last7": it.last7,
        "last7_n": it.last7_n,
        "change": None if change is None else change.points,
        "percent": None if change is None else change.percent,
        "label": None if change is None else LABELS[change.label],
        "weeks": [
            {
                "start": _day(week.start),
                "mean": week.mean,
                "n": week.n,
                "worst": week.worst,
                "days_at_7": week.days_at_7,
            }
            for week in it.weeks
        ],
    }


def as_text(patient: str, summary: Summary) -> str:
    """For a screen."""
    if summary.first_day is None or summary.last7 is None:
        return f"{patient}: nothing yet"
    counted = [f"{summary.states[kind]} {kind.value.replace('_', ' ')}" for kind in DayState if summary.states[kind]]
    counted = [f"{it} ({_causes(summary)})" if it.endswith("not asked") else it for it in counted]
    imported = f" ({summary.imported} imported)" if summary.imported else ""
    first, last = summary.last7
    lines = [
        f"{patient}: {summary.first_day} to {summary.last_day}",
        f"days: {', '.join(counted)}{imported}",
        f"last 7 days: {first} to {last}",
        "",
        f"{'':{NAME}}  {'baseline':>12}  {'last 7 days':>12}  change",
    ]
    for it in summary.items:
        base = it.baseline
        before = _of(None if base is None else base.mean, 0 if base is None else base.n)
        lines.append(f"{name_of(it.item):{NAME}}  {before:>12}  {_of(it.last7, it.last7_n):>12}  {_change(it.change)}")
    lines += ["", *_weeks(summary)]
    lines.append(f"A mean needs {MIN_SCORES} scores. One person's diary describes; it does not prove an effect.")
    return "\n".join(lines)


def _causes(summary: Summary) -> str:
    return ", ".join(f"{summary.causes[cause]} {said}" for cause, said in CAUSES.items() if summary.causes[cause])


def _weeks(summary: Summary) -> list[str]:
    """The newest weeks, each item's mean with its n, the worst day and the days at 7 or more."""
    longest = max((len(it.weeks) for it in summary.items), default=0)
    lines = [f"the newest {WEEKS_SHOWN} of {longest} weeks"] if longest > WEEKS_SHOWN else []
    for it in summary.items:
        for week in it.weeks[-WEEKS_SHOWN:]:
            worst = "" if week.worst is None else f"worst {week.worst}, days at 7 or more: {week.days_at_7}"
            lines.append(f"{name_of(it.item):{NAME}}  {week.start}  {_of(week.mean, week.n):>12}  {worst}".rstrip())
        lines.append("")
    return lines


def _change(change: Change | None) -> str:
    if change is None:
        return "none"
    percent = "" if change.percent is None else f" ({half_up(change.percent, '1'):+}%)"
    return f"{half_up(change.points, '0.1'):+}{percent}, {LABELS[change.label]}"


def _of(mean: float | None, n: int) -> str:
    return f"none, n {n}" if mean is None else f"{half_up(mean, '0.1')}, n {n}"


def _day(day: object) -> str | None:
    return None if day is None else str(day)


# --- the alert rules over the past ----------------------------------------------------------------------------


def replay_as_data(diaries: Diaries, limits: Limits) -> str:
    """As JSON: how often each rule speaks, in all and per patient-week; of all symptoms together and of each."""
    found = replays.replay(diaries, limits)
    made = {
        "rise": limits.rise,
        "high": limits.high,
        **_rates(found, found.weeks),
        "items": {
            name_of(wanted): _rates(replays.replay(those, limits), found.weeks)
            for wanted, those in replays.by_item(diaries).items()
        },
    }
    return json.dumps(made, ensure_ascii=False, indent=2)


def _rates(found: Replay, weeks: float) -> dict[str, Any]:
    """`weeks`: the patient-weeks of the whole file, so that the rates of its symptoms add up."""
    counts = {name: getattr(found, name) for name in ("jumps", "rose", "entered", "alerts", "messages")}
    return {
        "patients": found.patients,
        "days": found.days,
        "patient_weeks": weeks,
        **counts,
        "per_patient_week": {name: n / weeks if weeks else None for name, n in counts.items()},
    }


def replay_as_text(diaries: Diaries, limits: Limits) -> str:
    """For a screen: each rule with its rate, each symptom, and what other limits would bring."""
    found = replays.replay(diaries, limits)
    if not found.days:
        return "There are no scores in this file."
    rise, high = limits.rise, limits.high
    told = (
        (f"one day {rise} or more above the usual: a line in the digest", found.jumps),
        (f"two days in a row {rise} or more above the usual", found.rose),
        (f"two days in a row at {high} or more, the usual below {high}", found.entered),
        ("alerts: either pair, once per symptom in 7 days", found.alerts),
        ("messages: one per patient and day, for all symptoms", found.messages),
    )
    lines = [
        f"{found.patients} patient{'' if found.patients == 1 else 's'}, {found.days} days with a score: "
        f"{found.weeks:.1f} patient-weeks",
        "The usual: the mean of the 7 days before the first of the two, from 4 scores or more; without it no alert.",
        "",
        f"{'':{RULE}}  {'times':>6}  per patient-week",
        *(f"{rule:{RULE}}  {n:>6}  {n / found.weeks:>16.3f}" for rule, n in told),
        "",
        *_by_item(diaries, limits, found.weeks),
        "",
        "Messages per patient-week with other limits, across: the high score, down: points above the usual",
        *_grid(diaries, found.weeks),
        "",
        "A file has no treatments, so nothing is held back for soreness after needling.",
    ]
    return "\n".join(lines)


def _by_item(diaries: Diaries, limits: Limits, weeks: float) -> list[str]:
    lines = [f"{'alerts by symptom':{RULE}}  {'times':>6}  per patient-week"]
    for wanted, those in sorted(replays.by_item(diaries).items(), key=lambda pair: name_of(pair[0])):
        found = replays.replay(those, limits)
        lines.append(f"{name_of(wanted):{RULE}}  {found.alerts:>6}  {found.alerts / weeks:>16.3f}")
    return lines


def _grid(diaries: Diaries, weeks: float) -> list[str]:
    lines = ["      " + "".join(f"{high:>8}" for high in alerts.HIGHS)]
    for rise in alerts.RISES:
        found = [replays.messages(diaries, Limits(rise, high)) for high in alerts.HIGHS]
        lines.append(f"{rise:>6}" + "".join(f"{n / weeks:>8.3f}" for n in found))
    return lines
