"""What is said about one's own data, for tests/chat/test_messages.py: every function with what it may be given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any, Final

from bot.chat import accesses, clinic, deputies, exports, looking, offers, people, privacy, sharing
from bot.chat.clinic import Colleague
from bot.chat.messages import Button, Message
from bot.chat.sharing import Reader
from bot.chat.words import Sentence, Words, sentence
from bot.diary.accesses import Line, What
from bot.diary.clinic import File, Numbers
from bot.diary.offers import Holiday, Kind, Tally
from bot.diary.people import ChatId, Reach, Therapist, TherapistId

Said = Message | Sentence | Button | list[dict[str, str]] | None

NOON: Final = datetime(2026, 9, 30, 12, tzinfo=UTC)
MANY: Final = 14


def cases() -> dict[Callable[..., Any], Callable[[Words, str], Iterator[Said]]]:
    plain: tuple[Callable[[Words], Message | Sentence], ...] = (
        privacy.nothing_kept,
        privacy.word,
        privacy.type_the_word,
        privacy.copy_comes_first,
        privacy.choose,
        privacy.not_confirmed,
        privacy.wait_for_copy,
        privacy.taken_back,
        exports.too_large,
        people.has_left_meanwhile,
        *(it for module in (offers, deputies, clinic) for it in _plain_of(module)),
        exports.title,
        exports.codes,
        exports.whose,
        exports.on_its_way,
        exports.panel_too_large,
    )
    named: tuple[Callable[[str, Words], Message | Sentence], ...] = (
        privacy.has_left,
        privacy.has_come_back,
        sharing.ended,
        sharing.begun,
        sharing.not_shared_any_more,
        sharing.shared_with_you,
        offers.only_standing_in,
        offers.has_no_chat,
        deputies.ask_end,
        deputies.ended,
        deputies.your_deputy_left,
        deputies.you_no_longer_stand_in,
        clinic.you_have_left,
        clinic.you_were_removed,
    )
    found: dict[Callable[..., Any], Callable[[Words, str], Iterator[Said]]] = {
        **{function: lambda say, _, it=function: iter([it(say)]) for function in plain},  # type: ignore[misc]
        **{function: lambda say, label, it=function: iter([it(label, say)]) for function in named},  # type: ignore[misc]
    }
    return (
        found
        | _together()
        | {
            privacy.of_patient: _of_patient,
            privacy.of_stranger: lambda say, label: iter([privacy.of_stranger(label, MANY, say)]),
            privacy.of_staff: lambda say, label: iter([privacy.of_staff(label, 1, say)]),
            privacy.ask: lambda say, _: iter([privacy.ask(days, say) for days in (1, MANY)]),
            privacy.done: lambda say, _: iter([privacy.done(days, say) for days in (1, MANY)]),
            privacy.kept: lambda say, _: iter([privacy.kept(say, typed=typed) for typed in (False, True)]),
            privacy.leaving: lambda say, _: iter([privacy.leaving(NOON, say, unsaved=it) for it in (False, True)]),
            privacy.ask_sooner: lambda say, _: iter([privacy.ask_sooner(NOON, say)]),
            sharing.readers: _readers,
            sharing.ask: lambda say, label: iter(
                [sharing.ask(Reader(2**40, label, None), say, invited=invited) for invited in (False, True)]
            ),
            exports.caption: lambda say, _: iter([exports.caption(say, without_charts=it) for it in (False, True)]),
            exports.readme: lambda say, _: iter(exports.readme(say)),
            exports.choose: lambda say, label: iter(
                [exports.choose([(2**40 + at, label) for at in range(n)], say) for n in (1, 2, 41, 200)]
            ),
            exports.panel_caption: lambda say, label: iter([exports.panel_caption([label] * n, say) for n in (1, 200)]),
            exports.panel_readme: lambda say, _: iter(exports.panel_readme(say)),
            looking.ask_for_sheet_of: lambda say, label: iter(
                [looking.ask_for_sheet_of(2**40, label, weeks, say) for weeks in looking.SHEET_WEEKS]
            ),
            exports.heads: lambda say, _: iter(exports.heads(say)),
        }
    )


def _of_patient(say: Words, label: str) -> Iterator[Said]:
    for readers in ([], [label], [label] * 3):
        for leaves_at in (None, NOON):
            yield privacy.of_patient(readers, label, MANY, say, leaves_at=leaves_at)


def _readers(say: Words, label: str) -> Iterator[Said]:
    seeing, once = Reader(1, label, date(2026, 9, 30)), Reader(2, label, None)
    stands_in = [
        Reader(n, label, date(2026, 9, 30), date(2026, 10, 14), begins) for n, begins in ((3, False), (4, True))
    ]
    for of in ([], [seeing], [once], [seeing, once, *stands_in]):
        yield sharing.readers(of, say)
        yield sharing.readers(of, say, sharing.ended(label, say), others=True)


def read_by_patients(say: Words) -> dict[str, Sentence]:
    """The longer texts, whole, as they are sent."""
    told = {
        "privacy": privacy.of_patient(["Dr Ito"], "Riverside", MANY, say),
        "privacy, of a stranger": privacy.of_stranger("Riverside", MANY, say),
        "forget": privacy.ask(MANY, say),
        "forget, when": privacy.choose(say),
        "forget, leaving": privacy.leaving(NOON, say, unsaved=True),
        "forget, sooner": privacy.ask_sooner(NOON, say),
        "forget, done": privacy.done(MANY, say),
        "sharing": sharing.readers([Reader(1, "Dr Ito", date(2026, 3, 2))], say, sharing.ended("Dr Roy", say)),
        "sharing, again": sharing.ask(Reader(1, "Dr Ito", None), say),
        "sharing, invited": sharing.ask(Reader(1, "Dr Ito", None), say, invited=True),
        "export": exports.caption(say),
    }
    return {name: message.text for name, message in told.items()}


# --- therapists together ------------------------------------------------------------------------------------------


def _plain_of(module: Any) -> tuple[Callable[[Words], Message | Sentence], ...]:
    """What is said the same to everybody."""
    names = {
        offers: (
            "not_open_any_more",
            "no_colleagues",
            "nobody_to_ask",
            "left_alone",
        ),
        deputies: ("type_first", "type_until", "no_such_date", "none_set"),
        clinic: ("gone_already", "ask_leave_again", "you_stay"),
    }
    return tuple(getattr(module, name) for name in names[module])


def _therapist(label: str, number: int = 2**40) -> Therapist:
    return Therapist(TherapistId(number), ChatId(1), label, "Europe/Lisbon", None)


def _together() -> dict[Callable[..., Any], Callable[[Words, str], Iterator[Said]]]:
    number, day, kinds = 2**40, NOON.date(), tuple(Kind)
    holiday = Holiday(TherapistId(1), day, day)
    by_card = (Kind.COLLEAGUE, Kind.HAND_OVER)
    labels = (None, "x")

    def staff(label: str) -> list[Therapist]:
        return [_therapist(label, n) for n in range(20)]

    def lines(label: str) -> list[Line]:
        return [Line(label, what, NOON.replace(day=1 + n % 28), 1 + n % 3) for n, what in enumerate(What)] * 2

    def stands(empty: bool) -> tuple[Numbers, File, datetime | None]:
        n = 0 if empty else 1_000_000
        file = File(n, None if empty else n, None if empty else day, "0.1.0")
        return Numbers(n, n, n, n, n, n, n, n, n, n, n, n), file, None if empty else NOON

    def workers(label: str) -> list[Colleague]:
        return [Colleague(n, label, day, n, reach) for n, reach in enumerate([*Reach] * 5)]

    return {
        offers.colleague: lambda say, it: iter([offers.colleague(number, it, it, say)]),
        offers.deputy: lambda say, it: iter([offers.deputy(number, it, it, first, day, say) for first in (None, day)]),
        offers.hand_over: lambda say, it: iter([offers.hand_over(number, it, it, say)]),
        offers.after_leaving: lambda say, it: iter(
            [
                offers.after_leaving(number, it, it, others, staff(it)[:count], page, say)
                for others in ([], [(it, None)], [(it, None), (it, None), (it, day)])
                for count, page in ((0, 0), (1, 0), (20, 1))
            ]
        ),
        offers.you_said_yes: lambda say, it: iter(
            [offers.you_said_yes(kind, it, it, until, say) for kind in kinds for until in (None, day)]
        ),
        offers.you_said_no: lambda say, it: iter(
            [offers.you_said_no(who, say, sees=sees) for who in (None, it) for sees in (False, True)]
        ),
        offers.is_back: lambda say, it: iter([offers.is_back(it, it, say, begun=begun) for begun in (True, False)]),
        offers.asked: lambda say, it: iter([offers.asked(it, say, reachable=able) for able in (True, False)]),
        offers.choose: lambda say, it: iter(
            [
                offers.choose(kind, who and it, who and number, staff(it), page, say)
                for kind in by_card
                for who in labels
                for page in (-1, 1, 99)
            ]
        ),
        offers.choose_patient: lambda say, it: iter(
            [offers.choose_patient([(n, it) for n in range(count)], page, say) for count in (1, 20) for page in (0, 1)]
        ),
        offers.confirm: lambda say, it: iter(
            [
                offers.confirm(kind, who and it, who and number, _therapist(it), n, say)
                for kind in by_card
                for who in labels
                for n in (1, 60)
            ]
        ),
        offers.ways: lambda say, _: iter(offers.ways(number, say)),
        offers.turn_pages: lambda say, _: iter(offers.turn_pages(1, 20, ["tx", "tx"], say)),
        offers.asked_all: lambda say, _: iter([offers.asked_all(n, m, say) for n in (0, 1, 60) for m in (0, 1, 60)]),
        offers.asked_lately: lambda say, it: iter([offers.asked_lately(it, day, say)]),
        offers.sees_already: lambda say, it: iter([offers.sees_already(it, it, say)]),
        offers.said_yes: lambda say, it: iter([offers.said_yes(kind, it, it, say) for kind in by_card]),
        offers.said_no: lambda say, it: iter([offers.said_no(it, it, say, sees=sees) for sees in (False, True)]),
        offers.shared_by: lambda say, it: iter([offers.shared_by(kind, it, it, number, say) for kind in kinds]),
        deputies.choose: lambda say, it: iter([deputies.choose(staff(it), page, say) for page in (0, 1, 99)]),
        deputies.ask_first: lambda say, it: iter([deputies.ask_first(_therapist(it), day, say)]),
        deputies.ask_until: lambda say, it: iter([deputies.ask_until(_therapist(it), day, say)]),
        deputies.confirm: lambda say, it: iter([deputies.confirm(_therapist(it), holiday, n, say) for n in (1, 60)]),
        deputies.standing: lambda say, it: iter(
            [
                deputies.standing(it, holiday, tally, say, told)
                for tally in (Tally(0, 0, 0), Tally(20, 20, 20))
                for told in (None, deputies.are_asked(1, say))
            ]
        ),
        deputies.counted: lambda say, _: iter([deputies.counted(Tally(1, 2, 3), say)]),
        deputies.are_asked: lambda say, _: iter([deputies.are_asked(n, say) for n in (1, 60)]),
        deputies.has_left_meanwhile: lambda say, it: iter([deputies.has_left_meanwhile(it, holiday, say)]),
        deputies.you_stand_in: lambda say, it: iter([deputies.you_stand_in(it, holiday, say)]),
        clinic.therapists: lambda say, it: iter(
            [clinic.therapists([], 0, say), *(clinic.therapists(workers(it), page, say) for page in (0, 1, 99))]
        ),
        clinic.ask_remove: lambda say, it: iter([clinic.ask_remove(one, say) for one in workers(it)[:3]]),
        clinic.removed: lambda say, it: iter([clinic.removed(it, n, say) for n in (0, 1, 60)]),
        clinic.ask_leave: lambda say, it: iter([clinic.ask_leave(n, it, say) for n in (0, 1, 60)]),
        clinic.has_left: lambda say, it: iter([clinic.has_left(it, n, say) for n in (0, 1, 60)]),
        clinic.status: lambda say, _: iter(
            [clinic.status(*stands(empty), say, backups_on=not empty) for empty in (False, True)]
        ),
        accesses.log: lambda say, it: iter(
            [
                accesses.log([], 0, False, say),
                *(accesses.log(lines(it), page, more, say) for page in (-1, 1, 99) for more in (False, True)),
            ]
        ),
        accesses.what: lambda say, it: iter([accesses.what(what, sentence(it), say) for what in What]),
        sharing.choose: lambda say, it: iter([sharing.choose(staff(it), page, say) for page in (0, 1, 99)]),
    }
