"""What is said about one's own data, for tests/chat/test_messages.py: every function with what it may be given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any, Final

from bot.chat import exports, looking, privacy, sharing
from bot.chat.messages import Button, Message
from bot.chat.sharing import Reader
from bot.chat.words import Sentence, Words

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
    )
    found: dict[Callable[..., Any], Callable[[Words, str], Iterator[Said]]] = {
        **{function: lambda say, _, it=function: iter([it(say)]) for function in plain},  # type: ignore[misc]
        **{function: lambda say, label, it=function: iter([it(label, say)]) for function in named},  # type: ignore[misc]
    }
    return found | {
        privacy.of_patient: _of_patient,
        privacy.of_stranger: lambda say, label: iter([privacy.of_stranger(label, MANY, say)]),
        privacy.of_staff: lambda say, label: iter([privacy.of_staff(label, 1, say)]),
        privacy.ask: lambda say, _: iter([privacy.ask(days, say) for days in (1, MANY)]),
        privacy.done: lambda say, _: iter([privacy.done(days, say) for days in (1, MANY)]),
        privacy.kept: lambda say, _: iter([privacy.kept(say, typed=typed) for typed in (False, True)]),
        privacy.leaving: lambda say, _: iter([privacy.leaving(NOON, say, unsaved=it) for it in (False, True)]),
        privacy.ask_sooner: lambda say, _: iter([privacy.ask_sooner(NOON, say)]),
        sharing.readers: _readers,
        sharing.ask: lambda say, label: iter([sharing.ask(Reader(2**40, label, None), say)]),
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


def _of_patient(say: Words, label: str) -> Iterator[Said]:
    for readers in ([], [label], [label] * 3):
        for leaves_at in (None, NOON):
            yield privacy.of_patient(readers, label, MANY, say, leaves_at=leaves_at)


def _readers(say: Words, label: str) -> Iterator[Said]:
    seeing, once = Reader(1, label, date(2026, 9, 30)), Reader(2, label, None)
    for of in ([], [seeing], [once], [seeing, once]):
        yield sharing.readers(of, say)
        yield sharing.readers(of, say, sharing.ended(label, say))


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
        "export": exports.caption(say),
    }
    return {name: message.text for name, message in told.items()}
