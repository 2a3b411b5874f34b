"""Before and after treatment as messages: page by page, each with its picture and the same numbers in words.

Laws:
1. Every number in a picture stands in the words under it, each mean with the number of days that it is from.
2. Each page says that a diary describes and does not prove.
3. Nothing is left out for want of room without saying so: what does not fit on a page stands on the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from bot.chat import sessions
from bot.chat.buttons import Course as CourseTap
from bot.chat.buttons import OwnCourse, pack
from bot.chat.items import item_name
from bot.chat.messages import MAX_CAPTION, Button, Message, Picture, Row, plain
from bot.chat.words import Sentence, Words, bold, joined, sentence
from bot.diary import courses
from bot.diary.courses import Compared, Course, Seven, SinceBaseline, Treatment
from bot.diary.digests import CLEAR_PERCENT, MUCH_PERCENT, Change, ChangeLabel, Diary
from bot.diary.entries import Item
from bot.diary.people import PatientId
from bot.diary.sessions import MIN_SCORES, Baseline, BaselineKind, Kind
from bot.reports.digests import change_in_words, fits_caption, fitted, length

MOST_COLUMNS: Final = 3
"""Of one picture: more would be too narrow for their numbers on a phone."""
BREAKS: Final = 20
"""Characters for the empty lines between the parts of a caption."""


@dataclass(frozen=True, slots=True)
class Side:
    """One item on one side, as it is drawn: a mean from `n` days, or the single scores where these are too few."""

    mean: float | None
    n: int
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """One item on both sides."""

    item: Item
    before: Side
    after: Side


@dataclass(frozen=True, slots=True)
class Block:
    """One comparison: its words, line by line, and the column that it has in the picture."""

    head: Sentence
    lines: tuple[Sentence, ...]
    column: Sentence
    pairs: tuple[Pair, ...]
    notes: tuple[Sentence, ...] = ()

    @property
    def text(self) -> Sentence:
        return joined("\n", [self.head, *self.lines])


def message(patient_id: PatientId, label: str | None, diary: Diary, page: int, now: datetime, words: Words) -> Message:
    """One page; the first one where there is no such page. `label`: what the therapist who reads it calls the patient;
    None: it is the patient who reads."""
    found = courses.course(diary, now)
    if not found.treatments:
        return Message(_none(label, words))
    made = pages(found, words, _title(label, words))
    shown = page if 0 <= page < len(made) else 0
    values = {
        "patient": int(patient_id),
        "page": shown,
        "language": words.tag,
        "title": plain(_name(label, words)),
        "label": label,
    }
    text = _caption(found, made[shown], shown, len(made), words, _title(label, words))
    return Message(text, _steps(patient_id, label, shown, len(made), words), Picture("courses", values))


def drawn_blocks(diary: Diary, label: str | None, page: int, now: datetime, words: Words) -> tuple[Block, ...]:
    """What the picture of that page shows."""
    return pages(courses.course(diary, now), words, _title(label, words))[page]


def on_card(patient_id: PatientId, words: Words) -> Row:
    """The row of buttons on a patient's card that leads here."""
    return (Button(words("Before and after"), tap=pack(CourseTap(int(patient_id), None))),)


def on_chart(diary: Diary, words: Words) -> tuple[Row, ...]:
    """The same under the patient's own chart; nothing before the first treatment."""
    if not diary.sessions:
        return ()
    return ((Button(words("Before and after treatment"), tap=pack(OwnCourse(None))),),)


def pages(found: Course, words: Words, title: Sentence) -> tuple[tuple[Block, ...], ...]:
    """The comparisons page by page: over the whole course first, then treatment by treatment, the newest first."""
    made: list[list[Block]] = []
    for block in _blocks(found, words):
        if made and len(made[-1]) < MOST_COLUMNS:
            wider = (*made[-1], block)
            # As if it were the longest heading that a page can have.
            if fits_caption(_caption(found, wider, 0, 100, words, title)):
                made[-1].append(block)
                continue
        made.append([block])
    return tuple(map(tuple, made))


def _caption(found: Course, blocks: Sequence[Block], page: int, of: int, words: Words, title: Sentence) -> Sentence:
    heading = [title]
    if page == 0:
        heading.append(_how_many(found, words))
    if of > 1:
        heading.append(words("Page {page} of {pages}.", page=page + 1, pages=of))
    notes = list(dict.fromkeys(note for block in blocks for note in block.notes))
    foot = joined("\n", [*notes, words("One person's diary describes; it does not prove an effect.")])
    head = joined("\n", heading)
    text = joined("\n\n", [head, *(block.text for block in blocks), foot])
    if fits_caption(text) or len(blocks) > 1:
        return text
    # A single comparison of many items with long names.
    room = MAX_CAPTION - BREAKS - length(head) - length(foot) - length(blocks[0].head)
    lines = fitted("\n", blocks[0].lines, len(blocks[0].lines), room, words)
    return joined("\n\n", [head, joined("\n", [blocks[0].head, lines]), foot])


def _name(label: str | None, words: Words) -> Sentence:
    if label is None:
        return words("Before and after treatment")
    return words("{name}: before and after treatment", name=sentence(label))


def _title(label: str | None, words: Words) -> Sentence:
    return bold(_name(label, words))


def _none(label: str | None, words: Words) -> Sentence:
    if label is None:
        return words("There is no treatment in your diary yet, so there is nothing to compare.")
    return words("No treatment of {name} is logged yet, so there is nothing to compare.", name=bold(sentence(label)))


def _how_many(found: Course, words: Words) -> Sentence:
    first, last = found.treatments[0].day, found.treatments[-1].day
    if first == last:
        return words("1 day with treatment: {day}.", day=words.short_dated(first))
    return words(
        "{n} days with treatment: {first} to {last}.",
        n=len(found.treatments),
        first=words.short_dated(first),
        last=words.short_dated(last),
    )


def _steps(patient_id: PatientId, label: str | None, page: int, pages: int, words: Words) -> tuple[Row, ...]:
    def button(name: Sentence, to: int) -> Button:
        return Button(name, tap=pack(OwnCourse(to) if label is None else CourseTap(int(patient_id), to)))

    row = []
    if page > 0:
        row.append(button(words("Previous"), page - 1))
    if page < pages - 1:
        row.append(button(words("Next"), page + 1))
    return (tuple(row),) if row else ()


# The comparisons


def _blocks(found: Course, words: Words) -> list[Block]:
    blocks = [_since_baseline(found.since_baseline, words)] if found.since_baseline else []
    if found.series:
        blocks.append(_series(found, words))
    return [*blocks, *(_treatment(one, words) for one in reversed(found.treatments))]


def _since_baseline(found: Sequence[SinceBaseline], words: Words) -> Block:
    last = found[0].last
    head = joined(
        "\n",
        [
            bold(words("Baseline to the last 7 days of the diary")),
            words("Last 7 days: {first} to {last}.", **_dates((last.first, last.last), words)),
            _baseline_of_all(found, words),
        ],
    )
    apart = _spans(found) if len(_spans(found)) > 1 else ()
    lines = [_since_line(one, words, dated=bool(apart)) for one in found]
    pairs = [Pair(one.item, _side_of_baseline(one.baseline), _side(one.last)) for one in found]
    labels = [one.change for one in found]
    thin = any(one.last.mean is None for one in found)
    column = words("baseline, last 7 days")
    return Block(head, tuple(lines), column, tuple(pairs), (*_responders(labels, words), *_why(words, thin=thin)))


def _spans(found: Sequence[SinceBaseline]) -> tuple[tuple[date, BaselineKind], ...]:
    return tuple({(one.baseline.first_day, one.baseline.kind): None for one in found if one.baseline is not None})


def _baseline_of_all(found: Sequence[SinceBaseline], words: Words) -> Sentence:
    """Which days the baseline is of, where it is the same for all items."""
    bases = [one.baseline for one in found if one.baseline is not None]
    return Sentence("") if len(_spans(found)) != 1 else words("Baseline: {which}.", which=_which(bases[0], words))


def _which(base: Baseline, words: Words) -> Sentence:
    dates = _dates((base.first_day, base.last_day), words)
    match base.kind:
        case BaselineKind.BEFORE_TREATMENT:
            return words("{first} to {last}, before treatment", **dates)
        case BaselineKind.FIRST_WEEK_IN_TREATMENT:
            return words("{first} to {last}, first week, already in treatment", **dates)
        case BaselineKind.FIRST_WEEK:
            return words("{first} to {last}, first week", **dates)


def _since_line(one: SinceBaseline, words: Words, *, dated: bool) -> Sentence:
    name, last = bold(item_name(one.item, words)), _told(_side(one.last), words)
    if one.baseline is None:
        return words("{symptom}: no baseline yet, last {after}.", symptom=name, after=last)
    before = _told(_side_of_baseline(one.baseline), words)
    if dated:
        before = words("{mean} ({which})", mean=before, which=_which(one.baseline, words))
    if one.change is None:
        return words("{symptom}: baseline {before}, last {after}.", symptom=name, before=before, after=last)
    return words(
        "{symptom}: baseline {before}, last {after}: {change}.",
        symptom=name,
        before=before,
        after=last,
        change=change_in_words(one.change, words),
    )


def _series(found: Course, words: Words) -> Block:
    first, last = found.treatments[0], found.treatments[-1]
    head = joined(
        "\n",
        [
            bold(words("The whole series")),
            words("7 days before the first treatment: {first} to {last}.", **_dates(first.before, words)),
            words("Days 3 to 9 after the last one: {first} to {last}.", **_dates(last.after, words)),
            _not_over(last, words),
        ],
    )
    return _block(head, found.series, words("the whole series"), _left_out(found.treatments, words), words)


def _treatment(one: Treatment, words: Words) -> Block:
    done = joined("; ", [sessions.what(session, words) for session in one.sessions])
    head = joined(
        "\n",
        [
            words("{day}: {what}", day=bold(words.short_dated(one.day)), what=done),
            words(
                "Before: {first} to {last}. After: {begin} to {end}.",
                **_dates(one.before, words),
                begin=words.short_day(one.after[0]),
                end=words.short_day(one.after[1]),
            ),
            _not_over(one, words),
            _overlaps(one, words),
        ],
    )
    return _block(head, one.items, words.short_day(one.day), _left_out([one], words), words)


def _block(
    head: Sentence, found: Sequence[Compared], column: Sentence, notes: Sequence[Sentence], words: Words
) -> Block:
    lines = [_line(one, words) for one in found] or [words("There are no answers on these days.")]
    pairs = [Pair(one.item, _side(one.before), _side(one.after)) for one in found]
    thin = any(it.mean is None for one in found for it in (one.before, one.after) if it.n or it.over)
    return Block(
        head,
        tuple(lines),
        column,
        tuple(pairs),
        (*_responders([one.change for one in found], words), *_why(words, thin=thin), *notes),
    )


def _line(one: Compared, words: Words) -> Sentence:
    told = {
        "symptom": bold(item_name(one.item, words)),
        "before": _told(_side(one.before), words),
        "after": _told(_side(one.after), words),
    }
    if one.change is None:
        return words("{symptom}: before {before}, after {after}.", **told)
    change = change_in_words(one.change, words)
    return words("{symptom}: before {before}, after {after}: {change}.", **told, change=change)


def _told(side: Side, words: Words) -> Sentence:
    """As in "4.2 (6 days)", or the single scores."""
    if side.mean is not None:
        return words.many("{mean} ({n} day)", "{mean} ({n} days)", side.n, mean=words.number(side.mean))
    if not side.n:
        return words("no answers")
    scores = words.listed([sentence(str(value)) for value in side.values])
    return words.many("{scores} ({n} of 7 days)", "{scores} ({n} of 7 days)", side.n, scores=scores)


def _dates(span: tuple[date, date], words: Words) -> dict[str, Sentence]:
    return {"first": words.short_day(span[0]), "last": words.short_day(span[1])}


def _not_over(one: Treatment, words: Words) -> Sentence:
    if one.over:
        return Sentence("")
    if not one.begun:
        return words("The days after begin on {day}.", day=words.short_day(one.after[0]))
    return words("The days after go on until {day}: this is how it stands now.", day=words.short_day(one.after[1]))


def _overlaps(one: Treatment, words: Words) -> Sentence:
    if not one.others:
        return Sentence("")
    named = words.listed([words.short_day(day) for day in one.others])
    return words("Overlaps with treatment on {days}.", days=named)


def _left_out(found: Sequence[Treatment], words: Words) -> list[Sentence]:
    kinds = {session.kind for one in found for session in one.sessions}
    notes = []
    if kinds - {Kind.OTHER}:
        notes.append(words("The day of needling and the 2 days after it are left out: soreness is expected."))
    if Kind.OTHER in kinds:
        notes.append(words("Other kinds of treatment count too, with the same days."))
    return notes


def _responders(found: Sequence[Change | None], words: Words) -> list[Sentence]:
    """What the labels stand for, where one of them is said."""
    labels = {change.label for change in found if change is not None and change.percent is not None}
    if labels & {ChangeLabel.CLEARLY_BETTER, ChangeLabel.MUCH_BETTER}:
        clear, much = words.percent(CLEAR_PERCENT / 100), words.percent(MUCH_PERCENT / 100)
        told = words("Clearly better: {clear} or more lower. Much better: {much} or more.", clear=clear, much=much)
        return [told]
    return []


def _why(words: Words, *, thin: bool) -> list[Sentence]:
    return [words("An average needs answers from at least {fewest} days.", fewest=MIN_SCORES)] if thin else []


def _side(found: Seven) -> Side:
    return Side(found.mean, found.n, tuple(value for _, value in found.scores))


def _side_of_baseline(base: Baseline | None) -> Side:
    return Side(None, 0, ()) if base is None else Side(base.mean, base.n, ())
