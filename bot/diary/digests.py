"""The week in numbers: means with their n, change, and who needs attention first.

Laws:
1. A mean is shown with its n, and only from MIN_SCORES scores on. Nothing is imputed, carried forward or put
   at zero, and no two items are ever averaged with each other.
2. Numbers are compared unrounded; rounding is for display.
3. A week is compared only with a baseline that was over before it began: never with itself.
4. A day is held against the patient only when it was asked, has closed and has no entry. Paused, skipped,
   open and not asked days never are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Final

from bot.diary import days, panels, trends
from bot.diary.alerts import USUAL, Limits, judge, sore
from bot.diary.checkins import Checkin
from bot.diary.entries import Cause, Day, DayState, Item, ItemId, Score, Symptom, entered_late, may_be_lost, state
from bot.diary.flares import Flare
from bot.diary.panels import OpenAlert, Standing, Strip
from bot.diary.pauses import Pause, covering
from bot.diary.people import PatientId
from bot.diary.sessions import (
    LAST_OF_SEVEN,
    SEVEN_DAYS,
    Baseline,
    Session,
    baseline,
    mean,
    reaches,
    values_from,
)

STRONG: Final = 7
"""Days at this score or more are counted: patients and clinicians rank them first
(10.1016/j.jpain.2020.08.003)."""
WEEK_STEP: Final = 1.0
"""Points from which a week is "lower" or "higher than last week": in 933 real pairs of weeks 14% moved as
much (own calculation on a public back-pain data set)."""

PERCENT_FROM: Final = 4.0
"""Below this baseline a percentage says more than the points do, so there is none (ours)."""
SLIGHT_PERCENT: Final = 10.0
"""10.1016/j.jpain.2007.09.005, 10.1016/j.ejpain.2003.09.004"""
CLEAR_PERCENT: Final = 30.0
"""2,724 patients: 10.1016/S0304-3959(01)00349-9"""
MUCH_PERCENT: Final = 50.0
"""10.1016/j.jpain.2007.09.005"""
SLIGHT_POINTS: Final = 1.0
"""Below PERCENT_FROM (ours)."""
CLEAR_POINTS: Final = 2.0
"""Below PERCENT_FROM (ours)."""
HIGHER_PERCENT: Final = 30.0
"""From here on higher is a flag to look at, not a finding (ours)."""
HIGHER_POINTS: Final = 2.0
"""The same in points, whatever the baseline (ours)."""

MODERATE_FROM: Final = 4.0
SEVERE_FROM: Final = 7.0
"""Of the pain item only: painful diabetic neuropathy, n = 255 (Zelman 2005)."""

ROSE_BY: Final = 2.0
"""Weekly mean above last week: 1.3% of week pairs in 48 back-pain diaries."""
MANY_STRONG_DAYS: Final = 3
"""So many days at STRONG or more in one week need attention (ours)."""
JUMP_BY: Final = 2.0
"""One day above the own mean of the seven days before: 0.23 per patient-week in 48 back-pain diaries."""
QUIET_FROM: Final = 3
"""Days without an entry that stand on the quiet line (ours)."""
SILENT_FROM: Final = 7
"""Days without an entry that put a patient on the call list (ours)."""


@dataclass(frozen=True, slots=True)
class Diary:
    """All that the rules need of one patient's diary: `scores` are those that count (entries.newest)."""

    items: tuple[Item, ...]
    days: Mapping[date, Day]
    scores: Mapping[tuple[date, ItemId], Score]
    sessions: tuple[Session, ...]
    enrolled_day: date
    zone: str
    flares: tuple[Flare, ...] = ()
    """In the order in which they began; they enter no number of a week."""
    pauses: tuple[Pause, ...] = ()
    checkins: tuple[Checkin, ...] = ()
    """Of the sessions that stand, by their time."""
    limits: Limits = USUAL
    """From which scores on this patient's alerts are raised."""


class Step(StrEnum):
    """A week against the one before."""

    LOWER = "lower"
    SAME = "same"
    HIGHER = "higher"


class ChangeLabel(StrEnum):
    """A weekly mean against the baseline, by the table in `change`."""

    MUCH_BETTER = "much_better"
    CLEARLY_BETTER = "clearly_better"
    SLIGHTLY_BETTER = "slightly_better"
    SAME = "same"
    SLIGHTLY_HIGHER = "slightly_higher"
    HIGHER = "higher"
    """A flag to look at, not a finding."""


class Severity(StrEnum):
    """Words for the pain item (Zelman 2005). None exist for any other."""

    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"


@dataclass(frozen=True, slots=True)
class Change:
    """How far a mean lies from a baseline.

    `points`: mean minus baseline, -10 to 10; negative is lower, which is better. `percent`: the same in
    percent of the baseline (-30.0 is 30% lower); None where the baseline is below PERCENT_FROM.
    """

    points: float
    percent: float | None
    label: ChangeLabel


@dataclass(frozen=True, slots=True)
class ItemWeek:
    """One item in one week.

    `scores`: (day, 0 to 10) in order, gaps and skips left out; `n` of them. `mean`: unrounded, None below
    MIN_SCORES. `worst`: the highest score and the first day that had it; None without scores. `days_at_7`:
    days at STRONG or more. `previous`: last week's mean under the same rule; `step` only where both weeks
    have a mean. `change` only where the week has a mean and `baseline` was over before it began.
    """

    item: Item
    start: date
    scores: tuple[tuple[date, int], ...]
    n: int
    mean: float | None
    worst: tuple[date, int] | None
    days_at_7: int
    previous: float | None
    previous_n: int
    step: Step | None
    baseline: Baseline | None
    change: Change | None


@dataclass(frozen=True, slots=True)
class FlareOf:
    """A flare with the item that it was of, and the zone that its day went by."""

    item: Item
    flare: Flare
    zone: str


@dataclass(frozen=True, slots=True)
class Week:
    """One patient's week, Monday `start` to Sunday.

    `items`: those asked or scored in the week, in the order asked. `states`: seven dates, None for a day that
    was not planned (before the enrolment, or still to come). Of `asked` days (complete, partial, skipped or
    missed) `answered` have an entry (complete or partial); their quotient is the adherence. Open, paused and
    not asked days are in neither, but an own entry on a paused or not asked day is in both. The other fields
    name those days; `lost` are those not asked by the bot whose prompt arrived while an answer may be lost.
    `late`: days with answers entered on a later diary day, and how many of each. `flares`: those of its days, which
    enter none of its numbers. `imported`: days kept elsewhere, whose scores count and which nobody was asked on here.
    """

    start: date
    items: tuple[ItemWeek, ...]
    states: tuple[tuple[date, DayState | None], ...]
    answered: int
    asked: int
    skipped: tuple[date, ...]
    paused: tuple[date, ...]
    open_days: tuple[date, ...]
    not_asked: Mapping[Cause, tuple[date, ...]]
    lost: tuple[date, ...] = ()
    late: tuple[tuple[date, int], ...] = ()
    flares: tuple[FlareOf, ...] = ()
    imported: tuple[date, ...] = ()

    @property
    def end(self) -> date:
        """Its Sunday."""
        return self.start + LAST_OF_SEVEN

    @property
    def not_asked_by_us(self) -> tuple[date, ...]:
        """The days on which no question went out, by a failure of the bot."""
        return tuple(day for day in self.not_asked.get(Cause.BOT, ()) if day not in self.lost)


@dataclass(frozen=True, slots=True)
class Jump:
    """One day at JUMP_BY or more above the `usual`: the mean of the `n` (4 to 7) scores of the 7 days before. Or the
    second of two high days that alerted nobody, with the `usual` before the first of them: since a needling held it
    back, or since there were too few scores before for a `usual`, which is None then.

    `after_session`: on the day of a needling session or the days after it, when soreness is
    expected.
    """

    item: Item
    day: date
    value: int
    usual: float | None
    n: int
    after_session: bool

    @property
    def above(self) -> float:
        """How far it lies above the usual; 0 where nobody can tell."""
        return 0.0 if self.usual is None else self.value - self.usual


class Reason(StrEnum):
    """Why a patient stands where they stand in the panel, in the order of the panel."""

    RED_FLAG = "red_flag"
    """A warning sign was reported, and no therapist has answered it."""
    ALERT = "alert"
    """An alert that no therapist has seen."""
    ABOVE_BASELINE = "above_baseline"
    ROSE = "rose"
    DAYS_AT_7 = "days_at_7"
    SILENT = "silent"
    QUIET = "quiet"
    STEADY = "steady"
    NEW = "new"
    """Nothing has been asked and closed yet."""
    IMPORTED = "imported"
    """A diary from elsewhere: it waits for nobody."""


_ORDER: Final = {reason: place for place, reason in enumerate(Reason)}
NEEDS: Final = frozenset(
    {Reason.RED_FLAG, Reason.ALERT, Reason.ABOVE_BASELINE, Reason.ROSE, Reason.DAYS_AT_7, Reason.SILENT}
)
"""These ask for the therapist's attention."""
MOST_CARDS: Final = 5
"""Of those who need attention so many are told of in the summary; the others "also need you" (the issue's number)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason with its `size`, for the order.

    `size`: how many alerts, points above the baseline or last week, or days; 0 for STEADY, NEW and IMPORTED. `about`:
    the item's week where the reason is about an item.
    """

    reason: Reason
    size: float
    about: ItemWeek | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """What a therapist is told of one patient: `findings`, the most pressing first, never empty.

    `silent_days`: the present run of days without an entry (see `silent_days`). `last_answer`: the newest
    diary day with a score. `unreachable`: why the patient can't be asked now, BLOCKED or GONE, as far as the newest
    planned day tells; None otherwise.
    """

    findings: tuple[Finding, ...]
    week: Week
    jumps: tuple[Jump, ...]
    silent_days: int
    last_answer: date | None
    unreachable: Cause | None
    pause: Pause | None = None
    """The pause that the patient is in now."""
    alerts: tuple[OpenAlert, ...] = ()
    """Those that are open, red flags first, then the oldest first."""
    strips: tuple[Strip, ...] = ()
    """Eight weeks of each item of the week shown, in the order asked."""
    needled: tuple[date, ...] = ()
    """Days with needling in these weeks."""
    standing: Standing | None = None

    @property
    def trend(self) -> trends.Trend | None:
        """What the patient's trend is called, in one word."""
        return panels.called(self.strips)

    @property
    def reason(self) -> Reason:
        return self.findings[0].reason

    @property
    def size(self) -> float:
        return self.findings[0].size


@dataclass(frozen=True, slots=True)
class Member:
    """One patient of a panel, under the therapist's own name for them. `until_day`: the last day on which the therapist
    sees the diary, where they stand in for somebody."""

    patient_id: PatientId
    label: str
    need: Need
    until_day: date | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """A therapist's patients: who needs attention, who is steady, who is quiet; each in its order."""

    needs: tuple[Member, ...]
    steady: tuple[Member, ...]
    quiet: tuple[Member, ...]
    imported: tuple[Member, ...] = ()

    @property
    def members(self) -> tuple[Member, ...]:
        """Everyone: who needs attention, the quiet, the steady, diaries from elsewhere."""
        return self.needs + self.quiet + self.steady + self.imported

    @property
    def first(self) -> tuple[Member, ...]:
        """Those whom the summary tells of."""
        return self.needs[:MOST_CARDS]

    @property
    def others(self) -> tuple[Member, ...]:
        """Everyone else, those who also need attention first."""
        return self.needs[MOST_CARDS:] + self.steady + self.quiet + self.imported


def last_week(now: datetime, zone: str, prompt_time: time) -> date:
    """The Monday of the newest week whose Sunday has been asked: its prompt was due at or before `now`.

    On a Sunday evening that is the week just ending; before its prompt the whole week before.
    """
    start = days.week_start(days.day_of(now, zone))
    while days.at(start + LAST_OF_SEVEN, prompt_time, zone) > now:
        start -= SEVEN_DAYS
    return start


@dataclass(frozen=True, slots=True)
class Slot:
    """The digest that is due: of the hour `at`, about the week from Monday `week`; then `next_at`.

    `skipped`: the Mondays of weeks whose own digest hour passed while the bot was down, and that get none any more.
    """

    at: datetime
    week: date
    skipped: tuple[date, ...]
    next_at: datetime


def slot(due_at: datetime, now: datetime, zone: str, weekday: int, wall: time, prompt_time: time) -> Slot:
    """Which digest goes out at `now`, where one has been due since `due_at`: that of the newest digest hour (`wall` on
    `weekday` in `zone`) that has passed, about the week that it would have shown then.

    However late it is, it is about that week: on a Sunday night not yet about the week that is just ending, whose own
    hour comes in the morning. Of several that were missed only the newest goes.
    """
    hours = [due_at]
    while (following := days.next_weekly(hours[-1], zone, weekday, wall)) <= now:
        hours.append(following)
    weeks = list(dict.fromkeys(last_week(hour, zone, prompt_time) for hour in hours))
    return Slot(hours[-1], weeks[-1], tuple(weeks[:-1]), following)


def week(diary: Diary, start: date, now: datetime) -> Week:
    """The week from Monday `start` as it stands at `now`. Raises ValueError where `start` is no Monday.

    Scores of a day that is still open count: they are answers. Rows decide what was planned, so imported days
    from before the enrolment are shown too.
    """
    if start.weekday() != 0:
        raise ValueError(f"a week starts on a Monday, not on {start}")
    states = [(day, _state(diary, day, now)) for day in _seven(start)]
    by_state = {kind: tuple(day for day, found in states if found is kind) for kind in DayState}
    imported = _imported(diary, start)
    scored = by_state[DayState.COMPLETE] + by_state[DayState.PARTIAL]
    answered = len([day for day in scored if day not in imported])
    skipped = by_state[DayState.SKIPPED]
    not_asked = by_state[DayState.NOT_ASKED]
    return Week(
        start=start,
        items=tuple(_item_week(diary, item, start, now) for item in _items_of(diary, start)),
        states=tuple(states),
        answered=answered,
        asked=answered + len(skipped) + len(by_state[DayState.MISSED]),
        skipped=skipped,
        paused=by_state[DayState.PAUSED],
        open_days=by_state[DayState.OPEN],
        not_asked={
            cause: found
            for cause in Cause
            if (found := tuple(day for day in not_asked if (diary.days[day].not_asked or Cause.BOT) is cause))
        },
        lost=tuple(day for day in not_asked if may_be_lost(diary.days[day])),
        late=tuple((day, n) for day in _seven(start) if (n := _entered_late(diary, day))),
        flares=flares_between(diary, start, start + LAST_OF_SEVEN),
        imported=imported,
    )


def flares_between(diary: Diary, first: date, last: date) -> tuple[FlareOf, ...]:
    """The flares of the days from `first` to `last`, both included, in the order in which they began."""
    items = {item.id: item for item in diary.items}
    return tuple(
        FlareOf(items[flare.item_id], flare, diary.days[flare.day].zone if flare.day in diary.days else diary.zone)
        for flare in diary.flares
        if first <= flare.day <= last and flare.item_id in items
    )


def change(mean: float, baseline: float) -> Change:
    """The change of a weekly mean against a baseline mean (both 0 to 10), with its label.

    From a baseline of PERCENT_FROM on percent decide, and 2 points higher are HIGHER whatever the percent.
    "About the same" asks for less than 10% *and* less than 1 point: 10% lower or higher is already "slightly"
    though it is less than a point (0.4 of 4), and 1 point below 10% does not occur on a scale that ends at
    10. Below PERCENT_FROM points decide: 1 is slightly, 2 clearly; "much better" is a percentage and is not
    said.
    """
    points = mean - baseline
    if not reaches(baseline, PERCENT_FROM):
        return Change(points, None, _label_by_points(points))
    percent = points / baseline * 100
    return Change(points, percent, _label_by_percent(points, percent))


def step(mean: float | None, previous: float | None) -> Step | None:
    """A weekly mean against last week's: LOWER or HIGHER from WEEK_STEP points; None where one is None."""
    if mean is None or previous is None:
        return None
    if reaches(mean - previous, WEEK_STEP):
        return Step.HIGHER
    return Step.LOWER if reaches(previous - mean, WEEK_STEP) else Step.SAME


def severity(item: Item, mean: float) -> Severity | None:
    """The word for a mean pain (0 to 10): below 4 mild, below 7 moderate, else severe (Zelman 2005).

    None for every other symptom: no such words exist for them.
    """
    if item.symptom is not Symptom.PAIN:
        return None
    if reaches(mean, SEVERE_FROM):
        return Severity.SEVERE
    return Severity.MODERATE if reaches(mean, MODERATE_FROM) else Severity.MILD


def silent_days(diary: Diary, now: datetime) -> int:
    """How many planned days in a row, up to the newest closed one, are without an entry.

    Missed days count, and those not asked because the bot was blocked or the account is gone. Days not asked
    because of the bot, and unanswered open ones, neither count nor end the run. Any answer, "not today" and a
    pause end it: the patient was heard from.
    """
    silent = 0
    for day in sorted(diary.days, reverse=True):
        if _heard(diary, day, now):
            break
        silent += _silent(diary, day, now)
    return silent


def heard_since(diary: Diary, since: date, now: datetime) -> bool:
    """Whether a day from `since` on ends the run of `silent_days`."""
    return any(day >= since and _heard(diary, day, now) for day in diary.days)


def last_answer(diary: Diary) -> date | None:
    """The newest diary day with a score; None while there is none."""
    return max((day for (day, _), score in diary.scores.items() if score.value is not None), default=None)


def jumps(diary: Diary, start: date) -> tuple[Jump, ...]:
    """The days of the week from `start` that lie JUMP_BY or more above the mean of the seven days before, and those
    that would alert but for a needling shortly before, or but for too few scores before them."""
    found = (_jump(diary, item, day) for item in _items_of(diary, start) for day in _seven(start))
    return tuple(jump for jump in found if jump is not None)


def need(
    diary: Diary,
    start: date,
    now: datetime,
    alerts: Sequence[OpenAlert] = (),
    reach: Cause | None = None,
    *,
    imported: bool = False,
) -> Need:
    """How much attention the patient needs, by the week from Monday `start`, the silence at `now` and open `alerts`.

    `reach`: why the bot can't write to the patient now. A diary that is `imported` needs nobody: it was kept elsewhere,
    and nothing more is to come. Raises ValueError where `start` is no Monday.
    """
    shown = week(diary, start, now)
    silent = 0 if imported else silent_days(diary, now)
    flags = panels.red_flags(alerts)
    findings = [Finding(Reason.RED_FLAG, len(flags))] if flags else []
    if others := len(alerts) - len(flags):
        findings.append(Finding(Reason.ALERT, others))
    if not imported:
        findings += [finding for item_week in shown.items for finding in _findings(item_week)]
    if silent >= QUIET_FROM:
        findings.append(Finding(Reason.SILENT if silent >= SILENT_FROM else Reason.QUIET, silent))
    if not findings:
        idle = Reason.NEW if _nothing_yet(diary, now) else Reason.STEADY
        findings.append(Finding(Reason.IMPORTED if imported else idle, 0))
    newest = diary.days.get(max(diary.days, default=diary.enrolled_day))
    pause = covering(diary.pauses, days.day_of(now, diary.zone))
    return Need(
        # Sorting keeps equal ones in the order of the items.
        findings=tuple(sorted(findings, key=lambda finding: (_ORDER[finding.reason], -finding.size))),
        week=shown,
        jumps=jumps(diary, start),
        silent_days=silent,
        last_answer=last_answer(diary),
        unreachable=_unreachable(newest) if newest is not None else None,
        pause=pause,
        alerts=tuple(sorted(alerts, key=lambda alert: (not alert.red_flag, alert.raised_at, alert.id))),
        strips=tuple(
            panels.strip(diary, it.item, start, None if imported else trends.verdict(diary, it.item, now))
            for it in shown.items
        ),
        needled=panels.needled(diary, start),
        standing=panels.standing(diary, now, reach, imported=imported, paused=pause is not None),
    )


def panel(members: Iterable[Member]) -> Panel:
    """The patients by reason in the order of `Reason`, then by size, the bigger first, then by name.

    Of the steady come first those whose trend is called worse, then those whom the bot can't reach now, then by name.
    """
    ordered = sorted(members, key=_place)
    return Panel(
        needs=tuple(member for member in ordered if member.need.reason in NEEDS),
        steady=tuple(member for member in ordered if member.need.reason in {Reason.STEADY, Reason.NEW}),
        quiet=tuple(member for member in ordered if member.need.reason is Reason.QUIET),
        imported=tuple(member for member in ordered if member.need.reason is Reason.IMPORTED),
    )


def _place(member: Member) -> tuple[int, float, str, str]:
    need = member.need
    reason = Reason.STEADY if need.reason is Reason.NEW else need.reason
    size = 2.0 * (need.trend is trends.Trend.WORSE) + (need.unreachable is not None)
    # By tenths of a millionth: two means that are the same in figures may differ in the last bit.
    size = size if reason is Reason.STEADY else round(need.size, 7)
    return _ORDER[reason], -size, member.label.casefold(), member.label


def _label_by_percent(points: float, percent: float) -> ChangeLabel:
    if reaches(points, HIGHER_POINTS) or reaches(percent, HIGHER_PERCENT):
        return ChangeLabel.HIGHER
    if reaches(percent, SLIGHT_PERCENT):
        return ChangeLabel.SLIGHTLY_HIGHER
    if reaches(-percent, MUCH_PERCENT):
        return ChangeLabel.MUCH_BETTER
    if reaches(-percent, CLEAR_PERCENT):
        return ChangeLabel.CLEARLY_BETTER
    return ChangeLabel.SLIGHTLY_BETTER if reaches(-percent, SLIGHT_PERCENT) else ChangeLabel.SAME


def _label_by_points(points: float) -> ChangeLabel:
    if reaches(points, HIGHER_POINTS):
        return ChangeLabel.HIGHER
    if reaches(points, SLIGHT_POINTS):
        return ChangeLabel.SLIGHTLY_HIGHER
    if reaches(-points, CLEAR_POINTS):
        return ChangeLabel.CLEARLY_BETTER
    return ChangeLabel.SLIGHTLY_BETTER if reaches(-points, SLIGHT_POINTS) else ChangeLabel.SAME


def _seven(start: date) -> list[date]:
    return [start + offset * days.ONE_DAY for offset in range(SEVEN_DAYS.days)]


def _state(diary: Diary, day: date, now: datetime) -> DayState | None:
    planned = diary.days.get(day)
    return None if planned is None else state(planned, diary.items, diary.scores, now)


def _imported(diary: Diary, start: date) -> tuple[date, ...]:
    return tuple(day for day in _seven(start) if day in diary.days and diary.days[day].imported_at is not None)


def _entered_late(diary: Diary, day: date) -> int:
    """How many scores of a day were entered on a later one."""
    zone = diary.days[day].zone if day in diary.days else diary.zone
    found = (diary.scores.get((day, item.id)) for item in diary.items)
    return sum(score is not None and score.value is not None and entered_late(score, zone) for score in found)


def _items_of(diary: Diary, start: date) -> list[Item]:
    """The items asked or scored in the week, in the order asked."""
    dates = _seven(start)
    shown = (item for item in diary.items if any(item.asked_on(day) or (day, item.id) in diary.scores for day in dates))
    return sorted(shown, key=lambda item: item.position)


def _item_week(diary: Diary, item: Item, start: date, now: datetime) -> ItemWeek:
    scores = tuple(
        (day, score.value)
        for day in _seven(start)
        if (score := diary.scores.get((day, item.id))) is not None and score.value is not None
    )
    own = mean([value for _, value in scores])
    before = values_from(diary, item, start - SEVEN_DAYS)
    previous = mean(before)
    base = baseline(diary, item, now)
    changed = change(own, base.mean) if own is not None and base is not None and base.last_day < start else None
    return ItemWeek(
        item=item,
        start=start,
        scores=scores,
        n=len(scores),
        mean=own,
        worst=max(scores, key=lambda scored: scored[1], default=None),
        days_at_7=sum(value >= STRONG for _, value in scores),
        previous=previous,
        previous_n=len(before),
        step=step(own, previous),
        baseline=base,
        change=changed,
    )


def _jump(diary: Diary, item: Item, day: date) -> Jump | None:
    """The day, where it lies far above; or where it would alert but for a needling."""
    return _far_above(diary, item, day) or _held_back(diary, item, day) or _without_usual(diary, item, day)


def _without_usual(diary: Diary, item: Item, day: date) -> Jump | None:
    """The second of two high days that nothing before them can be compared with."""
    first = day - days.ONE_DAY
    high = [
        score.value
        for one in (first, day)
        if (score := diary.scores.get((one, item.id))) is not None
        and score.value is not None
        and score.value >= diary.limits.high
    ]
    before = values_from(diary, item, first - SEVEN_DAYS)
    if len(high) < 2 or mean(before) is not None:
        return None
    return Jump(item, day, high[1], None, len(before), sore(day, diary.sessions))


def _held_back(diary: Diary, item: Item, day: date) -> Jump | None:
    if not sore(day, diary.sessions):
        return None
    reached = (day - offset * days.ONE_DAY for offset in range(SEVEN_DAYS.days + 2))
    scored = {
        one: score.value
        for one in reached
        if (score := diary.scores.get((one, item.id))) is not None and score.value is not None
    }
    pair = judge(scored, day - days.ONE_DAY, diary.limits, diary.sessions)
    return None if pair is None else Jump(item, day, pair.scores[1], pair.usual, pair.n, pair.after_session)


def _far_above(diary: Diary, item: Item, day: date) -> Jump | None:
    score = diary.scores.get((day, item.id))
    before = values_from(diary, item, day - SEVEN_DAYS)
    usual = mean(before)
    if score is None or score.value is None or usual is None or not reaches(score.value - usual, JUMP_BY):
        return None
    return Jump(item, day, score.value, usual, len(before), sore(day, diary.sessions))


def _findings(item_week: ItemWeek) -> list[Finding]:
    found = []
    if item_week.change is not None and item_week.change.label is ChangeLabel.HIGHER:
        found.append(Finding(Reason.ABOVE_BASELINE, item_week.change.points, item_week))
    if item_week.mean is not None and item_week.previous is not None:
        rise = item_week.mean - item_week.previous
        if reaches(rise, ROSE_BY):
            found.append(Finding(Reason.ROSE, rise, item_week))
    if item_week.days_at_7 >= MANY_STRONG_DAYS:
        found.append(Finding(Reason.DAYS_AT_7, item_week.days_at_7, item_week))
    return found


def _silent(diary: Diary, day: date, now: datetime) -> bool:
    found = _state(diary, day, now)
    return found is DayState.MISSED or (found is DayState.NOT_ASKED and _unreachable(diary.days[day]) is not None)


def _heard(diary: Diary, day: date, now: datetime) -> bool:
    """Whether the patient let us hear anything on `day`."""
    if _silent(diary, day, now):
        return False
    return _state(diary, day, now) not in {DayState.OPEN, DayState.NOT_ASKED} or _touched(diary, day)


def _touched(diary: Diary, day: date) -> bool:
    """Whether the patient scored or skipped any item on `day`."""
    return any((day, item.id) in diary.scores for item in diary.items)


def _unreachable(day: Day) -> Cause | None:
    return day.not_asked if day.not_asked in {Cause.BLOCKED, Cause.GONE} else None


def _nothing_yet(diary: Diary, now: datetime) -> bool:
    return not diary.scores and all(_state(diary, day, now) is DayState.OPEN for day in diary.days)
